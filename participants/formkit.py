"""What every form of the product has in common: our labels, our messages, our error summary, no browser bubbles.

The templates are in templates/bootstrap5; how a page shows a form is said in docs/design-system.md.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from participants.texts import visible


class Segmented(forms.RadioSelect):
    """Radios in one row, each a button. ``icons`` maps a choice's value to an icon's name."""

    look = "segmented"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),  # noqa: ANN401 - whatever Django's own widget takes
        *,
        small: bool = False,
        icons: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(attrs, choices)
        self.small = small
        self.icons = dict(icons or {})


class FaceScale(forms.RadioSelect):
    """Five faces from sad to glad; the choices' values are "1" to "5" and their labels say what each means."""

    look = "faces"


class LongSelect(forms.Select):
    """A list of some hundred options without groups, such as the time zones: an option a line, and nothing beside."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ANN401 - as Django
        del renderer
        widget = self.get_context(name, value, attrs)["widget"]
        options = [option for _, group, _ in widget["optgroups"] for option in group]
        rows = ((option["value"], " selected" if option["selected"] else "", option["label"]) for option in options)
        return format_html(
            '<select name="{}"{}>{}</select>',
            widget["name"],
            flatatt(widget["attrs"]),
            format_html_join("\n", '<option value="{}"{}>{}</option>', rows),
        )


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeOfDayInput(forms.TimeInput):
    """The browser's own clock, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


def _plain(value: object) -> bool:
    """Whether what came for a day, time or number is in the signs browsers send; Python reads digits of any script."""
    return not isinstance(value, str) or value.strip().isascii()


class DayField(forms.DateField):
    """A day, such as 2027-05-14. A day in digits of another script is a slip like any other."""

    widget = DayInput

    def to_python(self, value: Any) -> dt.date | None:  # noqa: ANN401 - as Django
        if not _plain(value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class TimeOfDayField(forms.TimeField):
    """A time, such as 16:00; as above."""

    widget = TimeOfDayInput

    def to_python(self, value: Any) -> dt.time | None:  # noqa: ANN401 - as Django
        if not _plain(value):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class LookMixin(forms.BaseForm):
    """Our look for any form. ``mark_optional`` is off where every field may stay empty, as in a filter."""

    use_required_attribute = False
    mark_optional: ClassVar[bool] = True

    @property
    def helper(self) -> FormHelper:
        """For ``{% crispy form %}``: the fields alone. The page writes the form tag, the token and the buttons."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    def full_clean(self) -> None:
        for name, field in self.fields.items():
            _name_the_field(field, str(self[name].label))
        super().full_clean()
        self._refuse_other_digits()
        self._drop_hidden_characters()

    def _refuse_other_digits(self) -> None:
        """A number is written as an import takes it: Python would read ١٢ and 1_2 as twelve."""
        for name, field in self.fields.items():
            if isinstance(field, forms.IntegerField) and name in getattr(self, "cleaned_data", {}):
                typed = self[name].data
                if not field.disabled and not (_plain(typed) and "_" not in str(typed)):
                    self.add_error(name, field.error_messages["invalid"])

    def _drop_hidden_characters(self) -> None:
        """Copied texts carry direction marks and the like. They go here, in one place for every form."""
        for name, value in list(getattr(self, "cleaned_data", {}).items()):
            field = self.fields.get(name)
            if type(value) is not str or not isinstance(field, forms.CharField) or _is_secret(field):
                continue
            self.cleaned_data[name] = visible(value)
            if field.required and value and not self.cleaned_data[name]:
                self.add_error(name, field.error_messages["required"])


def _is_secret(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.PasswordInput)


def _name_the_field(field: forms.Field, label: str) -> None:
    """Errors stand in a list at the top of the page, so each must say which field it means.

    A message the form's author has written stays as it is.
    """
    said = field.error_messages
    if said["required"] == forms.Field.default_error_messages["required"]:
        said["required"] = _ask(field, label)
    if said.get("invalid_choice") == forms.ChoiceField.default_error_messages["invalid_choice"]:
        said["invalid_choice"] = f"Choose one of the answers listed at “{label}”"
    # Numbers of each of Django's three kinds.
    if isinstance(field, forms.IntegerField) and said["invalid"] == type(field).default_error_messages["invalid"]:
        what = "a number" if isinstance(field, forms.FloatField | forms.DecimalField) else "a whole number"
        said["invalid"] = f"Write {what} at “{label}”, in the digits 0–9"


def _ask(field: forms.Field, label: str) -> str:
    if isinstance(field, forms.FileField):
        return f"Choose a file at “{label}”"
    if isinstance(field, forms.BooleanField):
        return f"Tick “{label}” to go on"
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return f"Choose an answer to “{label}”"
    return f"Fill in “{label}”"


class LookForm(LookMixin, forms.Form):
    """The base of every plain form."""


class FilterForm(LookForm):
    """A form that narrows a list: sent by GET, nothing in it is required, nothing is called optional."""

    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
