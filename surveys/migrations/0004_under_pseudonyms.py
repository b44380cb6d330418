import hashlib
import hmac
import secrets

from django.db import migrations


def _code(key, message):
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()[:32]


def put_under_pseudonyms(apps, _schema_editor):
    """As surveys.services.pseudonymising does it: a key for each program, and each response under its pseudonym."""
    keys_table, people = apps.get_model('surveys', 'AnswerKey'), apps.get_model('surveys', 'Respondent')
    responses = apps.get_model('surveys', 'Response')
    keys, known = {}, {}
    rows = responses.objects.select_related('invitation__survey', 'invitation__session').order_by('submitted_at', 'pk')
    for response in rows.iterator(500):
        asked = response.invitation
        program = asked.survey.program_id
        if program not in keys:
            keys[program] = secrets.token_hex(32)
            keys_table.objects.create(program_id=program, key=keys[program])
        code = _code(keys[program], f'person {asked.user_id}')
        if code not in known:
            known[code] = people.objects.create(program_id=program, code=code)
        respondent = known[code]
        match = asked.session.match_id if asked.session_id else asked.match_id
        response.survey_id, response.respondent = asked.survey_id, respondent
        response.about = _code(keys[program], f'match {match}') if match else ''
        if response.submitted_at is not None:
            respondent.sent += 1
            response.number = respondent.sent
        response.save(update_fields=['survey', 'respondent', 'about', 'number'])
    people.objects.bulk_update(known.values(), ['sent'], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('mentoring_sessions', '0003_calendar_feed'),
        ('surveys', '0003_pseudonyms'),
    ]

    operations = [
        migrations.RunPython(put_under_pseudonyms, migrations.RunPython.noop, elidable=True),
    ]
