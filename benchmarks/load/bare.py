"""The least that Django can do for "we met": whose link it is, the session, its row written, an entry in the record.

Served by a gunicorn of its own as a baseline beside the page of the product, which does more: it gives the form's key,
locks, checks who was there, drops reminders that are queued, and asks two people how it was. No middleware, no form.
"""

import os
from typing import cast

os.environ["DJANGO_SETTINGS_MODULE"] = "mentorship.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402  settings and models can be imported by now
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402  as above
from django.db import transaction  # noqa: E402  as above
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402  as above
from django.urls import path  # noqa: E402  as above
from django.utils import timezone  # noqa: E402  as above

from mail import links  # noqa: E402  as above
from participants.models import AuditEntry, User  # noqa: E402  as above
from sessions.mails import PURPOSE  # noqa: E402  as above
from sessions.models import Session  # noqa: E402  as above


def met(request: HttpRequest, tok: str) -> HttpResponse:
    """Four statements, or five with the trigger of the record, and a transaction."""
    now = timezone.now()  # noqa: TID251  a page
    link = links.read(tok, PURPOSE, now=now)
    if request.method != "POST":
        return HttpResponse("Did you meet?")
    session, by = Session.objects.select_related("match").get(pk=link.subject_id), cast(User, link.user)
    with transaction.atomic():
        session.state, session.logged_by, session.logged_at = Session.State.HELD, by, now
        session.before_log = {}
        session.save()
        AuditEntry.objects.create(at=now, by=by, verb="session logged", subject_id=session.pk)
    return HttpResponseRedirect(request.path)


urlpatterns = [path("healthz", lambda _: HttpResponse("up")), path("t/<str:tok>/session/", met)]
settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
application = WSGIHandler()
