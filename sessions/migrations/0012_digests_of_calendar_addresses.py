import hashlib

from django.db import migrations, models


def digest(apps, schema_editor):
    """Addresses that people have go on; what is kept of their keys is no key any more. See CalendarFeed.digest_of."""
    feeds = apps.get_model("mentoring_sessions", "CalendarFeed")
    for feed in feeds.objects.iterator():
        feed.key = hashlib.sha256(feed.key.encode()).hexdigest()[:40]
        feed.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("mentoring_sessions", "0011_ask_notices")]

    operations = [
        migrations.AddField(
            model_name="calendarfeed",
            name="used_on",
            field=models.DateField(blank=True, null=True),
        ),
        # There is no way back from a digest, and none is needed: a column of the same kind holds either.
        migrations.RunPython(digest, migrations.RunPython.noop, elidable=True),
        # Forms are sent once by their own keys (participants.SentForm).
        migrations.RemoveConstraint(model_name="ask", name="ask_sent_once"),
        migrations.RemoveField(model_name="ask", name="key"),
    ]
