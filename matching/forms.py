"""Forms of matching: a new proposal, a track's aim, what if, a reason, the answer to an offer. Rules: rule_forms."""

from collections.abc import Sequence
from typing import Any

from django import forms

from matching.errors import MatchingError
from matching.models import MatchingPlan, MatchRule
from matching.queries.tracks import TrackState
from matching.rule_forms import STRENGTHS, Strength
from matching.services.rules import objectives_of
from participants.formkit import FilterForm, LookForm, Segmented


class NewProposalForm(LookForm):
    track = forms.ChoiceField()
    capacity = forms.IntegerField(
        min_value=1,
        max_value=50,
        required=False,
        label="Mentees a mentor may have",
        help_text="For this run. Empty: as the track says. Mentors who named their own number keep it.",
    )
    objective = forms.ChoiceField(
        required=False,
        label="What comes first",
        choices=[("", "As set up for the track"), *MatchingPlan.Objective.choices],
    )

    def __init__(self, *args: Any, states: Sequence[TrackState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ready = {state.track.slug: state.track for state in states if not state.obstacle}
        self.fields["track"] = forms.ChoiceField(
            choices=[(slug, track.name) for slug, track in self.ready.items()],
            widget=forms.HiddenInput if len(self.ready) == 1 else forms.Select,
            initial=next(iter(self.ready), ""),
        )
        if all(state.model.shape == "one_sided" for state in states if not state.obstacle):
            del self.fields["capacity"]
        self._offer_aims()

    def _offer_aims(self) -> None:
        """The aims that a track to be chosen here can have; no question where that is only one each."""
        each = [objectives_of(track) for track in self.ready.values()]
        offered = {value for aims in each for value, _ in aims}
        field = self.fields["objective"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        words = [aim for aim in MatchingPlan.Objective.choices if aim[0] in offered]
        field.choices = [("", "As set up for the track"), *words]
        if all(len(aims) == 1 for aims in each):
            del self.fields["objective"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["objective"] = data.get("objective") or None
        data["track"] = self.ready.get(data.get("track", ""))
        return data

    def put_error(self, error: MatchingError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))


class PlanForm(LookForm):
    objective = forms.ChoiceField(
        label="What comes first", choices=MatchingPlan.Objective.choices, widget=forms.RadioSelect
    )
    answer_days = forms.IntegerField(
        label="Days to answer an offer", min_value=1, max_value=60, help_text="After that the places are free again."
    )
    allow_repeats = forms.BooleanField(
        label="People whose match came to its planned end may be proposed to each other again",
        required=False,
        help_text="Whoever said no, or whose match was ended early, is not proposed to the same person again.",
    )

    def __init__(self, *args: Any, objectives: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.objectives = objectives
        objective = self.fields["objective"]
        assert isinstance(objective, forms.ChoiceField)  # noqa: S101 - declared above
        objective.choices = objectives
        if len(objectives) == 1:
            del self.fields["objective"]

    def clean(self) -> dict[str, Any]:
        """Where there is nothing to choose, the one aim there is."""
        data = super().clean() or {}
        return {**data, "objective": self.objectives[0][0]} if len(self.objectives) == 1 else data


class AnswerForm(LookForm):
    """Yes or no. The reason is asked only of those who decline, and is never needed."""

    answer = forms.ChoiceField(choices=[("accept", "Accept"), ("decline", "Decline")], widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why not?",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only the coordinator sees this.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        answer = data.pop("answer", "")
        return {"accept": answer == "accept", "reason": data.get("reason", "")}


class WhatIfForm(FilterForm):
    """How much each rule counts and what comes first, to be tried out; what is left out is as it is saved."""

    def __init__(
        self, *args: Any, rules: Sequence[MatchRule], objectives: Sequence[tuple[str, str]], objective: str, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.rules = list(rules)
        for rule in self.rules:
            exact = bool(rule.by_gap) or rule.strength == Strength.POINTS
            choices = [each for each in STRENGTHS if exact or each[0] != Strength.POINTS]
            self.fields[f"rule{rule.pk}"] = forms.ChoiceField(
                label=rule.label, choices=choices, widget=Segmented(small=True), required=False, initial=rule.strength
            )
        if len(objectives) > 1:
            self.fields["objective"] = forms.ChoiceField(
                label="What comes first", choices=objectives, required=False, initial=objective
            )
        self.objective = objective
        if self.is_bound:
            # Whoever links here names only what is to be other than saved.
            self.data = {**{name: field.initial for name, field in self.fields.items()}, **dict(self.data.items())}

    @property
    def strengths(self) -> dict[int, str]:
        """Of valid data: the strength of each rule by its number."""
        return {rule.pk: self.cleaned_data[f"rule{rule.pk}"] or rule.strength for rule in self.rules}

    @property
    def aim(self) -> str:
        return self.cleaned_data.get("objective") or self.objective


class ReasonForm(LookForm):
    """Why two people are put together although a rule stands against it."""

    reason = forms.CharField(
        label="Why you match them all the same",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Coordinators and admins read it in the history. The two do not see it.",
        error_messages={"required": "Say why: it is kept in the history."},
    )
