import datetime as dt

from mail.services import take_slot
from surveys import planning, services
from surveys.models import Response, Survey

# A tick that comes later than this after an answer leaves its figures to the next look at all surveys.
RECENT = dt.timedelta(hours=2)


def tick(now: dt.datetime) -> None:
    """Ask everybody whose moment has come, by mail too where it is to come by mail, and publish the figures of every
    survey in which five more have spoken: of those in which somebody has spoken just now, and once a day of all.
    """
    planning.plan_all(now)
    services.mail_due(now)
    sent = Response.objects.filter(submitted_at__isnull=False)
    if not take_slot(name="surveys-figures", slot=now.replace(hour=0, minute=0, second=0, microsecond=0)):
        sent = sent.filter(submitted_at__gt=now - RECENT)
    for survey in Survey.objects.filter(active=True, pk__in=sent.values("survey")):
        services.publish_figures(survey=survey, now=now)
