from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_lots"), ("programs", "0005_waiting_and_inviting")]

    operations = [
        migrations.RemoveConstraint("comparisonplan", "assignment_known"),
        migrations.AlterField(
            "comparisonplan",
            "assignment",
            models.CharField(
                choices=[
                    ("choose", "People choose"),
                    ("coordinator", "A coordinator decides"),
                    ("lottery", "Lots decide who is in which model"),
                    ("waitlist", "Lots decide who begins now, and who in the next round"),
                    ("nudge", "Lots decide to which of two models somebody is invited; they choose themselves"),
                ],
                default="choose",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            "comparisonplan",
            models.CheckConstraint(
                condition=Q(assignment__in=["choose", "coordinator", "lottery", "waitlist", "nudge"]),
                name="assignment_known",
            ),
        ),
    ]
