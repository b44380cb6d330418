"""A proposal as its page shows it: a fixed number of queries, and only the rows of one page where there are many."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import cast

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q

from matching.errors import MatchingError
from matching.models import Match, Proposal, Seat
from matching.queries.between import scores_between
from matching.queries.board_aims import only_aim, price_of_aim
from matching.queries.board_rows import (
    SECTIONS,
    AfterSwap,
    LeftOver,
    Row,
    left_over_of,
    most_of,
    order_of,
    percent_of,
    rows_of,
    section_of,
)
from matching.queries.board_steps import people_in_steps, step_name, step_to_redo, step_to_undo
from matching.queries.inputs import inputs_for, model_of
from matching.queries.places import with_taken
from programs.catalogue.base import MentoringModel, Shape
from programs.models import Enrolment, ProfileField, Program, Role

PER_PAGE = 50
# Up to so many matches everything is read at once; of more only the rows of the page, for one query more.
AT_ONCE = 400
# More people left over than these are shown on demand.
MOST_LEFT = 20


@dataclass(frozen=True)
class Outline:
    """One match as far as it counts for figures and the order of rows."""

    pk: int
    score: int
    most: int
    locked: bool
    state: str

    @property
    def percent(self) -> int:
        return percent_of(self.score, self.most)

    @property
    def section(self) -> str:
        return section_of(self.score, self.most, locked=self.locked)

    @property
    def strength(self) -> tuple[float, int, int]:
        """Weakest first: by the share of the points these people could have, as groups are of different sizes."""
        return self.score / self.most if self.most else 0.0, self.score, self.pk


@dataclass
class Board:
    """A proposal with everything its page needs; `page` holds the rows to be shown."""

    proposal: Proposal
    model: MentoringModel
    outlines: list[Outline]
    page: Page[Row]
    left_over: list[LeftOver]
    # How many are left over, shown or not.
    left: int
    # Mentors without a match in it.
    spare: list[LeftOver]
    undo_name: str = ""
    redo_name: str = ""
    swapping: Row | None = None
    names: dict[int, str] = field(default_factory=dict)

    @property
    def one_sided(self) -> bool:
        return self.model.shape == Shape.ONE_SIDED

    @property
    def two_sided(self) -> bool:
        return self.model.shape == Shape.TWO_SIDED

    @property
    def pairs(self) -> bool:
        """Whether people are moved by putting two together."""
        return self.one_sided or self.two_sided

    @property
    def aims(self) -> list[str]:
        """What every other aim would have given, in words."""
        return price_of_aim(self.proposal)

    @property
    def only_aim(self) -> str:
        """Why there is no other aim; "" where there is."""
        return only_aim(self.model.shape)

    @property
    def words(self) -> str:
        """What its matches are called, one and many, for the filter “counted”."""
        return "pair,pairs" if self.pairs else f"{self.model.words.one},{self.model.words.many}"

    @property
    def many(self) -> str:
        return self.words.split(",")[1]

    @property
    def rows(self) -> int:
        return len(self.outlines)

    @property
    def scores(self) -> list[int]:
        """Each score in per cent of the most points possible, for the histogram."""
        return [each.percent for each in self.outlines]

    @property
    def mean(self) -> float:
        return fmean(self.scores) if self.outlines else 0

    @property
    def sections(self) -> dict[str, tuple[str, str, int]]:
        """Heading, what it means, and how many are in it, of the sections that are not empty."""
        counted = Counter(each.section for each in self.outlines)
        return {key: (*words, counted[key]) for key, words in SECTIONS.items() if counted[key]}

    @property
    def standing(self) -> list[str]:
        """How the offers of a published proposal stand, in words: “3 on”, “12 waiting for an answer”."""
        said = ((Match.State.ACTIVE, "on"), (Match.State.OFFERED, "waiting for an answer"))
        states = Counter(each.state for each in self.outlines)
        over = states[Match.State.DECLINED] + states[Match.State.ENDED]
        words = [f"{states[state]} {word}" for state, word in said if states[state]]
        return [*words, f"{over} over"] if over else words

    @property
    def score_columns(self) -> list[str]:
        return ["Score", self.many.capitalize()]

    @property
    def score_table(self) -> list[tuple[str, int]]:
        counted = Counter((each.score, each.most) for each in self.outlines)
        return [(f"{score} of {most}", number) for (score, most), number in sorted(counted.items())]

    @property
    def weak(self) -> int:
        return sum(each.section == "weak" for each in self.outlines)


def find(program: Program, number: int) -> Proposal | None:
    """With `overtaken`: whether another one of its track has been published since it was made."""
    later = Proposal.objects.filter(track=OuterRef("track"), published_at__gt=OuterRef("created_at"))
    found = Proposal.objects.select_related("track__plan", "published_by", "based_on").annotate(
        overtaken=Exists(later.filter(state=Proposal.State.PUBLISHED))
    )
    proposal = found.filter(program=program, number=number).first()
    if proposal is not None:
        proposal.program = program
        proposal.track.program = program
    return proposal


def board_of(proposal: Proposal, *, swap: int | None = None, page: str = "1", all_left: bool = False) -> Board:
    """Three queries, one more where there are very many matches, and more while somebody is choosing whom to swap.

    Raises MatchingError where `swap` is no pair that can be swapped.
    """
    shown = list(ProfileField.objects.filter(program_id=proposal.program_id))
    model, seats = model_of(proposal.track), _seats_if_few(proposal)
    outlines = _outlines_from(proposal, seats) if seats is not None else _outlines(proposal)
    outlines.sort(key=lambda each: (order_of(each.section), *each.strength))
    after: dict[int, AfterSwap] = {}
    if swap is not None:
        after = _after_swaps(proposal, model, swap, seats, shown)
        _best_swap_first(outlines, after, swap)
    paged = Paginator([each.pk for each in outlines], PER_PAGE).get_page(page)
    rows = {row.match.pk: row for row in rows_of(proposal, _seats_on(proposal, paged, seats), shown)}
    for pk, row in rows.items():
        row.after = after.get(pk)
    entries = {entry["enrolment"]: entry for entry in proposal.left_over}
    named = list(entries) if all_left else list(entries)[:MOST_LEFT]
    # Whoever chooses a swap sees the rows alone.
    people = [] if swap is not None else _people(proposal, model, {*named, *people_in_steps(proposal.steps)})
    names = {person.pk: person.user.short_name for person in people}
    return Board(
        proposal,
        model,
        outlines,
        _page_of_rows(paged, rows),
        left_over=[
            left_over_of(each, entries[each.pk], shown, proposal.version) for each in people if each.pk in named
        ],
        left=len(entries),
        spare=[left_over_of(each, None, shown) for each in people if _is_spare(each)],
        undo_name=step_name(step_to_undo(proposal.steps), names),
        redo_name=step_name(step_to_redo(proposal.steps), names),
        swapping=_swapping(proposal, rows, swap, shown) if swap is not None else None,
        names=names,
    )


def _page_of_rows(page: Page[int], rows: dict[int, Row]) -> Page[Row]:
    """The same page with its rows in place of their numbers."""
    paginator = cast("Paginator[Row]", page.paginator)
    return Page([rows[pk] for pk in page.object_list if pk in rows], page.number, paginator)


def _all_seats(proposal: Proposal) -> list[Seat]:
    seats = Seat.objects.filter(match__proposal=proposal).select_related("match", "enrolment__user")
    return list(seats.order_by("pk"))


def _seats_if_few(proposal: Proposal) -> list[Seat] | None:
    if proposal.placed > AT_ONCE:
        return None
    seats = Seat.objects.filter(match__proposal=proposal).select_related("match", "enrolment__user")
    return list(with_taken(seats, proposal).order_by("pk"))


def _outlines_from(proposal: Proposal, seats: Iterable[Seat]) -> list[Outline]:
    matches = {seat.match_id: seat.match for seat in seats}
    people = Counter(seat.match_id for seat in seats)
    return [Outline(pk, m.score, most_of(proposal, m.most, people[pk]), m.locked, m.state) for pk, m in matches.items()]


def _outlines(proposal: Proposal) -> list[Outline]:
    """Without the people and the reasons, which are most of what is stored."""
    matches = Match.objects.filter(proposal=proposal).annotate(people=Count("seats"))
    columns = matches.values_list("pk", "score", "most", "people", "locked", "state")
    return [
        Outline(pk, score, most_of(proposal, most, people), locked, state)
        for pk, score, most, people, locked, state in columns
    ]


def _seats_on(proposal: Proposal, page: Page[int], seats: Sequence[Seat] | None) -> list[Seat]:
    shown = set(page.object_list)
    if seats is not None:
        return [seat for seat in seats if seat.match_id in shown]
    found = Seat.objects.filter(match__in=shown).select_related("match", "enrolment__user")
    return list(with_taken(found, proposal).order_by("pk"))


def _people(proposal: Proposal, model: MentoringModel, named: set[int]) -> list[Enrolment]:
    """Everybody who is named outside the rows: left over, in a step that can be undone, and mentors who are free."""
    # One list of everybody who sits somewhere, not a look for each person.
    sits = Q(pk__in=Seat.objects.filter(match__proposal=proposal).values("enrolment"))
    found = Enrolment.objects.filter(track=proposal.track_id).select_related("user")
    found = found.annotate(seated=ExpressionWrapper(sits, output_field=BooleanField()))
    free = Q(role=Role.MENTOR, state=Enrolment.State.ACTIVE, seated=False)
    wanted = Q(pk__in=named) | free if Role.MENTOR in model.roles else Q(pk__in=named)
    return list(found.filter(wanted).order_by("pk"))


def _is_spare(person: Enrolment) -> bool:
    active = person.state == Enrolment.State.ACTIVE
    return person.role == Role.MENTOR and active and not getattr(person, "seated", False)


def row_of(proposal: Proposal, match_id: int) -> Row | None:
    """One match of a proposal, or None if it has none of that number."""
    shown = list(ProfileField.objects.filter(program_id=proposal.program_id))
    wanted = Match.objects.filter(proposal=proposal, pk=match_id)
    seats = Seat.objects.filter(match__in=wanted).select_related("match", "enrolment__user")
    return next(iter(rows_of(proposal, list(seats.order_by("pk")), shown)), None)


def all_rows(proposal: Proposal) -> list[Row]:
    """Every match, weakest first, without what the people answered."""
    return sorted(rows_of(proposal, _all_seats(proposal), []), key=lambda row: (row.match.score, row.match.pk))


# --- choosing whom to swap --------------------------------------------------------------------


def _after_swaps(
    proposal: Proposal,
    model: MentoringModel,
    match_id: int,
    known: Sequence[Seat] | None,
    asked: Sequence[ProfileField],
) -> dict[int, AfterSwap]:
    """Both scores after a swap with each other match. Raises MatchingError where nobody can be swapped."""
    if model.shape != Shape.TWO_SIDED or proposal.state != Proposal.State.DRAFT:
        raise MatchingError("This pair cannot be swapped.")
    pairs = _pairs(proposal, known)
    chosen = pairs.pop(match_id, None)
    if chosen is None:
        raise MatchingError("This pair cannot be swapped.")
    taker, giver, _ = chosen
    inputs = inputs_for(proposal, asked)
    others = {pk: pair for pk, pair in pairs.items() if not pair[2] and pair[1] != giver}
    here = scores_between(inputs, [taker], sorted({each[1] for each in others.values()}))
    there = scores_between(inputs, sorted({each[0] for each in others.values()}), [giver])
    return {
        pk: AfterSwap(here.get((taker, its_giver)), there.get((its_taker, giver)))
        for pk, (its_taker, its_giver, _) in others.items()
    }


def _pairs(proposal: Proposal, known: Sequence[Seat] | None) -> dict[int, tuple[int, int, bool]]:
    """Taker, giver, and whether they are locked, of each pair; read anew where not all seats are known."""
    people: dict[int, dict[bool, int]] = {}
    locked: dict[int, bool] = {}
    columns = ("match", "role", "enrolment", "match__locked")
    seats = Seat.objects.filter(match__proposal=proposal).values_list(*columns) if known is None else _told(known)
    for match_id, role, enrolment, is_locked in seats:
        people.setdefault(match_id, {})[role == Role.MENTOR] = enrolment
        locked[match_id] = is_locked
    return {pk: (both[False], both[True], locked[pk]) for pk, both in people.items() if len(both) == 2}


def _told(seats: Iterable[Seat]) -> list[tuple[int, str, int, bool]]:
    return [(seat.match_id, seat.role, seat.enrolment_id, seat.match.locked) for seat in seats]


def _best_swap_first(outlines: list[Outline], after: dict[int, AfterSwap], chosen: int) -> None:
    scores = {each.pk: each.score for each in outlines}
    there = scores.get(chosen, 0)
    nothing = AfterSwap(None, None)

    def order(each: Outline) -> tuple[bool, float, int, int]:
        return each.pk != chosen, -after.get(each.pk, nothing).gain(each.score, there), each.score, each.pk

    outlines.sort(key=order)


def _swapping(proposal: Proposal, rows: dict[int, Row], chosen: int, shown: Sequence[ProfileField]) -> Row | None:
    """The row that was chosen stands on every page, but is loaded on the first one only."""
    if chosen in rows:
        return rows[chosen]
    seats = Seat.objects.filter(match=chosen).select_related("match", "enrolment__user")
    return next(iter(rows_of(proposal, list(seats.order_by("pk")), shown)), None)
