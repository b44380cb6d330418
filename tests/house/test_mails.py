"""Every kind of message there is, to people whose names mean harm: what leaves is one mail that tells no secrets."""

import re
from email import message_from_string, policy
from email.message import EmailMessage
from html import unescape

import pytest
from django.conf import settings
from django.template import Engine

from mail import registry
from mail.services.composing import compose
from matching.models import Seat
from participants.models import User
from programs.models import Coordinator, Program
from tests.house.mail_makers import MAKERS
from tests.house.world import World
from tests.house.world_place import CANARIES, LATER

pytestmark = pytest.mark.any_database

# First name, last name. A name that is one line on import can still come from a restored backup or an older version.
HOSTILE = [
    ("=cmd|' /C calc'!A0", "Formula"),
    ("<b>Bold</b>", "<img src=http://evil.example/x.png>"),
    ('"Eve" <e@evil.example>', ", bob@evil.example"),
    ("Carl\r\nBcc: all@evil.example", "Return\nSubject: New"),
    ("=?utf-8?q?admin?=", "\u202egnorw"),
    ("{{ settings.SECRET_KEY }}", "{% now 'Y' %}"),
]
ALLOWED = {
    "Auto-Submitted",
    "Content-Type",
    "Date",
    "From",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Message-ID",
    "Reply-To",
    "Subject",
    "To",
}
UNKNOWN = "UNKNOWN-VARIABLE-"
# Names that a template asks for with something to say in their place.
OPTIONAL = {"LANGUAGE_CODE", "program_name"}
# What one does next is nothing at all, or to write to somebody.
# Asked for by their reader, or about what nobody is named in.
WITHOUT_A_NAME = {"sign_in", "own_data_ready", "concern-reported", "concern-unread", "concern-assigned"}
WITHOUT_AN_ACTION = {"match-over", "session-not-yours", "contact_request"}


def sent(world: World, kind: str) -> EmailMessage:
    """The mail as the next server gets it, read back."""
    made = compose(MAKERS[kind](world), now=LATER)
    assert made is not None, f"{kind}: nobody wants it"
    read = message_from_string(made.message().as_string(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None, f"there is no {kind} part"
    return str(part.get_content())


def everything_in(mail: EmailMessage) -> str:
    """All headers and all parts, decoded."""
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    texts = [part.decode() if isinstance(part, bytes) else str(part) for part in parts]
    return "\n".join([*(f"{key}: {value}" for key, value in mail.items()), *texts])


def links_in(text: str) -> list[str]:
    return re.findall(r"https?://[^\s\"'<>]+", text)


@pytest.fixture
def _unknown_variables_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that asks for something that is not there renders as if nothing were wrong; here it says so."""
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", f"{UNKNOWN}%s")


@pytest.mark.pure
def test_every_kind_of_message_is_tried():
    assert sorted(MAKERS) == [kind.slug for kind in registry.all_kinds()]


@pytest.mark.usefixtures("_unknown_variables_are_seen")
@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_it_says_what_it_is_in_one_line_and_what_to_do(world: World, kind: str):
    mail = sent(world, kind)
    text, html = body_of(mail, "plain"), body_of(mail, "html")
    subject = str(mail["Subject"])
    assert 0 < len(subject) <= 78
    assert subject == " ".join(subject.split())
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == (
        MAKERS[kind](world).recipient.email,
        settings.DEFAULT_FROM_EMAIL,
    )
    for part in (subject, text, html):
        assert set(re.findall(rf"{UNKNOWN}(\w+)", part)) <= OPTIONAL
        assert re.findall(r"\bNone\b|\{\{|\{%|\bdatetime\b|<[A-Z]\w+: ", part) == []
    foot = ("/mail/", "/unsubscribe/")
    for part in (text, html):
        own = [link for link in links_in(part) if "w3.org" not in link]
        assert [link for link in own if not link.startswith(f"{settings.SITE_URL}/")] == []
        action = [link for link in own if not any(word in link for word in foot) and link != f"{settings.SITE_URL}/"]
        assert bool(action) is (kind not in WITHOUT_AN_ACTION)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_it_can_be_switched_off_unless_one_has_asked_for_it(world: World, kind: str):
    mail = sent(world, kind)
    if registry.get(kind).transactional:
        assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)
    else:
        (link,) = links_in(mail["List-Unsubscribe"])
        assert re.fullmatch(re.escape(settings.SITE_URL) + r"/t/[^/]+/unsubscribe/", link)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "Fewer e-mails" in body_of(mail, "plain")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == "<made@testserver>"


@pytest.mark.parametrize("turn", range(len(HOSTILE)))
@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_a_name_stays_a_name(world: World, kind: str, turn: int):
    first, last = HOSTILE[turn]
    User.objects.update(first_name=first, last_name=last)
    Program.objects.update(contact_name=f"{first} {last}"[:100])
    mail = sent(world, kind)
    recipient = MAKERS[kind](world).recipient.email
    assert sorted(set(mail.keys()) - ALLOWED) == []
    assert [address.addr_spec for address in mail["To"].addresses] == [recipient]
    assert [address.addr_spec for address in mail["From"].addresses] == [settings.DEFAULT_FROM_EMAIL]
    assert not re.search(r"[\r\n\u202e]|=\?", f"{mail['Subject']}{mail['From'].addresses[0].display_name}")
    html = body_of(mail, "html")
    assert '<html lang="en">' in html
    assert re.findall(r"<b>Bold|<img [^>]*evil|<e@evil", html) == []
    assert settings.SECRET_KEY not in everything_in(mail)
    # It does say the name somewhere, so that the lines above have something to refuse.
    if kind not in WITHOUT_A_NAME:
        assert re.split(r"[\r{]", first)[0] in unescape(html)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_it_tells_no_secret(world: World, kind: str):
    told = everything_in(sent(world, kind))
    secrets = {name for name, word in CANARIES.items() if word in told}
    # Where they meet, the two have told each other.
    assert secrets <= {"place"}


def test_secrets_would_be_seen(world: World):
    """The place of a session is in its mails and its calendar file: so the search does find what is there."""
    mail = sent(world, "session-planned")
    assert CANARIES["place"] in everything_in(mail)
    (entry,) = [part for part in mail.iter_attachments() if part.get_filename() == "session.ics"]
    calendar = entry.get_content()
    calendar = calendar.decode() if isinstance(calendar, bytes) else calendar
    assert "CLASS:PRIVATE" in calendar
    assert "DESCRIPTION" not in calendar


def test_nobody_who_has_stopped_is_told_anything(world: World):
    """What was queued for somebody is made from what is true when it leaves."""
    Coordinator.objects.all().delete()
    assert compose(MAKERS["contact_request"](world), now=LATER) is None
    User.objects.update(is_active=False)
    assert compose(MAKERS["sign_in"](world), now=LATER) is None
    Seat.objects.update(live=False)
    for kind in ("session-planned", "session-day-before", "session-hour-before", "session-follow-up", "session-link"):
        assert compose(MAKERS[kind](world), now=LATER) is None, kind
