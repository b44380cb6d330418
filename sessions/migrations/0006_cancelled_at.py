from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("mentoring_sessions", "0005_agreements_and_learning")]

    operations = [
        migrations.AddField("session", "cancelled_at", models.DateTimeField(editable=False, null=True)),
    ]
