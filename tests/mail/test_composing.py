from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.mail import BadHeaderError
from django.template import TemplateDoesNotExist

from mail import links
from mail.models import Message
from mail.services.composing import compose, one_line
from tests.factories.participants import UserFactory
from tests.mail.conftest import START, hello

CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:J\xc3\xbcrgen\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def written(ann, kind, queue):
    """The e-mail as it would go over the wire: written(kind options, to=user, **context)."""

    def write(to=None, kind_options=None, **context) -> EmailMessage:
        def build(message, now):
            return {**hello(message, now), **context}

        kind(**{"context": build, **(kind_options or {})})
        email = compose(Message.objects.get(pk=queue(to or ann, program_id=7).pk), now=START)
        assert email is not None
        return message_from_bytes(b"\r\n".join(email.message().as_bytes().splitlines()), policy=policy.default)

    return write


def parts(email: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in email.walk()]


def test_it_has_a_plain_and_an_html_part(written):
    email = written()
    assert parts(email) == ["multipart/alternative", "text/plain", "text/html"]
    assert email.get_body(("html",)).get_content().count("<h1") == 1


def test_the_plain_part_reads_well(written):
    lines = written(leave_url="http://testserver/me/leave/").get_body(("plain",)).get_content().splitlines()
    token = lines[-3].split("/t/")[1].split("/")[0]
    # Written at 09:00 UTC, read in Berlin.
    assert lines == [
        "Hello Ann",
        "",
        "It is 11:00.",
        "",
        "Answer: http://testserver/answer/",
        "",
        "Our organisation",
        "",
        "---",
        "You get this because you are in a test.",
        "",
        f"Fewer e-mails: http://testserver/t/{token}/mail/",
        f"Pause for 4 weeks: http://testserver/t/{token}/mail/?choice=pause",
        "Leave the program: http://testserver/me/leave/",
    ]


def test_its_headers(written, ann, settings):
    settings.EMAIL_IDEMPOTENCY_HEADER = "Idempotency-Key"
    email = written(from_name="Dana Coordinator", reply_to="dana@example.org")
    message = Message.objects.get()
    assert email["Subject"] == "Hello Ann"
    assert email["From"] == f"Dana Coordinator <{settings.DEFAULT_FROM_EMAIL}>"
    assert email["To"] == "ann@example.org"
    assert email["Reply-To"] == "dana@example.org"
    assert email["Message-ID"] == email["Idempotency-Key"] == message.message_id
    assert email["Auto-Submitted"] == "auto-generated"
    assert email["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = email["List-Unsubscribe"].strip(" <>")
    token = address.removeprefix("http://testserver/t/").removesuffix("/unsubscribe/")
    link = links.read(token, "mail", now=START + timedelta(days=364))
    assert (link.user, link.subject_id) == (ann, 7)


def test_without_an_idempotency_header_there_is_none(written, settings):
    settings.EMAIL_IDEMPOTENCY_HEADER = ""
    email = written()
    assert sorted(name.lower() for name in email) == [
        "auto-submitted",
        "content-type",
        "date",
        "from",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "message-id",
        "mime-version",
        "subject",
        "to",
    ]


def test_what_was_asked_for_cannot_be_unsubscribed(written):
    email = written(kind_options={"transactional": True})
    assert email["List-Unsubscribe"] is None
    assert email["List-Unsubscribe-Post"] is None
    for kind in ("plain", "html"):
        assert "Fewer" not in email.get_body((kind,)).get_content()


def test_a_calendar_file_says_what_it_asks_for(written):
    def attach(context):
        return [("invite.ics", CALENDAR, "text/calendar; method=REQUEST")]

    email = written(kind_options={"attachments": attach})
    (attachment,) = email.iter_attachments()
    assert attachment.get_filename() == "invite.ics"
    assert (attachment.get_content_type(), attachment.get_param("method")) == ("text/calendar", "REQUEST")
    assert attachment.get_payload(decode=True) == CALENDAR


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("Ann\r\nBcc: evil@example.org", "Hello Ann Bcc: evil@example.org"),
        ("=?utf-8?q?admin?=", "Hello utf-8?q?admin?="),
        ("==??utf-8?q?x?=", "Hello utf-8?q?x?="),
        ("\u202egpj.exe", "Hello gpj.exe"),
        ("Jürgen Ω 李", "Hello Jürgen Ω 李"),
        ("Null\x00 \x1b[31m", "Hello Null [31m"),
        ("<b>&amp;</b> O'Brien", "Hello <b>&amp;</b> O'Brien"),
        ("x" * 900, "Hello " + "x" * 194),
    ],
)
def test_a_name_cannot_bend_the_subject(written, name, subject):
    email = written(name=name)
    assert email["Subject"] == subject
    assert email["Bcc"] is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Dana\r\nBcc: evil@example.org", "Dana Bcc: evil@example.org"),
        ('"Eve" <eve@example.org>, "Bob"', '"Eve" <eve@example.org>, "Bob"'),
        ("=?utf-8?q?Your_bank?=", "utf-8?q?Your_bank?="),
        ("Jürgen", "Jürgen"),
        ("", ""),
    ],
)
def test_a_name_cannot_bend_the_sender(written, settings, name, shown):
    (address,) = written(from_name=name)["From"].addresses
    assert (address.display_name, address.addr_spec) == (shown, settings.DEFAULT_FROM_EMAIL)


def test_a_reply_address_with_a_line_break_is_refused(written):
    with pytest.raises(BadHeaderError):
        written(reply_to="dana@example.org\nBcc: evil@example.org")


def test_names_are_escaped_in_html_and_as_they_are_in_text(written):
    email = written(name="<img src=http://evil.example/x> {{ settings.SECRET_KEY }} {0.__class__}")
    text, page = (email.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert text.splitlines()[0] == "Hello <img src=http://evil.example/x> {{ settings.SECRET_KEY }} {0.__class__}"
    assert "<img" not in page
    assert "Hello &lt;img src=http://evil.example/x&gt; {{ settings.SECRET_KEY }} {0.__class__}" in page


def test_html_loads_nothing_from_anywhere(written):
    page = written().get_body(("html",)).get_content()
    assert [word for word in ("<img", "src=", "url(", "@import", "<link", "<script") if word in page] == []
    assert "max-width:520px" in page
    assert "prefers-color-scheme:dark" in page


def test_what_nobody_wants_any_more_is_not_written(ann, kind, queue):
    def nobody(message, now):
        return None

    kind(context=nobody)
    assert compose(queue(ann), now=START) is None


def test_a_missing_template_is_an_error(ann, kind, queue):
    kind(template="mailtest/missing")
    with pytest.raises(TemplateDoesNotExist):
        compose(queue(ann), now=START)


def test_times_are_in_the_readers_zone(written):
    reader = UserFactory.create(timezone="Asia/Kathmandu", first_name="Kim")
    assert written(to=reader).get_body(("plain",)).get_content().splitlines()[2] == "It is 14:45."


def test_one_line_cuts_after_cleaning():
    assert one_line("\n  a\tb \x85 c  ", 100) == "a b c"
    assert one_line("ab cd", 3) == "ab"
