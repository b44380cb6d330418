"""The organisation's report: what is left out of it, and what programs together come to."""

from decimal import Decimal

import pytest

from participants.models import AuditEntry
from programs.models import Program, Role
from reports import services
from reports.queries.across import across
from reports.queries.costing import Costed
from reports.queries.frozen import keep_across, kept_across
from reports.services.pricing import set_price
from tests.factories.finished import Finished
from tests.factories.matching import make_pair
from tests.factories.participants import UserFactory
from tests.factories.programs import NOW, EnrolmentFactory, ProgramFactory, TrackFactory
from tests.factories.sessions import SessionFactory
from tests.reports.test_looks import CLOSE

pytestmark = pytest.mark.django_db


def program_of(pairs: int) -> None:
    """So many pairs in a program of their own; each has met once for 45 minutes."""
    track = TrackFactory.create()
    for _ in range(pairs):
        mentor, mentee = EnrolmentFactory.create(track=track, role=Role.MENTOR), EnrolmentFactory.create(track=track)
        SessionFactory.create(match=make_pair(mentor, mentee), held=True)


def test_a_small_program_takes_the_next_smallest_with_it() -> None:
    """Of 4, 6 and 20 people the four are left out, and the six with them, or the whole less the others would tell."""
    for pairs in (2, 3, 10):
        program_of(pairs)
    found = across(NOW)
    assert found.whole["enrolled"].numerator == 30
    assert [each.figures["enrolled"].numerator for each in found.programs if each.shown] == [20]


def test_hours_by_hand() -> None:
    """Ten sessions of 45 minutes are 7.5 hours, and each of the ten mentees had 0.75, which is shown as 0.8."""
    program_of(10)
    whole = across(NOW).whole
    assert (whole["hours"].numerator, whole["mentor_hours"].numerator, whole["mentor_hours"].denominator) == (
        7.5,
        0.8,
        10,
    )


def test_who_is_in_two_programs_counts_once_in_the_whole() -> None:
    program_of(5)
    user = EnrolmentFactory.create().user
    EnrolmentFactory.create(user=user)
    assert across(NOW).whole["enrolled"].numerator == 11


def priced(program: Program, hour: int, costs: int, currency: str = "EUR") -> None:
    by = UserFactory.create()
    set_price(program=program, hour=Decimal(hour), costs=Decimal(costs), currency=currency, by=by, now=NOW)


def test_costs_are_summed_over_the_programs_that_have_a_price_and_are_large_enough() -> None:
    """Four and six pairs of 45 minutes are 3 and 4.5 hours: at 40 and 20 that is 210 by ten matches, and with 120 and
    170 beside 500. One program has no price, and one is of two pairs; their hours are in no sum.
    """
    for pairs in (4, 6, 7, 2):
        program_of(pairs)
    first, second, _, small = Program.objects.order_by("pk")
    for program, hour, costs in ((first, 40, 120), (second, 20, 170), (small, 1000, 1000)):
        priced(program, hour, costs)
    found = across(NOW)
    assert (found.whole["hours_cost"].numerator, found.whole["match_cost"].numerator) == (21.0, 50.0)
    assert (found.whole["match_cost"].denominator, found.costed) == (10, Costed(2, 4, "EUR"))
    assert {measure.slug: measure.unit for measure, _ in found.rows_of_whole()}["match_cost"] == "EUR"
    assert kept_across(keep_across(found)).costed == found.costed


def test_costs_in_several_currencies_or_of_nobody_have_no_sum() -> None:
    for pairs in (4, 6):
        program_of(pairs)
    assert across(NOW).costed == Costed(0, 2, "")
    for program, currency in zip(Program.objects.all(), ("EUR", "CHF"), strict=True):
        priced(program, 40, 0, currency)
    found = across(NOW)
    assert (found.costed, "match_cost" in found.whole) == (Costed(2, 2, ""), False)


def test_programs_are_compared_within_themselves_and_only_those_that_were_looked_at() -> None:
    """In one program mentees rise by 2 and 1 in turn and peers by 1, in the other by 3 and 2 and by 2: within each the
    difference is 0.5, although one program rose by a point more. A third that nobody opened is left out.
    """
    by = UserFactory.create()
    for more, opened in ((0, True), (1, True), (3, False)):
        made = Finished(ProgramFactory.create())
        for number in range(6):
            began, rose = 3 + number // 2 % 2, min(more, 2)
            made.match("traditional", [([began] * 6, [began + 2 - number % 2 + rose] * 6)], led=True)
            made.match("peer", [([began] * 6, [began + 1 + rose] * 6)] * 2)
        if opened:
            services.open_look(program=made.program, kind="close", by=by, now=CLOSE)
    found, content = services.open_comparison(by=by, now=CLOSE)
    assert len(found.looked_at) == 2
    assert content["comparison"]["interval"]["difference"] == pytest.approx(0.5)
    assert AuditEntry.objects.filter(verb="programs compared").count() == 1
