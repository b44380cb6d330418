from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_more_lots"), ("programs", "0007_orders")]

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
                    ("crossover", "Lots decide who begins with which of two models; later all change over to the other"),
                ],
                default="choose",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            "comparisonplan",
            models.CheckConstraint(
                condition=Q(assignment__in=["choose", "coordinator", "lottery", "waitlist", "nudge", "crossover"]),
                name="assignment_known",
            ),
        ),
    ]
