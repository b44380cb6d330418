from datetime import UTC, datetime, timedelta

import pytest

from mail import links
from mail.links import LinkExpired, LinkInvalid
from participants.models import User

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


def make(user: User, purpose: str = "session", **changes) -> str:
    return links.make(purpose, user, 77, **{"days": 14, "extra": "met", "now": NOW, **changes})


def test_a_token_says_who_about_what_and_until_when(ann):
    link = links.read(make(ann), "session", now=NOW)
    assert link == links.Link(ann, 77, "met", NOW + timedelta(days=14))


def test_a_token_is_short_and_needs_no_quoting_in_a_url(ann):
    ann.pk, ann.link_version = 2**63 - 1, 2**31 - 1
    token = links.make("session", ann, 2**63 - 1, days=36500, extra="x" * 40, now=NOW)
    assert len(token) < 150
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_works_to_its_last_second(ann):
    assert links.read(make(ann), "session", now=NOW + timedelta(days=14, seconds=-1)).user == ann


def test_an_expired_token_still_says_whose_it_was(ann):
    with pytest.raises(LinkExpired) as caught:
        links.read(make(ann), "session", now=NOW + timedelta(days=14))
    assert (caught.value.link.user, caught.value.link.subject_id) == (ann, 77)


def test_a_token_for_one_purpose_is_none_for_another(ann):
    with pytest.raises(LinkInvalid):
        links.read(make(ann), "survey", now=NOW)


def test_raising_the_link_version_ends_all_earlier_links(ann):
    token = make(ann)
    User.objects.filter(pk=ann.pk).update(link_version=ann.link_version + 1)
    with pytest.raises(LinkInvalid):
        links.read(token, "session", now=NOW)


def test_somebody_inactive_has_no_links(ann):
    User.objects.filter(pk=ann.pk).update(is_active=False)
    with pytest.raises(LinkInvalid):
        links.read(make(ann), "session", now=NOW)


def test_somebody_who_is_gone_has_no_links(ann):
    token = make(User(pk=ann.pk + 1, link_version=1))
    with pytest.raises(LinkInvalid):
        links.read(token, "session", now=NOW)


def test_every_changed_character_breaks_the_token(ann):
    token = make(ann)
    for place, letter in enumerate(token):
        other = "B" if letter == "A" else "A"
        with pytest.raises(LinkInvalid):
            links.read(token[:place] + other + token[place + 1 :], "session", now=NOW)


@pytest.mark.parametrize(
    "token", ["", ".", "....", "a.b.c", "x" * 151, "é.1.1.1.1.x", "1.1.1.1..", "\x00", "1.1.1.1.1.1.1"]
)
def test_rubbish_is_invalid_and_never_an_error(db, token):
    with pytest.raises(LinkInvalid):
        links.read(token, "session", now=NOW)


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_token_that_was_cut_off_is_invalid(ann, cut):
    with pytest.raises(LinkInvalid):
        links.read(make(ann)[:-cut], "session", now=NOW)


@pytest.mark.parametrize("extra", ["a.b", "a b", "é", "x" * 41, "a\n", "a/b"])
def test_an_extra_that_would_break_the_token_is_refused(ann, extra):
    with pytest.raises(ValueError, match="extra of a link"):
        make(ann, extra=extra)


def test_the_old_key_still_opens_links_after_a_new_one_was_set(ann, settings):
    token = make(ann)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert links.read(token, "session", now=NOW).user == ann
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(LinkInvalid):
        links.read(token, "session", now=NOW)


def test_addresses_come_from_the_settings(settings):
    settings.SITE_URL = "https://mentoring.example.org"
    assert links.url("/t/abc/session/") == "https://mentoring.example.org/t/abc/session/"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "t/abc/", "@evil.example/"])
def test_only_paths_of_this_site_become_addresses(path):
    with pytest.raises(ValueError, match="Not a path of this site"):
        links.url(path)
