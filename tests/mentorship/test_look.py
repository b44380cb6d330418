"""Tags, filters, parts, frames and error pages, read as a browser reads them."""

import datetime as dt
from types import SimpleNamespace
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import html5lib
import pytest
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import timezone

from mentorship.look import glyphs, icons, times, words
from participants.models import User
from programs.catalogue.registry import all_models

pytestmark = pytest.mark.pure
BERLIN = ZoneInfo("Europe/Berlin")
THURSDAY = dt.datetime(2026, 5, 14, 14, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _in_berlin():
    with timezone.override(BERLIN):
        yield


def render(source, request=None, **context):
    return engines["django"].from_string(source).render(context, request)


def tree(markup):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    found = parser.parse(markup)
    # "expected-doctype" is only about fragments, which have none.
    assert [error[1] for error in parser.errors if not error[1].startswith("expected-doctype")] == []
    return found


def text(markup):
    return " ".join("".join(tree(markup).itertext()).split())


# --- drawings ---------------------------------------------------------------------------


def test_every_icon_is_a_drawing_hidden_from_screen_readers():
    drawings = [ET.fromstring(str(icons.icon(name))) for name in icons.names()]  # noqa: S314 - our own files
    assert len(drawings) > 100
    assert {drawing.get("aria-hidden") for drawing in drawings} == {"true"}
    assert [drawing for drawing in drawings if len(drawing) == 0] == []


def test_an_unknown_icon_is_an_error_and_so_is_a_path():
    for name in ("no-such-icon", "../../secret", ""):
        with pytest.raises(icons.UnknownIcon):
            icons.icon(name)


def test_every_mentoring_model_has_a_drawing_and_no_drawing_is_without_a_model():
    assert set(glyphs.DRAWINGS) == {model.slug for model in all_models()}
    assert len({str(glyphs.glyph(slug)) for slug in glyphs.DRAWINGS}) == 12


def test_an_unknown_model_is_an_error():
    with pytest.raises(glyphs.UnknownModel):
        glyphs.glyph("no_such_model")


# --- people, status ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Amara Nwosu", "AN"),
        ("Bo", "B"),
        ("Ana de la Cruz", "AC"),
        ("élodie ångström", "ÉÅ"),
        ("", "?"),
        ("(–) Kim", "K"),
    ],
)
def test_initials(name, letters):
    assert words.initials(name) == letters


def test_a_person_is_named_with_the_role_for_those_who_do_not_see_the_shape():
    markup = render('{% person user "mentee" "Wants: SQL" %}', user=User(first_name="Jonas", last_name="Weber"))
    assert text(markup) == "JWMentee: Jonas WeberWants: SQL"
    assert 'class="av av--mentee" aria-hidden="true"' in markup


def test_a_name_cannot_bring_markup():
    markup = render('{% person n "mentor" n url="/x/" %}{% chip "ok" "" n %}{% avatar n %}', n='<b onclick="x">Eve</b>')
    assert [e for e in tree(markup).iter() if e.get("onclick")] == []
    assert "<b onclick" not in markup


def test_a_chip_of_an_unknown_kind_is_an_error():
    assert text(render('{% chip "risk" "eye-fill" "Gone quiet" %}')) == "Gone quiet"
    with pytest.raises(TemplateSyntaxError):
        render('{% chip "danger" "" "x" %}')


@pytest.mark.parametrize(("kind", "button"), [("not_yet", "btn btn-primary"), ("nothing_found", "btn btn-quiet")])
def test_an_empty_state_has_the_button_of_its_kind(kind, button):
    (link,) = tree(render('{% empty_state kind "Nobody" "Why" "/x/" "Do it" %}', kind=kind)).iter("a")
    assert link.get("class") == button


# --- times ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ t|day }}", "Thursday 14 May"),
        ("{{ t|day_year }}", "14 May 2026"),
        ("{{ t|clock }}", "16:00 (Berlin)"),
        ("{{ t|when }}", "Thursday 14 May, 16:00 (Berlin)"),
        ("{{ t|until:u }}", "Thursday 14 May, 16:00–16:45 (Berlin)"),
        ("{{ d|day }}", "Thursday 14 May"),
        ("{{ none|when }}{{ none|day }}{{ none|clock }}", ""),
        ("{{ none|ago:t }}", "never"),
    ],
)
def test_times_in_words(source, said):
    given = {"t": THURSDAY, "u": THURSDAY + dt.timedelta(minutes=45), "d": dt.date(2026, 5, 14), "none": None}
    assert render(source, **given) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "Thursday 14 May, 14:00 (UTC)"),
        ("America/Argentina/Buenos_Aires", "Thursday 14 May, 11:00 (Buenos Aires)"),
        ("Pacific/Auckland", "Friday 15 May, 02:00 (Auckland)"),
    ],
)
def test_a_time_is_said_in_the_reader_s_zone(zone, said):
    with timezone.override(ZoneInfo(zone)):
        assert times.when(THURSDAY) == said


def test_a_span_over_midnight_names_both_days():
    late = dt.datetime(2026, 5, 14, 21, 30, tzinfo=dt.UTC)
    assert times.span(late, late + dt.timedelta(hours=1)) == (
        "Thursday 14 May, 23:30 (Berlin) to Friday 15 May, 00:30 (Berlin)"
    )


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        times.when(dt.datetime(2026, 5, 14, 16, 0))


@pytest.mark.parametrize(
    ("days", "said"), [(0, "today"), (1, "yesterday"), (22, "22 days ago"), (-1, "tomorrow"), (-3, "in 3 days")]
)
def test_days_ago(days, said):
    assert times.ago(THURSDAY - dt.timedelta(days=days), THURSDAY) == said


def test_days_are_those_of_the_reader_s_calendar():
    just_after_midnight = dt.datetime(2026, 5, 14, 22, 30, tzinfo=dt.UTC)  # 00:30 on the 15th in Berlin
    assert times.ago(THURSDAY, just_after_midnight) == "yesterday"


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 minutes"), (1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (150, "2 hours 30 minutes")]
)
def test_lengths(n, said):
    assert render("{{ n|minutes }}", n=n) == said


# --- figures ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value", "said"),
    [
        ("{{ v|number }}", 1204, "1,204"),
        ("{{ v|number:1 }}", 3.35, "3.4"),
        ("{{ v|number:1 }}", -0.04, "0.0"),
        ("{{ v|number }}", -3, "−3"),
        ("{{ v|number:-1 }}", 1204.0, "1,204"),
        ("{{ v|number:-1 }}", 1204.54, "1,204.5"),
        ("{{ v|number:-1 }}", 3679.04, "3,679"),
        ("{{ v|number:-1 }}", 10, "10"),
        ("{{ v|number:-1 }}", 0.0, "0"),
        ("{{ v|number }}", None, "–"),
        ("{{ v|signed:1 }}", 0.9, "+0.9"),
        ("{{ v|signed:1 }}", 0.04, "0.0"),
        ("{{ v|signed }}", -3, "−3"),
        ("{{ v|percent }}", 0.865, "87%"),
        ("{{ v|percent:1 }}", 0.8651, "86.5%"),
        ('{{ v|counted:"pair,pairs" }}', 1, "1 pair"),
        ('{{ v|counted:"person, people" }}', 1204, "1,204 people"),
        ('{{ v|plural_word:"pair,pairs" }}', 0, "pairs"),
    ],
)
def test_figures_in_words(source, value, said):
    assert render(source, v=value) == said


# --- lists ------------------------------------------------------------------------------


def pager(number, total=730, query="page=3&role=mentor"):
    page = Paginator(list(range(total)), 50).page(number)
    return render(
        "{% include 'components/pager.html' with unit='people' %}", RequestFactory().get(f"/?{query}"), page=page
    )


def test_a_pager_keeps_the_filter_and_marks_the_present_page():
    found = tree(pager(7))
    hrefs = [e.get("href") for e in found.iter("a")]
    assert hrefs[0] == "?page=6&role=mentor"
    assert "".join(next(e for e in found.iter("span") if e.get("aria-current")).itertext()) == "Page 7"
    assert text(pager(7)).startswith("301 to 350 of 730 people")


def test_one_page_has_no_pager():
    assert pager(1, total=50).strip() == ""


def test_a_blocked_task_has_no_link():
    tasks = [
        {"label": "Dates", "url": "/d/", "state": "done"},
        {"label": "Open", "url": "/o/", "state": "blocked", "reason": "Set the dates before."},
    ]
    found = tree(render("{% include 'components/task_list.html' %}", tasks=tasks))
    assert [e.get("href") for e in found.iter("a")] == ["/d/"]


def test_a_lock_says_its_state_and_asks_for_the_other():
    for locked, pressed, wish in ((True, "true", "0"), (False, "false", "1")):
        source = "{% include 'components/lock_toggle.html' with url='/l/' label='Lock Amara and Jonas' %}"
        found = tree(render(source, RequestFactory().get("/"), locked=locked))
        assert next(found.iter("button")).get("aria-pressed") == pressed
        assert [e.get("value") for e in found.iter("input") if e.get("name") == "locked"] == [wish]


# --- frames -----------------------------------------------------------------------------

PAGE = "{{% extends '{}' %}}{{% block title %}}Pairs{{% endblock %}}{{% block main %}}<h1>Pairs</h1>{{% endblock %}}"


def page(frame, **context):
    request = RequestFactory().get("/")
    request.user = User(first_name="Dana", last_name="<i>", email="dana@example.org", pk=1)
    return tree(render(PAGE.format(frame), request, **context))


@pytest.mark.parametrize("frame", ["frame.html", "frame_wide.html", "task.html"])
def test_a_page_has_one_heading_a_way_to_it_and_nothing_inline(frame):
    found = page(frame)
    assert len(list(found.iter("h1"))) == 1
    (main,) = found.iter("main")
    skip = next(e for e in found.iter("a") if e.get("class") == "skip")
    assert (skip.get("href"), main.get("id"), main.get("tabindex")) == ("#main", "main", "-1")
    assert list(found.iter("style")) == []
    assert [e for e in found.iter() if e.get("style") is not None] == []
    assert [e for e in found.iter("script") if e.get("src") is None] == []
    assert [a for e in found.iter() for a in e.attrib if a.startswith("on")] == []


def test_a_page_for_one_task_loads_no_script():
    assert list(page("task.html").iter("script")) == []


@pytest.mark.parametrize(
    ("context", "title"),
    [
        ({}, "Pairs"),
        ({"form_errors": True}, "Error: Pairs"),
        ({"form": SimpleNamespace(errors={"a": ["b"]})}, "Error: Pairs"),
        ({"form": SimpleNamespace(errors={})}, "Pairs"),
    ],
)
def test_the_title_says_when_there_is_an_error(context, title):
    assert next(page("frame.html", **context).iter("title")).text == title


def test_the_side_list_marks_the_present_page_and_what_is_at_risk():
    nav = [
        {"label": "Overview", "url": "/o/", "icon": "house", "current": True},
        {"label": "Pairs", "url": "/p/", "icon": "link-45deg", "count": "4 at risk", "risk": True, "divider": True},
    ]
    found = page("frame.html", nav=nav)
    (side,) = [e for e in found.iter("nav") if e.get("class") == "side"]
    assert [(e.get("href"), e.get("aria-current")) for e in side.iter("a")] == [("/o/", "page"), ("/p/", None)]
    assert [e.text for e in side.iter("span") if e.get("class") == "count count--risk"] == ["4 at risk"]
    assert len(list(side.iter("hr"))) == 1
    assert [e for e in page("frame.html").iter("nav") if e.get("class") == "side"] == []


# --- error pages ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "405", "413", "429", "500"])
def test_an_error_page_needs_nothing(name):
    found = tree(get_template(f"{name}.html").render())
    assert len(list(found.iter("h1"))) == 1
    assert next(found.iter("title")).text == next(found.iter("h1")).text
    assert list(found.iter("form")) == []
    assert [link.get("href") for link in found.iter("a")] == ["/"]


@pytest.mark.parametrize("name", ["403_csrf", "413"])
def test_a_form_that_was_not_taken_leads_back_to_its_page(name):
    (link,) = tree(get_template(f"{name}.html").render({"back_url": "/people/new/"})).iter("a")
    assert link.get("href") == "/people/new/"
    assert link.text != "Go to the start page"


@pytest.mark.parametrize(
    ("context", "leads_to"),
    [({"resends": True, "had_file": True, "back_url": "/upload/"}, "/upload/"), ({"resends": False}, "/board/?of=2")],
)
def test_what_cannot_be_sent_again_from_here_leads_to_where_it_can(context, leads_to):
    request = RequestFactory().get("/board/?of=2")
    found = tree(get_template("busy.html").render({**context, "request": request}))
    assert [link.get("href") for link in found.iter("a")] == [leads_to]
    assert list(found.iter("form")) == []
