"""Tags and filters of the look. Loaded in every template: none of them needs {% load %}."""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from mentorship.look import faces, glyphs, icons, times, words
from participants import widgets

register = template.Library()

ROLE_WORDS = {"mentor": "Mentor", "mentee": "Mentee", "both": "Mentor and mentee", "peer": "Peer"}
CHIP_KINDS = frozenset({"ok", "warn", "risk", "info", "brand", "plain"})
EMPTY_ICONS = {
    "not_yet": "hourglass-split",
    "all_done": "check-lg",
    "nothing_found": "search",
    "not_allowed": "lock",
}


# --- forms ------------------------------------------------------------------------------


@register.simple_tag
def form_key() -> SafeString:
    """Beside ``{% csrf_token %}`` in every form that does something: sent twice, it is done once."""
    return format_html('<input type="hidden" name="form_key" value="{}">', secrets.token_urlsafe(16))


# --- drawings ---------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, extra_class: str = "") -> SafeString:
    """An icon that says nothing by itself: ``{% icon "house" %}``. Names: the files in mentorship/look/svg."""
    return icons.icon(name, extra_class)


@register.simple_tag
def glyph(slug: str) -> SafeString:
    """The drawing of a mentoring model: ``{% glyph program.model %}``, ``{% glyph "near_peer" %}``."""
    return glyphs.glyph(str(slug))


@register.simple_tag
def brand_mark() -> SafeString:
    """The product's sign: ``{% brand_mark %}``."""
    return glyphs.mark()


@register.simple_tag
def face(value: object) -> SafeString:
    """A face of a scale from 1 to 5: ``{% face 4 %}``."""
    return faces.face(value)


# --- people -----------------------------------------------------------------------------


def _name(user: object) -> str:
    return str(getattr(user, "name", user))


@register.simple_tag
def avatar(user: object, role: str = "", extra_class: str = "") -> SafeString:
    """Initials in the role's shape, hidden from screen readers: ``{% avatar match.mentor "mentor" %}``.

    ``role`` is "mentor" (disc), "mentee" (ring), "both" or "peer" (ring with a dot), or "" (plain).
    ``user`` has a ``name``, or is one. ``extra_class="av--s"`` makes it small.
    """
    shape = "both" if role == "peer" else role
    css = " ".join(part for part in ("av", f"av--{shape}" if shape else "", extra_class) if part)
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, words.initials(_name(user)))


@register.inclusion_tag("components/person.html")
def person(
    user: object, role: str = "", sub: str = "", label: str = "", url: str = "", places: object = None
) -> dict[str, Any]:
    """A person line: ``{% person user "mentor" "Staff engineer, Platform" %}``.

    ``label`` replaces the role's word where an organisation has its own; ``url`` makes the name a link; ``places``
    (matching.queries.places.Places) shows as dots how many of somebody's places are taken.
    """
    return {
        "name": _name(user),
        "role": role,
        "role_word": label or ROLE_WORDS.get(role, ""),
        "sub": sub,
        "url": url,
        "places": places,
    }


# --- status -----------------------------------------------------------------------------


@register.simple_tag
def chip(kind: str, icon_name: str, text: str) -> SafeString:
    """A status as icon, word and colour: ``{% chip "risk" "exclamation-triangle-fill" "Gone quiet" %}``.

    ``kind``: ok, warn, risk, info, brand or plain. ``icon_name`` may be "".
    """
    if kind not in CHIP_KINDS:
        raise template.TemplateSyntaxError(f"A chip is one of {', '.join(sorted(CHIP_KINDS))}; not “{kind}”.")
    css = "chip" if kind == "plain" else f"chip chip--{kind}"
    drawing = icons.icon(icon_name) if icon_name else ""
    return format_html('<span class="{}">{}<span>{}</span></span>', css, drawing, text)


@register.inclusion_tag("components/empty.html")
def empty_state(kind: str, title: str, text: str = "", url: str = "", action: str = "") -> dict[str, str]:
    """Nothing to show, and why: ``{% empty_state "not_yet" "No sessions yet" "First figures after 5 sessions." %}``.

    ``kind``: not_yet (with the one action to start), all_done (no action), nothing_found (``url`` clears the
    filter), not_allowed (say who can).
    """
    return {
        "kind": kind,
        "icon_name": EMPTY_ICONS[kind],
        "title": title,
        "text": text,
        "url": url,
        "action": action,
    }


# --- times ------------------------------------------------------------------------------


@register.filter(is_safe=False)
def day(value: dt.date | None) -> str:
    """``{{ session.starts_at|day }}`` is "Thursday 14 May"."""
    return times.day(value) if value else ""


@register.filter(is_safe=False)
def day_year(value: dt.date | None) -> str:
    """``{{ program.ends_on|day_year }}`` is "28 August 2026"."""
    return times.day_year(value) if value else ""


@register.filter(is_safe=False)
def clock(value: dt.datetime | None) -> str:
    """``{{ slot.starts_at|clock }}`` is "16:00 (Berlin)"."""
    return times.clock(value) if value else ""


@register.filter(is_safe=False)
def when(value: dt.datetime | None) -> str:
    """``{{ session.starts_at|when }}`` is "Thursday 14 May, 16:00 (Berlin)"."""
    return times.when(value) if value else ""


@register.filter(is_safe=False)
def until(start: dt.datetime | None, end: dt.datetime | None) -> str:
    """``{{ slot.starts_at|until:slot.ends_at }}`` is "Thursday 14 May, 16:00–16:45 (Berlin)"."""
    return times.span(start, end) if start and end else ""


@register.filter(is_safe=False)
def ago(value: dt.date | None, now: dt.datetime) -> str:
    """``{{ pair.last_met|ago:now }}`` is "22 days ago"; "never" where there is nothing. The view passes ``now``."""
    return times.ago(value, now) if value else "never"


@register.filter(is_safe=False)
def minutes(value: int | None) -> str:
    """``{{ session.minutes|minutes }}`` is "45 minutes"."""
    return "" if value is None else times.minutes(value)


# --- figures ----------------------------------------------------------------------------


@register.filter(is_safe=False)
def number(value: words.Figure | None, places: int = 0) -> str:
    """``{{ n|number }}`` is "1,204"; ``{{ mean|number:1 }}`` is "3.4"; nothing is "–".

    ``{{ hours|number:-1 }}`` is "1,204.5", or "1,204" of whole ones.
    """
    if value is None:
        return "–"
    return words.fixed(value, places) if places >= 0 else words.fixed(value, -places).removesuffix("." + "0" * -places)


@register.filter(is_safe=False)
def signed(value: words.Figure | None, places: int = 0) -> str:
    """``{{ gain|signed:1 }}`` is "+0.9" or "−0.9"."""
    return "–" if value is None else words.signed(value, places)


@register.filter(is_safe=False)
def percent(share: words.Figure | None, places: int = 0) -> str:
    """``{{ share|percent }}`` with a share of 0.86 is "86%"."""
    return "–" if share is None else words.percent(share, places)


@register.filter(is_safe=False)
def plural_word(count: words.Figure, forms: str) -> str:
    """``{{ n }} {{ n|plural_word:"pair,pairs" }}`` is "1 pair" or "4 pairs"."""
    return words.word_for(count, forms)


@register.filter(is_safe=False)
def counted(count: words.Figure, forms: str) -> str:
    """``{{ n|counted:"person,people" }}`` is "1,204 people"."""
    return words.counted(count, forms)


# --- forms, lists -----------------------------------------------------------------------

# ``{% for group, options in field|ticks %}``: radios or ticks, each with its tag, id, value and label.
register.filter(widgets.ticks)


@register.filter
def segments(field: BoundField) -> SafeString:
    """The radios of a Segmented or a FaceScale in a row, each with its label, which looks like a button."""
    drawn, every = field.field.widget, [each for _, options in widgets.choices(field) for each in options]
    if getattr(drawn, "look", "") == "faces":
        inside = [format_html('{}<span class="fine">{}</span>', face(each.value), each.label) for each in every]
    else:
        icon_of = getattr(drawn, "icons", {})
        inside = [
            format_html("{}{}", icon(name) if (name := icon_of.get(each.value)) else "", each.label) for each in every
        ]
    rows = ((each.tag, each.id, label) for each, label in zip(every, inside, strict=True))
    return format_html_join(" ", '{}<label for="{}">{}</label>', rows)


@register.filter
def field_anchor(field: BoundField) -> str:
    """The id an error summary jumps to: ``#{{ field|field_anchor }}``; of radios, the first one's."""
    return str(field.id_for_label or f"{field.auto_id}_0")


@register.filter
def entry(mapping: Mapping[str, object], key: str) -> object:
    """``{{ labels|entry:value }}``: what a mapping holds under a key known only in the template, or ""."""
    return mapping.get(key, "")


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, page: int) -> str:
    """The present query string with another page: ``<a href="?{% page_query 2 %}">``."""
    query = context["request"].GET.copy()
    query["page"] = str(page)
    return str(query.urlencode())


@register.simple_tag
def elided_pages(page: Page[Any]) -> list[int]:
    """Numbers to link in a pager, 0 where some are left out: ``{% elided_pages page as numbers %}``."""
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [n if isinstance(n, int) else 0 for n in shown]
