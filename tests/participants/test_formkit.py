"""Forms as a browser gets them: labels, errors and hints tied together, nothing required by the browser."""

import datetime as dt
import re
import unicodedata
from pathlib import Path

import html5lib
import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory

from participants.formkit import DayField, FaceScale, FilterForm, LookForm, LookMixin, Segmented, TimeOfDayField
from programs.reading import Target
from programs.reading.values import BadValue, read_value
from tests.mentorship.test_hostile_requests import APPS

pytestmark = pytest.mark.pure


def render(source, request=None, **context):
    return engines["django"].from_string(source).render(context, request)


def tree(markup):
    return html5lib.parse(markup, namespaceHTMLElements=False)


def text(markup):
    return " ".join("".join(tree(markup).itertext()).split())


class Log(LookForm):
    when = DayField(label="When?")
    minutes = forms.ChoiceField(label="How long?", choices=[("30", "30"), ("45", "45")], widget=Segmented())
    how = forms.ChoiceField(
        label="How?", choices=[("video", "Video"), ("chat", "Chat")], widget=Segmented(icons={"video": "camera-video"})
    )
    useful = forms.ChoiceField(label="Useful?", choices=[("1", "No"), ("5", "Very")], widget=FaceScale())
    why = forms.ChoiceField(label="Why?", choices=[("a", "A")], widget=forms.RadioSelect, required=False)
    zone = forms.ChoiceField(label="Zone", choices=[("UTC", "UTC")])
    note = forms.CharField(label="Note", required=False, help_text="Only you can read it.")
    agree = forms.BooleanField(label="I agree")
    file = forms.FileField(label="List")
    own = forms.CharField(label="Own", error_messages={"required": "Say what you own"})


WHOLE = "{% include 'components/form.html' with submit='Send 3 e-mails' %}"


def whole(form, **context):
    return tree(render(WHOLE, RequestFactory().get("/"), form=form, **context))


def test_errors_name_their_field_and_the_author_s_words_stay():
    errors = Log({"minutes": "7"}).errors
    assert {name: list(said) for name, said in errors.items()} == {
        "when": ["Fill in “When?”"],
        "minutes": ["Choose one of the answers listed at “How long?”"],
        "how": ["Choose an answer to “How?”"],
        "useful": ["Choose an answer to “Useful?”"],
        "zone": ["Choose an answer to “Zone”"],
        "agree": ["Tick “I agree” to go on"],
        "file": ["Choose a file at “List”"],
        "own": ["Say what you own"],
    }


def test_each_line_of_the_error_summary_leads_to_something_that_takes_the_focus():
    found = whole(Log({"minutes": "7"}))
    (summary,) = [e for e in found.iter("div") if e.get("role") == "alert"]
    targets = [link.get("href").removeprefix("#") for link in summary.iter("a")]
    controls = {e.get("id") for e in found.iter() if e.tag in {"input", "select", "textarea"}}
    assert len(targets) == 8
    assert set(targets) - controls == set()
    assert summary.get("tabindex") == "-1"


def test_hint_and_error_are_tied_to_their_control():
    found = whole(Log({}))
    ids = [e.get("id") for e in found.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    told = [ref for e in found.iter() for ref in (e.get("aria-describedby") or "").split()]
    assert "id_note_helptext" in told
    assert "id_minutes_error" in told
    assert set(told) - set(ids) == set()


def test_an_error_of_radios_in_a_row_stands_inside_their_fieldset():
    found = whole(Log({}))
    sets = {e.get("aria-describedby"): e for e in found.iter("fieldset")}
    said = " ".join("".join(sets["id_minutes_error"].itertext()).split())
    assert said.startswith("How long? Error: Choose an answer to “How long?”")


def test_required_fields_carry_no_mark_and_the_others_say_so():
    found = whole(Log())
    labels = ["".join(e.itertext()).strip() for e in found.iter() if e.tag in {"label", "legend"}]
    assert [label for label in labels if "optional" in label] == ["Why? (optional)", "Note (optional)"]
    assert [label for label in labels if "*" in label] == []
    assert [e for e in found.iter() if e.get("required") is not None] == []
    assert [e.get("novalidate") for e in found.iter("form")] == [""]
    assert [e.get("for") for e in found.iter("legend")] == [None] * 4


def test_a_form_with_a_file_is_sent_as_one():
    assert [e.get("enctype") for e in whole(Log()).iter("form")] == ["multipart/form-data"]


def test_every_control_has_a_label():
    found = whole(Log())
    labelled = {e.get("for") for e in found.iter("label")}
    asked = {
        e.get("id") for e in found.iter() if e.tag in {"input", "select", "textarea"} and e.get("type") != "hidden"
    }
    assert asked - labelled == set()


def test_the_chosen_answer_is_marked():
    found = whole(Log(initial={"minutes": "45", "useful": "5", "when": dt.date(2026, 5, 14)}))
    assert [e.get("value") for e in found.iter("input") if e.get("checked") is not None] == ["45", "5"]
    assert [e.get("value") for e in found.iter("input") if e.get("type") == "date"] == ["2026-05-14"]


def test_what_was_typed_cannot_leave_its_field():
    evil = '"><script>x</script>'
    found = whole(Log({"note": evil, "own": evil, "minutes": evil}))
    assert list(found.iter("script")) == []
    assert [e.get("value") for e in found.iter("input") if e.get("name") == "note"] == [evil]


def test_a_filter_asks_for_nothing_and_calls_nothing_optional():
    class People(FilterForm):
        q = forms.CharField(label="Name")
        role = forms.ChoiceField(label="Role", choices=[("", "All"), ("mentor", "Mentors")])

    form = People({})
    assert form.is_valid()
    markup = render("{% include 'components/filter_bar.html' with found='12 people' %}", form=form)
    assert "optional" not in markup
    assert [e.get("method") for e in tree(markup).iter("form")] == ["get"]


def test_the_summary_names_fields_of_forms_that_are_not_ours():
    class Plain(forms.Form):
        login = forms.CharField(label="E-mail")

    form = Plain({})
    assert "E-mail: This field is required." in text(render("{% include 'components/error_summary.html' %}", form=form))


def test_the_look_can_be_given_to_a_form_of_another_class():
    class Plain(LookMixin, forms.Form):
        login = forms.CharField(label="E-mail")

    assert Plain({}).errors == {"login": ["Fill in “E-mail”"]}


@pytest.mark.parametrize(
    ("ours", "djangos", "typed"),
    [(DayField, forms.DateField, "٢٠٢٧-05-14"), (TimeOfDayField, forms.TimeField, "1６:00")],
)
def test_days_and_times_in_digits_of_another_script_are_refused(
    ours: type[forms.Field], djangos: type[forms.Field], typed: str
) -> None:
    with pytest.raises(forms.ValidationError):
        ours().clean(typed)
    plain = unicodedata.normalize("NFKC", typed.translate({0x660 + n: str(n) for n in range(10)}))
    # Without our field the same would be read as what it says.
    assert djangos().clean(typed) == djangos().clean(plain) == ours().clean(plain)


def test_no_form_takes_a_day_or_a_time_by_another_field(root: Path) -> None:
    code = [path for app in APPS for path in (root / app).rglob("*.py") if path.name != "formkit.py"]
    assert [path.name for path in code if re.search(r"forms\.(Date|Time)Field\(", path.read_text())] == []


class Counted(LookForm):
    people = forms.IntegerField(label="People", required=False)
    years = forms.FloatField(label="Years", required=False)
    price = forms.DecimalField(label="Price", required=False)


@pytest.mark.parametrize("typed", ["١٢", "１２", "1२", "1_2", "²", "twelve"])
def test_a_number_in_other_signs_than_an_import_takes_is_refused_and_what_to_write_is_said(typed: str) -> None:
    form = Counted(dict.fromkeys(Counted.base_fields, typed))
    assert form.errors == {
        "people": ["Write a whole number at “People”, in the digits 0–9"],
        "years": ["Write a number at “Years”, in the digits 0–9"],
        "price": ["Write a number at “Price”, in the digits 0–9"],
    }
    with pytest.raises(BadValue, match="not a number"):
        read_value(Target("years", "Years", "number"), typed)


def test_a_number_in_plain_digits_is_taken_and_none_is_none() -> None:
    form = Counted({"people": " 12 ", "years": "-2.5", "price": ""})
    assert form.is_valid()
    assert form.cleaned_data == {"people": 12, "years": -2.5, "price": None}
