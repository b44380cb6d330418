"""The page about one person of a draft: ways out, others, why not, and doing it; each effect is what then happens."""

import pytest

from matching import services
from matching.models import Match, Proposal
from matching.queries.person import person_page
from matching.queries.proposals import matches_by_email
from matching.queries.seated import seated_in
from participants.models import AuditEntry
from programs.models import Role
from tests.factories.crowds import make_crowd
from tests.factories.programs import NOW

HOME = "/programs/town/matching/"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def names(draft) -> set[str]:
    return {" ".join(address.split("@")[0] for address in pair) for pair in matches_by_email(draft)}


@pytest.fixture
def draft(town, alice) -> Proposal:
    return town.propose()


def at(town, draft, name, other=None) -> str:
    query = f"?with={town.people[other].pk}" if other else ""
    return f"{HOME}{draft.number}/for/{town.people[name].pk}/{query}"


def test_the_ways_out_are_concrete_and_their_effects_are_what_a_run_then_gives(town, draft, client, monkeypatch):
    page = person_page(draft, town.people["Vera"].pk)
    assert [(w.kind, w.partner.name, w.points, w.placed) for w in page.ways.found] == [
        ("place", "Mona Town", 9, 1),
        ("exchange", "Mona Town", -3, 0),
    ]
    shown = text(client.get(at(town, draft, "Vera")))
    assert "2 ways to a match for" in shown
    assert 'Give <span dir="auto">Mona Town</span> 2 places instead of 1' in shown
    assert "Tom Town would be left over." in shown
    monkeypatch.setattr("matching.tasks.ring", lambda pk: services.run_proposal(pk, clock=lambda: NOW))
    mona = town.people["Mona"]
    client.post(f"{HOME}{draft.number}/places/{mona.pk}/", {"places": "2"})
    made = Proposal.objects.get(number=draft.number + 1)
    assert (made.placed, made.total) == (3, draft.total + 9)
    again = client.post(f"{HOME}{draft.number}/places/{mona.pk}/", {"places": "2"}, follow=True)
    assert "Mona Town has 2 places now." in text(again)
    assert Proposal.objects.count() == 2


def test_a_rule_that_alone_stands_in_the_way_is_named(town, alice, client):
    town.join("Olga", Role.MENTOR, "Lead", "Dance")
    town.join("Pia", Role.MENTOR, "Lead", "Dance")
    town.join("Xan", Role.MENTEE, "Lead", "Law")
    draft = town.propose()
    [way, *_] = person_page(draft, town.people["Xan"].pk).ways.found
    assert (way.kind, way.placed, way.rule_names) == ("rule", 1, "“Level above”")
    assert "although “Level above” forbids it" in text(client.get(at(town, draft, "Xan")))


def test_why_not_says_score_room_cost_and_who_is_left_over(town, draft, client):
    shown = text(client.get(at(town, draft, "Vera", "Mona")))
    assert 'Mona Town</span> would score 9 of 12 with <span dir="auto">Vera Town</span>.' in shown
    assert "No rule forbids it. Mona Town has 1 of 1 place taken." in shown
    assert "All together would lose 3 points." in shown
    assert "Tom Town would be left over." in shown
    client.post(
        at(town, draft, "Vera"),
        {
            "pair": f"{town.people['Vera'].pk}-{town.people['Mona'].pk}",
            "out": town.people["Tom"].pk,
            "version": draft.version,
        },
    )
    draft.refresh_from_db()
    assert (names(draft), draft.total) == ({"mona vera", "nils una"}, 18)


def test_an_exception_needs_a_reason_and_then_is_made(town, draft, client):
    url = at(town, draft, "Tom", "Nils")
    shown = text(client.get(url))
    assert "“Other department” forbids it." in shown
    assert "make “Other department” count less</a> (" in shown
    assert "without it</a>), or match them by hand with a reason." in shown
    assert "All together would lose" in shown
    body = {"with": town.people["Nils"].pk, "pair": f"{town.people['Tom'].pk}-{town.people['Nils'].pk}"}
    answer = person_page(draft, town.people["Tom"].pk, other=town.people["Nils"].pk).answer
    body |= {"pair": [f"{one}-{other}" for one, other in answer.pairs], "out": answer.out}
    refused = client.post(url, {**body, "reason": " "})
    assert refused.status_code == 422
    assert "Say why: it is kept in the history." in text(refused)
    assert client.post(url, body).status_code == 302
    assert "mona tom" in names(draft)
    before = draft.total
    client.post(url, {**body, "reason": "They share a project"})
    draft.refresh_from_db()
    assert "nils tom" in names(draft)
    assert draft.total == before - answer.loss
    assert AuditEntry.objects.get(verb="matched by hand").detail == {"reason": "They share a project"}
    assert "Matched by hand: They share a project" in text(client.get(f"{HOME}{draft.number}/"))


def test_every_cost_is_what_then_happens(town, draft):
    """For everybody with everybody whom the rules allow: the answer's loss is what the points change by."""
    town.join("Olga", Role.MENTOR, "Lead", "Dance")
    town.join("Wim", Role.MENTEE, "Starting", "Law")
    draft, tried = town.propose(), 0
    takers = [name for name, each in town.people.items() if each.role == Role.MENTEE]
    givers = [name for name, each in town.people.items() if each.role == Role.MENTOR]
    for taker, giver in ((t, g) for t in takers for g in givers):
        answer = person_page(draft, town.people[taker].pk, other=town.people[giver].pk).answer
        if answer.together or answer.needs_reason:
            continue
        before, placed = draft.total, draft.placed
        draft = services.rearrange(proposal=draft, pairs=answer.pairs, out=answer.out, by=None, now=NOW)
        assert (before - draft.total, placed - draft.placed) == (answer.loss, answer.seats), (taker, giver)
        draft, tried = services.undo(proposal=draft, by=None, now=NOW), tried + 1
        assert draft.total == before
    assert tried > 3


def test_locks_are_named_where_they_leave_no_way(town, draft, client):
    services.lock(match=town.match(draft, "Mona", "Tom"), by=None, now=NOW)
    shown = text(client.get(at(town, draft, "Vera", "Mona")))
    assert 'Locked pairs leave no place. Unlock <span dir="auto">Tom Town and Mona Town</span>.' in shown
    assert "Match them" not in shown
    assert "They are locked. Unlock them" in text(client.get(at(town, draft, "Tom")))


def test_what_nobody_may_override_is_said_and_has_no_button(town, alice, client):
    first = town.propose()
    services.publish(proposal=first, by=None, now=NOW)
    services.answer_seat(seat=town.seat(first, "Tom"), accept=False, now=NOW)
    draft = town.propose()
    shown = text(client.get(at(town, draft, "Tom", "Mona")))
    assert "cannot be proposed again: they are matched, or one of them said no. No reason overrides that." in shown
    assert "Match them" not in shown


@pytest.mark.parametrize(("model", "counts"), [("peer", {"peer": 12}), ("traditional", {"mentor": 4, "mentee": 7})])
def test_in_a_realistic_group_options_and_costs_are_what_then_happens(db, model, counts):
    draft = make_crowd(model, counts).propose()
    seated, tried = seated_in(draft), 0
    for person in [taker.enrolment_id for taker in seated.inputs.takers][:4]:
        page = person_page(draft, person)
        asked = [person_page(draft, person, other=each.enrolment_id).answer for each in page.others[:3]]
        changes = [(o.pairs, o.out, o.gain) for o in page.options]
        changes += [(a.pairs, a.out, -(a.loss or 0)) for a in asked if a.possible and not a.needs_reason]
        for pairs, out, gain in changes:
            before = draft.total
            draft = services.rearrange(proposal=draft, pairs=pairs, out=out, by=None, now=NOW)
            assert draft.total - before == gain
            draft, tried = services.undo(proposal=draft, by=None, now=NOW), tried + 1
            assert draft.total == before
    assert tried > 5


def test_a_person_page_is_about_a_draft_and_about_people_in_it(town, draft, client):
    assert client.get(f"{HOME}{draft.number}/for/999999/").status_code == 404
    assert client.get(at(town, draft, "Tom") + "?with=x").status_code == 200
    body = {"pair": "nonsense"}
    assert client.post(at(town, draft, "Tom"), body).status_code == 404
    services.discard(proposal=draft, by=None, now=NOW)
    assert client.get(at(town, draft, "Tom")).status_code == 404
    assert Match.objects.filter(proposal=draft).count() == 2
    assert seated_in(draft).small


def test_of_very_many_the_best_are_offered_and_others_are_found_by_name(town, alice, client, monkeypatch):
    """Also where a page does not wait for a table of everybody."""
    monkeypatch.setattr("matching.queries.person.MOST_ASKED", 1)
    monkeypatch.setattr("matching.queries.person.SHOWN_AT_ONCE", 1)
    draft, vera, mona, nils = town.propose(), *(town.people[name].pk for name in ("Vera", "Mona", "Nils"))
    known = person_page(draft, vera)
    monkeypatch.setattr("matching.queries.seated.MOST_CELLS", 0)
    large = person_page(draft, vera)
    assert [each.enrolment_id for each in large.others] == [mona]
    assert [option.gain for option in large.options] == [option.gain for option in known.options]
    assert [each.enrolment_id for each in person_page(draft, vera, wanted="nil TOWN").others] == [nils]
    assert {each.enrolment_id for each in person_page(draft, vera, other=nils).others} == {mona, nils}
    assert [each.name for each in person_page(draft, mona).others] == ["Tom Town"]
    page = text(client.get(f"{HOME}{draft.number}/for/{vera}/?q=nobody"))
    assert "Nobody of 2 has this in their name." in page
    assert '<select class="form-select" id="with"' not in page
