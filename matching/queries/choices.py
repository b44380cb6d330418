"""Every change by hand for one person of a draft of groups, networks or sessions, with the scores after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from matching.models import Proposal
from matching.queries.booked import Booked, Meeting, booked_in
from matching.queries.inputs import Entrant
from matching.queries.seating import PARTS, After, Seating, Sit, Table, seating_in
from matching.queries.unseated import free_helpers
from programs.catalogue.base import Shape
from programs.models import Role

# The best of a long list; anybody else is asked about by name.
SHOWN = 6
# So many times of one expert stand in a list.
TIMES_EACH = 3


@dataclass(frozen=True)
class Choice:
    """One change. `fields` is what the form sends; `hard` stands against it, `rules` is what a reason overrides."""

    title: str
    button: str
    gain: int
    fields: tuple[tuple[str, str], ...]
    effects: tuple[str, ...] = ()
    people: str = ""
    hard: str = ""
    rules: str = ""
    start: datetime | None = None

    @property
    def order(self) -> tuple[bool, bool, int, str]:
        return bool(self.hard), bool(self.rules), -self.gain, self.title


@dataclass(frozen=True)
class Section:
    title: str
    choices: list[Choice]
    nothing: str = ""


@dataclass(frozen=True)
class PlacePage:
    """One person of a draft. `others` are people to change places with, `asked` the one who was asked about."""

    person: Entrant
    here: str
    score: int
    sections: list[Section]
    others: list[Entrant] = field(default_factory=list)
    asked: int | None = None


def place_page(proposal: Proposal, person: int, *, now: datetime, other: int | None = None) -> PlacePage | None:
    """As many queries as seating_in. None for somebody who does not take part, or who is not moved in this shape."""
    seating = seating_in(proposal)
    found = seating.people.get(person)
    if found is None:
        return None
    if seating.shape == Shape.GROUPS:
        return _of_groups(seating, found, other)
    if seating.networks:
        return _of_asker(seating, found) if found.role == Role.MENTEE else _of_helper(seating, found)
    if seating.shape == Shape.SLOTS and found.role == Role.MENTEE:
        return _of_sessions(booked_in(seating, proposal.created_at, now), found, other)
    return None


# --- groups ------------------------------------------------------------------------------


def _of_groups(seating: Seating, person: Entrant, other: int | None) -> PlacePage:
    here = next(iter(seating.tables_of(person.enrolment_id)), None)
    moves = [_to(seating, person, here, table) for table in seating.tables if table is not here]
    others = [
        (table, each)
        for table in seating.tables
        if table is not here
        for each in table.members
        if each.role == person.role
    ]
    swaps = [_exchange(seating, person, here, table, each) for table, each in others]
    asked = [swap for swap, (_, each) in zip(swaps, others, strict=True) if each.enrolment_id == other]
    best = _possible(swaps)
    name = person.name
    sections = [
        Section(f"Where else {name} could be", _ranked(moves), f"There is no other {seating.one} in this proposal."),
        Section(
            f"Swap {name} with somebody" if here else f"Put {name} in somebody’s place",
            [*asked, *(each for each in best if each not in asked)],
            "No swap keeps every rule.",
        ),
    ]
    if here:
        sections.append(Section(f"Take {name} out", [_out(seating, person, here)]))
    return PlacePage(
        person,
        f"is in {seating.name(here)}" if here else f"is in no {seating.one}",
        here.score if here else 0,
        sections,
        [each for _, each in others],
        other,
    )


def _to(seating: Seating, person: Entrant, here: Table | None, there: Table) -> Choice:
    sits = [Sit(person.enrolment_id, here.pk if here else 0, there.pk)]
    return choice_of(seating, sits, seating.name(there), "Move here", people=_names(there.members))


def _exchange(seating: Seating, person: Entrant, here: Table | None, there: Table, other: Entrant) -> Choice:
    sits = [Sit(person.enrolment_id, here.pk if here else 0, there.pk)]
    sits.append(Sit(other.enrolment_id, there.pk, here.pk if here else 0))
    title = f"{other.name} in {seating.name(there)}"
    return choice_of(seating, sits, title, "Swap" if here else "Put in this place", left=None if here else other)


def _out(seating: Seating, person: Entrant, here: Table) -> Choice:
    sits = [Sit(person.enrolment_id, here.pk, 0)]
    return choice_of(seating, sits, f"Out of {seating.name(here)}", "Take out", left=person)


def choice_of(
    seating: Seating,
    sits: Sequence[Sit],
    title: str,
    button: str,
    *,
    together: Sequence[int] = (),
    people: str = "",
    left: Entrant | None = None,
) -> Choice:
    """A change of seats, with what it does to each match; `left` would be without one."""
    found = seating.after(sits, together)
    effects = [_effect(seating, each) for each in found]
    if left and not (left.role == Role.MENTOR or (seating.networks and left.role == Role.PEER)):
        effects.append(f"{left.name} would be left over.")
    fields = [("sit", "-".join(map(str, sit))) for sit in sits] + [("together", str(each)) for each in together]
    return Choice(
        title,
        button,
        sum(each.gain for each in found),
        tuple(fields),
        tuple(effects),
        people,
        next((each.verdict.hard for each in found if each.verdict.hard), ""),
        " ".join(dict.fromkeys(each.verdict.rules for each in found if each.verdict.rules)),
    )


def _effect(seating: Seating, after: After) -> str:
    if after.table is None:
        return f"A {seating.one} of {len(after.members)}: {after.verdict.score:,} points."
    if not after.members:
        return f"{seating.name(after.table)} would be no more: {after.table.score:,} → 0."
    return f"{seating.name(after.table)}: {after.table.score:,} → {after.verdict.score:,}."


def _names(members: Iterable[Entrant]) -> str:
    return ", ".join(each.name for each in members)


def _ranked(choices: Iterable[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda each: each.order)


def _possible(choices: Iterable[Choice]) -> list[Choice]:
    """The best of those that nothing stands against."""
    return [each for each in _ranked(choices) if not each.hard and not each.rules][:SHOWN]


# --- networks ----------------------------------------------------------------------------


def _of_asker(seating: Seating, person: Entrant) -> PlacePage:
    here = next((table for table in seating.tables if table.centre is person), None)
    if here is None:
        return PlacePage(person, f"has no {seating.one}", 0, [_new_network(seating, person)])
    network = seating.inputs.model.network
    kinds = [_kind(seating, here, part, most) for part, most in (network.mix if network else {}).items()]
    out = Section(f"Take {person.name} out", [_out(seating, person, here)])
    return PlacePage(person, f"has {len(here.members) - 1} helpers", here.score, [*kinds, out])


def _new_network(seating: Seating, person: Entrant) -> Section:
    helpers = free_helpers(seating, person)
    ids = [person.enrolment_id, *(each.enrolment_id for each in helpers)]
    told = ", ".join(f"{each.name} ({PARTS[seating.part(person, each)]})" for each in helpers)
    chosen = choice_of(seating, [], "The best who are free", "Put together", together=ids, people=told)
    nothing = f"Nobody who fits {person.name} is free."
    return Section(f"A {seating.one} around {person.name}", [chosen] if helpers else [], nothing)


def _kind(seating: Seating, here: Table, part: str, most: int) -> Section:
    parts = seating.parts(here.members)
    present = [each for each in here.members[1:] if parts[each.enrolment_id] == part]
    able = [
        each
        for each in seating.inputs.givers
        if each.enrolment_id not in here.ids and seating.part(here.centre, each) == part and seating.free(each) > 0
    ]
    choices = [_drop(seating, here, each) for each in present]
    if len(present) < most:
        choices += _best_of(_add(seating, here, each) for each in able)
    for old in present:
        choices += _best_of(_instead(seating, here, old, each) for each in able)
    word = PARTS[part].capitalize() + ("" if most == 1 else "s")
    return Section(f"{word}: {len(present)} of {most}", choices, f"Nobody who could be a {PARTS[part]} is free.")


def _best_of(choices: Iterable[Choice]) -> list[Choice]:
    """The best, and only those that somebody could do."""
    return [each for each in _ranked(choices) if not each.hard][:TIMES_EACH]


def _drop(seating: Seating, here: Table, helper: Entrant) -> Choice:
    sits = [Sit(helper.enrolment_id, here.pk, 0)]
    return choice_of(seating, sits, f"Without {helper.name}", "Take out")


def _add(seating: Seating, here: Table, helper: Entrant) -> Choice:
    sits = [Sit(helper.enrolment_id, 0, here.pk)]
    return choice_of(seating, sits, f"Also {helper.name}", "Add")


def _instead(seating: Seating, here: Table, old: Entrant, new: Entrant) -> Choice:
    sits = [Sit(new.enrolment_id, 0, here.pk), Sit(old.enrolment_id, here.pk, 0)]
    return choice_of(seating, sits, f"{new.name} instead of {old.name}", "Replace")


def _of_helper(seating: Seating, person: Entrant) -> PlacePage:
    mine = seating.tables_of(person.enrolment_id)
    others = [table for table in seating.tables if table not in mine and seating.part(table.centre, person)]
    where = [_drop(seating, table, person) for table in mine]
    named = [
        Choice(f"{seating.name(table)}: {each.title}", *_rest(each)) for table, each in zip(mine, where, strict=True)
    ]
    sections = [Section(f"Where {person.name} helps", named, f"{person.name} is in no {seating.one}.")]
    free = seating.free(person) > 0
    more = [_join(seating, table, person) for table in others] if free else _moves(seating, person, mine, others)
    nothing = f"No other {seating.one} has room for {person.name}."
    sections.append(
        Section(f"Where else {person.name} could help", _ranked(each for each in more if not each.hard), nothing)
    )
    count = len(mine)
    helps = f"helps in {count} {seating.one if count == 1 else seating.inputs.model.words.many}"
    return PlacePage(person, helps if mine else f"is in no {seating.one}", sum(each.score for each in mine), sections)


def _rest(choice: Choice) -> tuple[str, int, tuple[tuple[str, str], ...], tuple[str, ...], str, str, str]:
    return choice.button, choice.gain, choice.fields, choice.effects, choice.people, choice.hard, choice.rules


def _join(seating: Seating, table: Table, person: Entrant) -> Choice:
    """A free chair of this kind, or that of whoever of the same kind adds least."""
    add = _add(seating, table, person)
    if not add.hard:
        return Choice(seating.name(table), *_rest(add))
    part = seating.part(table.centre, person)
    same = [each for each in table.members[1:] if seating.part(table.centre, each) == part]
    instead = _ranked(_instead(seating, table, old, person) for old in same)
    first = next(iter(instead), add)
    return Choice(f"{seating.name(table)}, {first.title}", *_rest(first))


def _moves(seating: Seating, person: Entrant, mine: Sequence[Table], others: Sequence[Table]) -> list[Choice]:
    """From each network to each other: for somebody who has no free place."""
    return [
        choice_of(
            seating,
            [Sit(person.enrolment_id, here.pk, there.pk)],
            f"From {seating.name(here)} to {seating.name(there)}",
            "Move",
        )
        for here in mine
        for there in others
    ]


# --- one-off sessions --------------------------------------------------------------------


def _of_sessions(booked: Booked, person: Entrant, other: int | None) -> PlacePage:
    here = booked.table_of(person.enrolment_id)
    times = _times(booked, person, here)
    others = [table for table in booked.seating.tables if table is not here and len(table.members) == 2]
    swaps = [_exchange_sessions(booked, person, here, table) for table in others]
    asked = [swap for swap, table in zip(swaps, others, strict=True) if table.centre.enrolment_id == other]
    best = [*asked, *(each for each in _possible(swaps) if each not in asked)]
    name = person.name
    sections = [
        Section(f"Free times for {name}", times, "Nobody who fits has a free time."),
        Section(
            f"Swap {name}’s session with somebody" if here else f"Put {name} in somebody’s place",
            best,
            "No swap suits everybody.",
        ),
    ]
    if here:
        sections.append(Section(f"Take {name} out", [_no_session(person, here)]))
    where = f"meets {here.members[1].name}" if here else "has no session"
    return PlacePage(person, where, here.score if here else 0, sections, [table.centre for table in others], other)


def _times(booked: Booked, person: Entrant, here: Table | None) -> list[Choice]:
    """The best experts' first free times; those whom only a rule keeps away come last, with one time each."""
    gone = {here.pk} if here else set()
    found = []
    for helper in booked.inputs.givers:
        verdict = booked.seating.verdict(here, (person, helper))
        starts = [] if verdict.hard else booked.times(person, helper, gone)
        starts = [
            each for each in starts if here is None or here.starts_at != each or helper.enrolment_id not in here.ids
        ]
        meetings = [Meeting(person.enrolment_id, helper.enrolment_id, each) for each in starts]
        found += [_at(booked, meeting) for meeting in meetings[: 1 if verdict.rules else TIMES_EACH]]
    ranked = sorted(found, key=lambda each: (bool(each.rules), -each.gain, each.start))
    fitting, against = ([each for each in ranked if bool(each.rules) is rules] for rules in (False, True))
    return [*fitting[: 2 * SHOWN], *against[:TIMES_EACH]]


def meetings_choice(booked: Booked, meetings: Sequence[Meeting], button: str) -> Choice:
    """Sessions to be booked; the first of them gives its name."""
    first = booked.seating.people[meetings[0].helper]
    return _meeting_change(booked, meetings, (), first.name, button, start=meetings[0].start)


def _at(booked: Booked, meeting: Meeting) -> Choice:
    helper = booked.seating.people[meeting.helper]
    return _meeting_change(booked, [meeting], (), helper.name, "Book this time", start=meeting.start)


def _exchange_sessions(booked: Booked, person: Entrant, here: Table | None, there: Table) -> Choice:
    asker, helper = there.members
    meetings = [Meeting(person.enrolment_id, helper.enrolment_id, there.starts_at or booked.now)]
    if here:
        meetings.append(Meeting(asker.enrolment_id, here.members[1].enrolment_id, here.starts_at or booked.now))
    title, button = f"{asker.name}, who meets {helper.name}", "Swap" if here else "Put in this place"
    out = () if here else (asker.enrolment_id,)
    return _meeting_change(booked, meetings, out, title, button, start=there.starts_at)


def _no_session(person: Entrant, here: Table) -> Choice:
    fields = (("out", str(person.enrolment_id)),)
    helper = here.members[1].name
    hard = "They are locked. Unlock them first." if here.locked else ""
    effects = (f"{helper} has a time free. {person.name} would be left over.",)
    return Choice(f"Not with {helper}", "Take out", -here.score, fields, effects, hard=hard)


def _meeting_change(
    booked: Booked, meetings: Sequence[Meeting], out: Sequence[int], title: str, button: str, *, start: datetime | None
) -> Choice:
    found, people = booked.after(meetings, out), booked.seating.people
    lost = [(person, table) for person in out if (table := booked.table_of(person))]
    effects = [_session_effect(booked, meeting, each.table) for meeting, each in zip(meetings, found, strict=False)]
    effects += [f"{people[person].name} would be left over." for person, _ in lost]
    fields = [("meeting", f"{m.asker}-{m.helper}-{int(m.start.timestamp())}") for m in meetings]
    rules = [each.verdict.rules for each in found]
    return Choice(
        title,
        button,
        sum(each.gain for each in found) - sum(table.score for _, table in lost),
        (*fields, *(("out", str(each)) for each in out)),
        tuple(effects),
        "",
        next((each.verdict.hard for each in found if each.verdict.hard), "") or " ".join(rules[1:]).strip(),
        rules[0],
        start,
    )


def _session_effect(booked: Booked, meeting: Meeting, before: Table | None) -> str:
    asker, helper = (booked.seating.people[each] for each in meeting[:2])
    score = booked.seating.score((asker, helper))
    shown = f"{before.score} → {score}" if before else f"{score} points"
    return f"{asker.name} with {helper.name}: {shown}."
