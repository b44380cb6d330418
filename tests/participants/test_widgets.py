"""Widgets written without a template are what Django's templates make of them, letter by letter."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import django.forms
import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from participants import widgets
from participants.formkit import DayInput, LookForm, TimeOfDayInput

WORDS = """<b> & "quotes" 'single' ünï 1,234"""
GROUPS = [("", "None"), ("One", [(1, WORDS), (2, SafeString("<i>safe</i>"))]), (3, 1234.5), ("<4>", "x")]
ATTRS = {"class": "a b", "data-x": WORDS, "hidden": True, "autofocus": False, "maxlength": 1200, "aria-label": ""}


def every() -> Iterator[tuple[forms.Widget, object]]:
    inputs = (
        forms.TextInput,
        forms.NumberInput,
        forms.EmailInput,
        forms.URLInput,
        forms.PasswordInput,
        forms.HiddenInput,
    )
    for made in (*inputs, forms.SearchInput, forms.TelInput, forms.ColorInput, forms.FileInput, forms.Textarea):
        for value in (None, "", WORDS, SafeString("<i>safe</i>"), 0, 1234.5):
            yield made(ATTRS), value
    for moment in (None, dt.datetime(2027, 5, 14, 16, tzinfo=dt.UTC)):
        yield from ((made(), moment) for made in (DayInput, TimeOfDayInput, forms.DateTimeInput))
    for value in (None, True, False, "on"):
        yield forms.CheckboxInput(ATTRS), value
    for chosen in (None, "", 2, "<4>"):
        yield forms.Select(ATTRS, GROUPS), chosen
    yield forms.SelectMultiple(choices=GROUPS), ["1", "3"]
    yield forms.NullBooleanSelect(), True


def test_each_is_what_its_template_makes() -> None:
    ours, django_own = widgets.Renderer(), TemplatesSetting()
    for widget, value in every():
        written = widget.render("name <&>", value, renderer=ours)
        assert written == widget.render("name <&>", value, renderer=django_own), (widget, value)
        assert widget.template_name in widgets.WRITERS


def test_all_of_django_s_inputs_are_known() -> None:
    folder = Path(django.forms.__file__).parent / "templates" / widgets.FOLDER
    plain = '{% include "django/forms/widgets/input.html" %}'
    assert {each.stem for each in folder.glob("*.html") if each.read_text().strip() == plain} == set(widgets.INPUTS)


class Answers(LookForm):
    many = forms.MultipleChoiceField(choices=GROUPS, widget=forms.CheckboxSelectMultiple(ATTRS))
    one = forms.ChoiceField(choices=GROUPS, widget=forms.RadioSelect)


@pytest.mark.parametrize("name", ["many", "one"])
def test_radios_and_ticks_have_the_tags_of_django_s(name: str) -> None:
    """Django writes the same attributes, ours after the value where it is about the look."""
    field = Answers({"many": ["1"], "one": "3"})[name]
    shown = [option for _, options in widgets.choices(field) for option in options]
    for each, own in zip(shown, field.subwidgets, strict=True):
        assert each.tag in str(own)
        assert (each.id, each.value) == (own.id_for_label, str(own.data["value"]))
    assert sum(" checked" in each.tag for each in shown) == 1
    wrong = Answers({})[name]
    assert 'class="form-check-input is-invalid"' in widgets.ticks(wrong)[0][1][0].tag


def test_a_label_may_be_lazy() -> None:
    chosen = forms.Select(choices=[("a", SimpleLazyObject(lambda: "<later>"))])
    assert '<option value="a">&lt;later&gt;</option>' in chosen.render("n", "b", renderer=widgets.Renderer())
