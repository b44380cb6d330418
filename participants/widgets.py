"""Widgets of forms in HTML without a template.

Django renders a template for each input, and one more for each choice of a list; ours for radios did the same: a third
of the time of a page with a form. What is written here is what those templates make, letter by letter:
tests/participants/test_widgets.py puts every widget both ways.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from crispy_forms.templatetags.crispy_forms_filters import optgroups
from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]
FOLDER = "django/forms/widgets"
INPUTS = (
    *("checkbox", "color", "date", "datetime", "email", "file", "hidden"),
    *("number", "password", "search", "tel", "text", "time", "url"),
)


def attributes(given: Mapping[str, Any]) -> SafeString:
    """As they stand in a tag: one that is True by its name alone, one that is False not at all."""
    shown = ((name, value) for name, value in given.items() if value is not False)
    return SafeString(
        "".join(f" {name}" if value is True else f' {name}="{conditional_escape(value)}"' for name, value in shown)
    )


def _input(widget: Widget) -> SafeString:
    value = {} if widget["value"] is None else {"value": str(widget["value"])}
    first = attributes({"type": widget["type"], "name": widget["name"], **value})
    return SafeString(f"<input{first}{attributes(widget['attrs'])}>")


def _textarea(widget: Widget) -> SafeString:
    start = attributes({"name": widget["name"]}) + attributes(widget["attrs"])
    return SafeString(f"<textarea{start}>\n{conditional_escape(localize(widget['value'] or ''))}</textarea>")


def _select(widget: Widget) -> SafeString:
    start = attributes({"name": widget["name"]}) + attributes(widget["attrs"])
    groups = "".join(_group(name, options) for name, options, _ in widget["optgroups"])
    return SafeString(f"<select{start}>{groups}\n</select>")


def _group(name: str | None, options: Iterable[Widget]) -> str:
    written = "".join(f"\n  {_option(option)}\n" for option in options)
    return f"\n  <optgroup{attributes({'label': name})}>{written}\n  </optgroup>" if name else written


def _option(option: Widget) -> str:
    start = attributes({"value": str(option["value"])}) + attributes(option["attrs"])
    return f"<option{start}>{conditional_escape(localize(option['label']))}</option>"


WRITERS: dict[str, Callable[[Widget], SafeString]] = {
    **{f"{FOLDER}/{name}.html": _input for name in INPUTS},
    f"{FOLDER}/select.html": _select,
    f"{FOLDER}/textarea.html": _textarea,
}


class Renderer(TemplatesSetting):
    """For settings.FORM_RENDERER: Django's own, but for the plain widgets."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        write = WRITERS.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)


class Choice(NamedTuple):
    """A radio or tick: its tag, and what goes into its label."""

    tag: SafeString
    id: str
    value: str
    label: object


def choices(field: BoundField, css: str = "") -> list[tuple[str | None, list[Choice]]]:
    """The choices of a field with radios or ticks, by group. `css`: the class of each."""
    return [(group, [_choice(field, each, css) for each in options]) for group, options, _ in optgroups(field)]


def ticks(field: BoundField) -> list[tuple[str | None, list[Choice]]]:
    """The same with Bootstrap's look."""
    return choices(field, "form-check-input is-invalid" if field.errors else "form-check-input")


def _choice(field: BoundField, option: Widget, css: str) -> Choice:
    classed, value = {"class": css} if css else {}, str(option["value"])
    start = attributes({"type": option["type"], **classed, "name": field.html_name, "value": value})
    tag = SafeString(f"<input{start}{attributes(option['attrs'])}>")
    return Choice(tag, option["attrs"].get("id", ""), value, option["label"])
