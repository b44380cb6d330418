import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.state import StateApps
from django.db.models.functions import Now


def begin_now(apps: StateApps, _editor: object) -> None:
    """Of those who pause at this moment it is not known since when: their pauses begin here."""
    pauses = apps.get_model("participants", "Pause").objects
    paused = apps.get_model("participants", "User").objects.filter(paused_until__gt=Now())
    for pk, until in list(paused.values_list("pk", "paused_until")):
        pauses.create(user_id=pk, begins_at=Now(), ends_at=until)


class Migration(migrations.Migration):
    dependencies = [("participants", "0004_own_data")]

    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["begins_at", "pk"],
                "indexes": [models.Index(fields=["user", "ends_at"], name="participant_user_id_pause_idx")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gte", models.F("begins_at"))), name="pause_ends_after_it_begins"
                    )
                ],
            },
        ),
        migrations.RunPython(begin_now, migrations.RunPython.noop),
    ]
