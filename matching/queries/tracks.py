"""The tracks of a program as matching sees them."""

from collections import Counter
from dataclasses import dataclass

from matching.models import MatchingPlan
from matching.queries.inputs import model_of, only_peers
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Enrolment, Program, Role, Track

_WORDS = ((Role.MENTEE, "mentees"), (Role.MENTOR, "mentors"), (Role.PEER, "peers"))


@dataclass(frozen=True)
class TrackState:
    """A track with its plan, its people, and what keeps it from being matched ("" if nothing does)."""

    track: Track
    model: MentoringModel
    plan: MatchingPlan | None
    counts: Counter[str]

    @property
    def obstacle(self) -> str:
        missing = [word for role, word in _WORDS if role in self.model.roles and not self.counts[role]]
        if missing and not only_peers(self.model):
            return f"“{self.track.name}” has no {' and no '.join(missing)} yet."
        return self._too_few

    @property
    def _too_few(self) -> str:
        if self.model.shape == Shape.ONE_SIDED:
            return "" if self.counts[Role.PEER] >= 2 else f"“{self.track.name}” needs at least two people."
        if self.model.shape != Shape.GROUPS:
            return ""
        role, word = (Role.PEER, "people") if only_peers(self.model) else (Role.MENTEE, "mentees")
        here, least = self.counts[role], self.model.size.least
        if here >= least:
            return ""
        return f"A {self.model.words.one} needs at least {least} {word}; {_take_part(here)}."

    @property
    def people(self) -> str:
        named = ((Role.MENTOR, "mentor"), (Role.MENTEE, "mentee"), (Role.PEER, "peer"))
        counted = [(self.counts[role], word) for role, word in named if self.counts[role]]
        return ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in counted) or "nobody yet"


def tracks_of(program: Program) -> list[TrackState]:
    """Two queries, however many tracks and people."""
    active = Enrolment.objects.filter(track__program=program, state=Enrolment.State.ACTIVE)
    counts: dict[int, Counter[str]] = {}
    for track_id, role in active.values_list("track_id", "role"):
        counts.setdefault(track_id, Counter())[role] += 1
    tracks = Track.objects.filter(program=program).select_related("plan")
    return [state_of(track, counts.get(track.pk, Counter())) for track in tracks]


def state_of(track: Track, counts: Counter[str]) -> TrackState:
    return TrackState(track, model_of(track), getattr(track, "plan", None), counts)


def track_state(track: Track) -> TrackState:
    """One track, in one query."""
    active = Enrolment.objects.filter(track=track, state=Enrolment.State.ACTIVE)
    return state_of(track, Counter(active.values_list("role", flat=True)))


def _take_part(number: int) -> str:
    return {0: "nobody takes part yet", 1: "1 takes part"}.get(number, f"{number} take part")
