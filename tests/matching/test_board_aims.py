"""The price of an aim, in sentences that say the figures of the runs."""

from matching.models import Proposal
from matching.queries.board_aims import price_of_aim

COVER = "“Everybody placed, then the best total”"
STABLE = "“Everybody placed, then fewest pairs who would rather have each other”"


def aim(objective, placed, total, lowest, *, chosen=False, optimal=True):
    return {
        "objective": objective, "placed": placed, "total": total, "lowest": lowest,
        "optimal": optimal, "chosen": chosen,
    }  # fmt: skip


def test_each_other_aim_is_told_by_what_is_different():
    proposal = Proposal(
        aims=[
            aim("floor", 18, 810, 37, chosen=True),
            aim("cover", 18, 822, 30),
            aim("score", 17, 830, 37),
            aim("stable", 18, 810, 37),
        ]
    )
    assert price_of_aim(proposal) == [
        f"{COVER} would give 12 more points in all and a lowest score of 30 instead of 37.",
        "“The best total, even if fewer are placed” would give 1 fewer place filled and 20 more points in all.",
        f"{STABLE} would give the same figures.",
    ]


def test_what_is_not_proven_is_said_and_no_figures_no_words():
    aims = [aim("cover", 2, 9, 4, chosen=True), aim("stable", 2, 8, None, optimal=False)]
    told = price_of_aim(Proposal(aims=aims))
    assert told == [f"{STABLE} would give 1 fewer point in all, as far as was found."]
    assert price_of_aim(Proposal(aims=[])) == []


def test_the_page_tells_it(town, alice, client):
    draft = town.propose()
    page = " ".join(client.get(f"/programs/town/matching/{draft.number}/").content.decode().split())
    assert "What another aim would have given" in page
    assert "“The best total, even if fewer are placed” would give the same figures." in page
