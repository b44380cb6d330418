import datetime as dt

from surveys import planning, services
from surveys.models import Survey


def tick(now: dt.datetime) -> None:
    """Ask everybody whose moment has come, and publish the figures of every survey in which five more have spoken."""
    planning.plan_all(now)
    for survey in Survey.objects.filter(active=True, responses__submitted_at__isnull=False).distinct():
        services.publish_figures(survey=survey, now=now)
