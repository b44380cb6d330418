from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms

from mail.models import Message
from participants.formkit import DayField, FilterForm, LookForm
from participants.models import RoleGrant
from programs.models import Enrolment, ProfileField, SetAside, Track
from reports.models import ComparisonPlan
from reports.queries.overview import GROUPS


class PairFilterForm(FilterForm):
    words = forms.CharField(max_length=200, label="Name", widget=forms.TextInput(attrs={"type": "search"}))
    status = forms.ChoiceField(choices=[("", "Every status"), *GROUPS])


class MessageFilterForm(FilterForm):
    words = forms.CharField(max_length=200, label="Name or address", widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(choices=[("", "Every state"), *Message.State.choices])


class RoleForm(LookForm):
    email = forms.CharField(
        max_length=254, label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(choices=RoleGrant.Role.choices, widget=forms.RadioSelect)


class PlanForm(LookForm):
    assignment = forms.ChoiceField(
        choices=ComparisonPlan.Assignment.choices,
        widget=forms.RadioSelect,
        label="How do people come to their model?",
        help_text=(
            "What a difference may mean depends on it, and it is fixed before anybody answers at the end. Where people"
            " choose or a coordinator decides, a difference may come from who was where. Only lots make groups that are"
            " alike, so that it can be said to come from the model. Lots can decide the model itself; or, where more"
            " people want in than there are places, who begins now and who waits for the next round with their place"
            " kept; or only to which model each person gets one invitation, while all choose themselves; or with which"
            " of two models each begins, before all change over to the other on a day that is known from the start."
        ),
    )
    margin = forms.FloatField(
        min_value=0.1,
        max_value=6,
        required=False,
        label="Which difference would be too small to change a decision?",
        help_text="In points of the scale from 1 to 7. Empty: half a standard deviation of the first answers.",
    )


class OneOf(forms.TypedChoiceField):
    """One of some rows that are read already, so that the database is not asked for them again."""

    def __init__(self, *, label: str, nothing: str = "", help_text: str = "") -> None:
        super().__init__(label=label, help_text=help_text, empty_value=None, required=not nothing)
        self.nothing = nothing

    def offer(self, rows: Iterable[Any], *, by: str = "pk", called: Callable[[Any], str] = str) -> None:
        known = {str(getattr(row, by)): row for row in rows}
        told = [(value, called(row)) for value, row in known.items()]
        self.choices = [("", self.nothing), *told] if self.nothing else told
        self.coerce = known.get


class PlacesForm(FilterForm):
    """For how many places of a track lots are drawn, and within which answers as many get one."""

    track = OneOf(label="Places in")
    number = forms.IntegerField(
        min_value=1,
        max_value=5000,
        label="How many of those who learn can begin now?",
        help_text="The others wait, keep their place for the next round, and answer the same surveys meanwhile.",
    )
    stratum = OneOf(
        label="The same share of each answer begins",
        nothing="No question: only as many people",
        help_text="Choose what may matter most for the outcome, such as the level.",
    )

    def __init__(self, *args: Any, tracks: Sequence[Track], fields: Sequence[ProfileField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Mapping[str, Any] = self.fields
        choices["stratum"].offer(fields, by="slug")
        choices["track"].offer(tracks)
        choices["track"].required = choices["number"].required = True


class AsideForm(LookForm):
    """Who begins whatever the lots say, and why."""

    enrolment = OneOf(label="Who cannot wait?")
    reason = forms.ChoiceField(
        choices=SetAside.Reason.choices,
        label="Why?",
        help_text="You and other coordinators see it, and the person in their own data.",
    )

    def __init__(self, *args: Any, people: Sequence[Enrolment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Mapping[str, Any] = self.fields
        choices["enrolment"].offer(people, called=lambda each: str(each.user))


class NextForm(LookForm):
    """Where the next round is."""

    track = OneOf(label="The next round is")

    def __init__(self, *args: Any, tracks: Sequence[Track], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Mapping[str, Any] = self.fields
        choices["track"].offer(tracks, called=lambda each: f"{each.program.name}: {each.name}")


class LotsForm(FilterForm):
    """Between which tracks lots are drawn, and within which answers both get as many."""

    first = OneOf(label="Lots decide between")
    second = OneOf(label="and")
    stratum = OneOf(
        label="As many of each answer in both",
        nothing="No question: only as many people",
        help_text="Choose what may matter most for the outcome, such as the level.",
    )

    changes_on = DayField(
        label="All change over on",
        help_text="Both times need four weeks at the least, and should be about as long. Everybody is told this day.",
    )

    def __init__(
        self,
        *args: Any,
        tracks: Sequence[Track],
        fields: Sequence[ProfileField],
        orders: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: Mapping[str, Any] = self.fields
        if orders:
            choices["changes_on"].required = True
        else:
            del self.fields["changes_on"]
        choices["stratum"].offer(fields, by="slug")
        for name in ("first", "second"):
            choices[name].offer(tracks)
            choices[name].required = True

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("first") and told.get("first") == told.get("second"):
            self.add_error("second", "Choose two different tracks")
        return told
