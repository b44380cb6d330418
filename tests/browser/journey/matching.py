"""Step 4: a proposal with its proof and reasons, changed by hand, run again, checked and published."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser import oracle
from tests.browser.walking import follow, heading, pick, press

MATCHING = "/programs/public-service-mentoring/matching/"
SECONDS = 60_000
SCORE = re.compile(r"(\d+) of (\d+)")


@dataclass(frozen=True)
class Pair:
    mentor: str
    mentee: str
    points: int

    @property
    def short(self) -> str:
        return f"{self.mentor.split()[0]} and {self.mentee.split()[0]}"


def propose(page: Page, track: str) -> None:
    """The run is a job of the worker; the page waits for it without a script."""
    page.goto(MATCHING)
    pick(page, "Track", track)
    press(page, "Make a proposal")
    expect(page.get_by_text("Only coordinators see it")).to_be_visible(timeout=SECONDS)


def pairs_on(page: Page) -> list[Pair]:
    """Counted once the page is whole: its heading comes before its rows."""
    page.wait_for_load_state()
    return [_pair(row) for row in page.locator("ul.pairs > li").all()]


def _pair(row: Locator) -> Pair:
    # Beside a mentor's name stands, for those who listen, how many places are taken.
    mentor, mentee = (name.splitlines()[0].strip() for name in row.locator(".who b").all_inner_texts())
    points = SCORE.search(row.get_by_role("img").get_attribute("aria-label") or "")
    assert points
    return Pair(mentor, mentee, int(points[1]))


def is_the_best(page: Page) -> list[Pair]:
    """As many pairs and points as an independent solver finds, each pair with the points the rules give it."""
    mentors, mentees = oracle.by_name("mentors.csv"), oracle.by_name("mentees.csv")
    expected = oracle.best(list(mentors.values()), list(mentees.values()))
    left = len(mentees) - expected.pairs
    heading(page, f"{expected.pairs} placed, {left} left over")
    expect(page.get_by_text(f"{expected.total} points in all")).to_be_visible()
    expect(page.get_by_text("proven optimal")).to_be_visible()
    pairs = pairs_on(page)
    assert [each.points for each in pairs] == [oracle.score(mentors[p.mentor], mentees[p.mentee]) for p in pairs]
    assert (len(pairs), sum(each.points for each in pairs)) == (expected.pairs, expected.total)
    _says_why(page, pairs, mentors, mentees)
    return pairs


def _says_why(page, pairs, mentors, mentees) -> None:
    """Each person left over with the reason, true by the rules; and each pair with its own."""
    placed = {pair.mentee for pair in pairs}
    tray = page.get_by_role("region", name=re.compile("left over"))
    for name, mentee in mentees.items():
        if name in placed:
            continue
        row = tray.locator(".tray__row").filter(has_text=name)
        fitting = [who for who, mentor in mentors.items() if oracle.score(mentor, mentee) is not None]
        if fitting:
            *most, last = sorted(fitting)
            names = f"{', '.join(most)} and {last}" if most else last
            words = f"The {len(fitting)} mentors who fit have no free place: {names}."
        else:
            words = f"None of {len(mentors)} mentors fits."
        expect(row.get_by_text(words)).to_be_visible()


def swap_two(page: Page, pairs: list[Pair]) -> tuple[Pair, int]:
    """Swap the first two that the rules let swap; returns one of the new pairs and the new total."""
    one, other = next((a, b) for a in pairs for b in pairs if a is not b and _after(a, b) and _after(b, a))
    follow(_row(page, one), re.compile("^Swap"))
    for each in pairs:
        allowed = each is not one and None not in (_after(one, each), _after(each, one))
        expect(_row(page, each).get_by_role("button", name=re.compile("^Swap here"))).to_have_count(int(allowed))
    press(_row(page, other), re.compile("^Swap here"))
    after = [_after(one, other) or 0, _after(other, one) or 0]
    total = sum(each.points for each in pairs if each not in (one, other)) + sum(after)
    expect(page.get_by_text(f"{total} points in all")).to_be_visible()
    return Pair(other.mentor, one.mentee, after[1]), total


def _after(mentor_of: Pair, mentee_of: Pair) -> int | None:
    mentor = oracle.by_name("mentors.csv")[mentor_of.mentor]
    return oracle.score(mentor, oracle.by_name("mentees.csv")[mentee_of.mentee])


def _row(page: Page, pair: Pair) -> Locator:
    return page.locator("ul.pairs > li").filter(has_text=pair.mentor).filter(has_text=pair.mentee)


def undo_and_swap_again(page: Page, pairs: list[Pair]) -> Pair:
    before = sum(each.points for each in pairs)
    swap_two(page, pairs)
    press(page, re.compile("^Undo: "))
    expect(page.get_by_text(f"{before} points in all")).to_be_visible()
    assert sorted(map(str, pairs_on(page))) == sorted(map(str, pairs))
    return swap_two(page, pairs)[0]


def lock_and_run_again(page: Page, kept: Pair) -> list[Pair]:
    """The locked pair stays, and the rest is the best that is left."""
    press(_row(page, kept), f"Lock {kept.short}")
    expect(page.get_by_role("button", name=f"Lock {kept.short}")).to_have_attribute("aria-pressed", "true")
    press(page, "Run again, locked pairs stay")
    page.wait_for_url("**/matching/2/")
    expect(page.get_by_text("Only coordinators see it")).to_be_visible(timeout=SECONDS)
    mentors, mentees = oracle.by_name("mentors.csv"), oracle.by_name("mentees.csv")
    del mentors[kept.mentor], mentees[kept.mentee]
    rest = oracle.best(list(mentors.values()), list(mentees.values()))
    expect(page.get_by_text(f"{rest.total + kept.points} points in all")).to_be_visible()
    pairs = pairs_on(page)
    assert len(pairs) == rest.pairs + 1
    assert kept in pairs
    return pairs


def publish(page: Page, mails: int) -> None:
    """First a page that says how many e-mails go out, then once."""
    follow(page, "Check and publish")
    heading(page, f"{mails} e-mails go out when you publish")
    press(page, f"Publish and send {mails} e-mails")
    expect(page.get_by_text(f"Published: {mails // 2} matches offered, {mails} e-mails on their way.")).to_be_visible()


def propose_peers(page: Page) -> list[Pair]:
    propose(page, "Peer mentoring")
    expected = oracle.best_peers()
    heading(page, f"{2 * expected.pairs} of {2 * expected.pairs} people who can be matched are matched")
    expect(page.get_by_text(f"{expected.total} points in all")).to_be_visible()
    return pairs_on(page)
