from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("programs", "0006_places_drawn_once")]

    operations = [
        migrations.RemoveConstraint("program", "program_by_a_known_lot"),
        migrations.AddConstraint(
            "program",
            models.CheckConstraint(
                condition=Q(by_lot__in=["", "lottery", "waitlist", "nudge", "crossover"]), name="program_by_a_known_lot"
            ),
        ),
        migrations.AlterField(
            "draw",
            "kind",
            models.CharField(
                choices=[
                    ("lottery", "Who is in which of two tracks"),
                    ("waitlist", "Who begins now, and who in the next round"),
                    ("nudge", "To which of two tracks somebody is invited"),
                    ("crossover", "In which of two tracks somebody begins; later all change over to the other"),
                ],
                default="lottery",
                max_length=10,
            ),
        ),
        migrations.AddField("draw", "changes_on", models.DateField(null=True)),
        migrations.AddField("draw", "changed_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("draw", "draw_between_two"),
        migrations.AddConstraint(
            "draw",
            models.CheckConstraint(
                condition=Q(
                    Q(kind__in=["lottery", "nudge", "crossover"], second__isnull=False, places__isnull=True),
                    ~Q(first=F("second")),
                )
                | Q(kind="waitlist", second__isnull=True, places__isnull=False, places__gte=1),
                name="draw_between_two",
            ),
        ),
        migrations.AddConstraint(
            "draw",
            models.UniqueConstraint(
                fields=["program"], condition=Q(kind="crossover", undone_at=None), name="orders_drawn_once_a_program"
            ),
        ),
        migrations.AddConstraint(
            "draw",
            models.CheckConstraint(
                condition=Q(kind="crossover", changes_on__isnull=False)
                | Q(~Q(kind="crossover"), changes_on__isnull=True, changed_at__isnull=True),
                name="draw_changes_over_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            "draw",
            models.CheckConstraint(
                condition=Q(changed_at__isnull=True) | Q(changed_at__gte=F("told_at"), undone_at__isnull=True),
                name="draw_changes_over_once_told",
            ),
        ),
    ]
