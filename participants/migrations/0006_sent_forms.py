from django.db import migrations, models

import participants.confidential


class Migration(migrations.Migration):
    dependencies = [("participants", "0005_pauses")]

    operations = [
        migrations.CreateModel(
            name="SentForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64)),
                ("body", models.CharField(max_length=64)),
                ("led_to", participants.confidential.ConfidentialTextField(default="")),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("owner", "key"), name="form_sent_once")],
            },
        ),
    ]
