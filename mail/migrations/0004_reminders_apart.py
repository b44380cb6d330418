from django.db import migrations
from django.db.migrations.state import StateApps


def keep_off(apps: StateApps, _editor: object) -> None:
    """Reminders were switched off with all else about sessions: whoever had done so does not get them now."""
    wishes = apps.get_model("mail", "MailPreference").objects
    rows = list(wishes.filter(kind_group="sessions").values("user_id", "program_id", "until"))
    new = [wishes.model(kind_group=group, **row) for row in rows for group in ("day_before", "hour_before")]
    wishes.bulk_create(new, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_strikes_and_hold")]

    operations = [migrations.RunPython(keep_off, migrations.RunPython.noop)]
