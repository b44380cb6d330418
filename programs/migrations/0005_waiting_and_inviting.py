import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def remember_lotteries(apps, _editor):
    apps.get_model("programs", "Program").objects.filter(by_lot=True).update(decided_by="lottery")


def remember_that_lots_decide(apps, _editor):
    apps.get_model("programs", "Program").objects.filter(decided_by="lottery").update(by_lot=True)


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0004_lots"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # What was a yes or no is now the name of what chance decides.
        migrations.AddField("program", "decided_by", models.CharField(blank=True, default="", max_length=10)),
        migrations.RunPython(remember_lotteries, remember_that_lots_decide),
        migrations.RemoveField("program", "by_lot"),
        migrations.RenameField("program", "decided_by", "by_lot"),
        migrations.AlterField("program", "by_lot", models.CharField(blank=True, max_length=10)),
        migrations.AddConstraint(
            "program",
            models.CheckConstraint(
                condition=Q(by_lot__in=["", "lottery", "waitlist", "nudge"]), name="program_by_a_known_lot"
            ),
        ),
        migrations.RemoveConstraint("enrolment", "enrolment_left_has_a_date"),
        migrations.AlterField(
            "enrolment",
            "state",
            models.CharField(
                choices=[("active", "Taking part"), ("waiting", "Waiting for the next round"), ("left", "Left")],
                default="active",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "enrolment",
            models.CheckConstraint(
                condition=Q(state__in=["active", "waiting"], left_at__isnull=True)
                | Q(state="left", left_at__isnull=False),
                name="enrolment_left_has_a_date",
            ),
        ),
        migrations.RemoveConstraint("draw", "draw_between_two_tracks"),
        migrations.AddField(
            "draw",
            "kind",
            models.CharField(
                choices=[
                    ("lottery", "Who is in which of two tracks"),
                    ("waitlist", "Who begins now, and who in the next round"),
                    ("nudge", "To which of two tracks somebody is invited"),
                ],
                default="lottery",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            "draw",
            "second",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="programs.track"
            ),
        ),
        migrations.AddField("draw", "places", models.PositiveSmallIntegerField(null=True)),
        # Of earlier draws people were told at once.
        migrations.AddField("draw", "told_at", models.DateTimeField(null=True)),
        migrations.RunPython(
            lambda apps, _editor: apps.get_model("programs", "Draw").objects.update(told_at=F("at")),
            migrations.RunPython.noop,
        ),
        migrations.AlterField("draw", "told_at", models.DateTimeField()),
        migrations.AddField("draw", "undone_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "draw",
            "undone_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            "draw",
            models.CheckConstraint(
                condition=Q(
                    Q(kind__in=["lottery", "nudge"], second__isnull=False, places__isnull=True),
                    ~Q(first=F("second")),
                )
                | Q(kind="waitlist", second__isnull=True, places__isnull=False, places__gte=1),
                name="draw_between_two",
            ),
        ),
        migrations.AddConstraint(
            "draw",
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__lt=F("told_at")),
                name="draw_undone_before_it_is_told",
            ),
        ),
        migrations.AddField("lot", "waits", models.BooleanField(default=False)),
        migrations.AddField(
            "lot",
            "next_place",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="waited",
                to="programs.enrolment",
            ),
        ),
        migrations.AddConstraint(
            "lot",
            models.CheckConstraint(
                condition=Q(waits=False, next_place__isnull=True) | Q(waits=True, track=F("came_from")),
                name="who_waits_stays_in_their_track",
            ),
        ),
        migrations.CreateModel(
            "SetAside",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("urgent", "They need it now"),
                            ("promised", "They were promised a place"),
                            ("together", "They begin together with somebody"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="set_aside", to="programs.program"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ["at", "pk"]},
        ),
        migrations.AddConstraint(
            "setaside",
            models.UniqueConstraint(fields=["program", "user"], name="set_aside_once_a_program"),
        ),
        migrations.AddConstraint(
            "setaside",
            models.CheckConstraint(
                condition=Q(reason__in=["urgent", "promised", "together"]), name="set_aside_for_a_reason"
            ),
        ),
    ]
