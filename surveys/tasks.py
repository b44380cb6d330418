import datetime as dt

from surveys import services
from surveys.models import Survey


def tick(now: dt.datetime) -> None:
    """Publish the figures of every survey in which five more people have spoken."""
    for survey in Survey.objects.filter(active=True, invitations__answered_at__isnull=False).distinct():
        services.publish_figures(survey=survey, now=now)
