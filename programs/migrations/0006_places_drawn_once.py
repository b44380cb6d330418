from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("programs", "0005_waiting_and_inviting")]

    operations = [
        migrations.AddConstraint(
            "draw",
            models.UniqueConstraint(
                fields=["program"], condition=Q(kind="waitlist", undone_at=None), name="places_drawn_once_a_program"
            ),
        ),
    ]
