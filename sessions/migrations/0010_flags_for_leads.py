from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("mentoring_sessions", "0009_asks")]

    operations = [
        migrations.AddField("askflag", "for_leads", models.BooleanField(default=False)),
        migrations.AlterField(
            "askflag",
            "reason",
            models.CharField(
                choices=[
                    ("unsafe", "It threatens somebody, or somebody may be in danger"),
                    ("unkind", "It is unkind"),
                    ("private", "It says what is not for others"),
                    ("noise", "It is not what asks are for"),
                    ("other", "Something else"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("askflag", "ask_flag_reason_known"),
        migrations.AddConstraint(
            "askflag",
            models.CheckConstraint(
                condition=Q(reason__in=["unsafe", "unkind", "private", "noise", "other"]), name="ask_flag_reason_known"
            ),
        ),
        migrations.AddConstraint(
            "askflag",
            models.CheckConstraint(condition=Q(for_leads=False) | Q(shown=""), name="ask_flag_for_leads_has_no_words"),
        ),
    ]
