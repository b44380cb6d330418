from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("mentoring_sessions", "0010_flags_for_leads"),
        ("programs", "0003_applications_wishes_and_exclusions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AskNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=20)),
                ("raised_at", models.DateTimeField()),
                ("muted_at", models.DateTimeField(null=True)),
                (
                    "ask",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.CASCADE,
                        related_name="notices",
                        to="mentoring_sessions.ask",
                    ),
                ),
                (
                    "helper",
                    models.ForeignKey(
                        null=True, on_delete=models.CASCADE, related_name="ask_notices", to="programs.enrolment"
                    ),
                ),
                (
                    "muted_by",
                    models.ForeignKey(
                        null=True, on_delete=models.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["raised_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ask__isnull=True, helper__isnull=False) | Q(ask__isnull=False, helper__isnull=True),
                        name="ask_notice_of_an_ask_or_a_helper",
                    ),
                    models.UniqueConstraint(fields=("ask", "rule"), name="one_ask_notice_of_a_rule_and_ask"),
                    models.UniqueConstraint(fields=("helper", "rule"), name="one_ask_notice_of_a_rule_and_helper"),
                ],
            },
        ),
    ]
