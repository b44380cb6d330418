"""Somebody whose sessions are booked one by one, and two who ask for them."""

import datetime as dt

from matching.services.ending import finish_sessions
from programs.models import Role
from sessions import services as sessions
from sessions.models import Session
from sessions.services import slots as services
from tests.factories.programs import NOW, EnrolmentFactory, TrackFactory

UTC = dt.UTC
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
WALL = dt.datetime(2027, 3, 8, 16)
AT = dt.datetime(2027, 3, 8, 15, tzinfo=UTC)


class Bureau:
    """A flash track with one expert and two who ask."""

    def __init__(self):
        self.track = TrackFactory.create(model="flash", slug="flash", capacity=2, session_minutes=30)
        self.expert = EnrolmentFactory.create(track=self.track, role=Role.MENTOR)
        self.asker, self.other = (EnrolmentFactory.create(track=self.track, role=Role.MENTEE) for _ in range(2))

    def offer(self, wall=WALL, expert=None, **more):
        place = expert or self.expert
        told = {"zone": "Europe/Berlin", "topics": ["Budgets"], "by": place.user, "now": NOW, **more}
        return services.offer_slot(enrolment=place, starts=wall, **told)

    def ask(self, slot, asker=None, now=NOW, **more):
        place = asker or self.asker
        told = {"topic": "Budgets", "question": "How do I begin?", "by": place.user, **more}
        return services.ask_for_slot(slot=slot, asker=place, now=now, **told)

    def answer(self, ask, accept=True, now=NOW, by=None):
        return services.answer_slot_ask(ask=ask, accept=accept, by=by or self.expert.user, now=now)

    def booked(self, slot=None):
        return self.answer(self.ask(slot or self.offer()))

    def held(self, ask):
        """The session took place, and two weeks have gone by."""
        meeting = Session.objects.get(match=ask.match)
        sessions.log_session(session=meeting, said=sessions.Said(held=True), by=self.expert.user, now=AT + HOUR)
        later = AT + 14 * DAY
        finish_sessions(now=later)
        return later
