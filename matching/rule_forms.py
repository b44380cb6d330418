"""The form of one rule, whatever its kind."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from matching.criteria import POINTS_LIMIT, STRENGTH_POINTS
from matching.criteria.kinds.base import Kind, Param
from matching.errors import BadRule
from matching.models import MatchRule
from matching.services.rules import RuleSpec
from participants.formkit import LookForm, Segmented
from programs.models import ProfileField, Role

GAP_ROWS = 6
Strength = MatchRule.Strength
STRENGTHS = [
    (Strength.OFF, "Off"),
    (Strength.LOW, "Low"),
    (Strength.MID, "Mid"),
    (Strength.HIGH, "High"),
    (Strength.MUST, "Must"),
    (Strength.POINTS, "Exact points"),
]
PARAM_LABELS = {
    "absolute": "Only the size of the gap counts, not who is ahead",
    "full_minutes": "Minutes a week for all the points",
    "full_at": "Shared items for all the points",
    "least": "Hundredths alike at least",
    "margin": "Levels above the one wanted",
    "max_gap": "Largest gap",
    "min_covered": "Skills at least",
    "min_gap": "Smallest gap",
    "min_minutes": "Minutes a week at least",
    "min_shared": "Shared items at least",
    "of": "Whose list is the whole",
    "silent_fits": "Who has not answered is not kept from anybody by it",
    "target": "Wanted gap",
    "unit": "What one step is called",
    "verb": "What people do with it",
    "within": "Distance from which there are no points",
}


class RuleForm(LookForm):
    """One rule of a given kind. Which fields it offers depends on the kind and on who is asked what."""

    label = forms.CharField(
        max_length=120,
        required=False,
        label="Name",
        help_text="As it stands in lists and reasons. Empty: made from the fields.",
    )
    strength = forms.ChoiceField(
        label="How much it counts",
        choices=STRENGTHS,
        widget=Segmented,
        help_text=f"Low {STRENGTH_POINTS['low']}, Mid {STRENGTH_POINTS['mid']}, High {STRENGTH_POINTS['high']} points. "
        "Must: what does not fit is not allowed.",
    )
    points = forms.IntegerField(
        label="Points", required=False, min_value=-POINTS_LIMIT, max_value=POINTS_LIMIT, help_text="For “Exact points”."
    )
    others_forbidden = forms.BooleanField(
        label="What does not fit is not allowed", required=False, help_text="Gives points, and forbids the rest."
    )
    condition_side = forms.ChoiceField(label="Counts", required=False)
    condition_field = forms.ChoiceField(label="Question", required=False)
    condition_equals = forms.CharField(
        label="Answer", required=False, max_length=200, help_text="“yes” or “no”, or one of the options."
    )

    def __init__(
        self,
        *args: Any,
        kind: Kind,
        fields: Sequence[ProfileField],
        one_sided: bool,
        spec: RuleSpec | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(_initial(spec))
        self.kind, self.asked, self.one_sided = kind, {each.slug: each for each in fields}, one_sided
        self._kept = {name: value for name, value in (spec.params if spec else {}).items() if isinstance(value, list)}
        self._add_fields(fields)
        self._add_params()
        if kind.slug == "gap":
            self._add_gaps(spec)
        self._condition_choices(fields)
        order = ["taker_field", "giver_field", "strength", "points", *self.gap_names, "others_forbidden"]
        self.order_fields([*order, *self.param_names, "condition_side", "condition_field", "condition_equals", "label"])

    @property
    def gap_names(self) -> list[str]:
        return [name for name in self.fields if name.startswith("gap_")]

    @property
    def param_names(self) -> list[str]:
        return [name for name in self.fields if name.startswith("param_")]

    def _add_fields(self, fields: Sequence[ProfileField]) -> None:
        takers, givers = ({Role.PEER}, {Role.PEER}) if self.one_sided else ({Role.MENTEE}, {Role.MENTOR})
        for name, label, roles, kinds in (
            (
                "taker_field",
                "First person’s answer to" if self.one_sided else "Mentee’s answer to",
                takers,
                self.kind.taker_kinds,
            ),
            (
                "giver_field",
                "Second person’s answer to" if self.one_sided else "Mentor’s answer to",
                givers,
                self.kind.giver_kinds,
            ),
        ):
            fitting = [(f.slug, f.label) for f in fields if f.kind in kinds and roles & set(f.asked_of)]
            self.fields[name] = forms.ChoiceField(label=label, choices=fitting)

    def _add_params(self) -> None:
        for name, param in self.kind.params.items():
            if list not in param.allowed:  # no box takes a list; what a program file set stays as it is
                self.fields[f"param_{name}"] = _param_field(name, param)

    def _add_gaps(self, spec: RuleSpec | None) -> None:
        present = sorted(spec.by_gap.items()) if spec else []
        for row in range(GAP_ROWS):
            steps, points = present[row] if row < len(present) else (None, None)
            limits = {"steps": (50, steps), "points": (POINTS_LIMIT, points)}
            for name, (most, value) in limits.items():
                self.fields[f"gap_{row}_{name}"] = forms.IntegerField(
                    label=name.capitalize(),
                    required=False,
                    min_value=-most,
                    max_value=most,
                    initial=value,
                    widget=forms.NumberInput(attrs={"class": "form-control"}),
                )

    def _condition_choices(self, fields: Sequence[ProfileField]) -> None:
        taker, giver = ("first person", "second person") if self.one_sided else ("mentee", "mentor")
        sides = [
            ("", "Always"),
            ("taker", f"Only where the {taker} answered"),
            ("giver", f"Only where the {giver} answered"),
        ]
        side, field = self.fields["condition_side"], self.fields["condition_field"]
        assert isinstance(side, forms.ChoiceField)  # noqa: S101 - declared above
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        side.choices = sides
        field.choices = [("", "–"), *((each.slug, each.label) for each in fields)]

    @property
    def gap_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Bound fields two by two, for a table."""
        rows = range(GAP_ROWS if self.kind.slug == "gap" else 0)
        return [(self[f"gap_{row}_steps"], self[f"gap_{row}_points"]) for row in rows]

    @property
    def param_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.param_names]

    @property
    def params_given(self) -> bool:
        """Whether the part of the form with the settings of this kind is opened."""
        return any(_given(field.value()) or field.errors for field in self.param_fields)

    @property
    def condition_given(self) -> bool:
        return any(
            _given(self[name].value()) or self[name].errors for name in self.fields if name.startswith("condition_")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in range(len(self.gap_names) // 2):
            steps, points = data.get(f"gap_{row}_steps"), data.get(f"gap_{row}_points")
            if (steps is None) != (points is None) and not self.errors:
                missing = f"gap_{row}_points" if points is None else f"gap_{row}_steps"
                self.add_error(missing, "Give both: the steps and their points.")
        if data.get("condition_side") and not (data.get("condition_field") and data.get("condition_equals")):
            missing = "condition_equals" if data.get("condition_field") else "condition_field"
            self.add_error(missing, "Say which question and which answer.")
        if data.get("strength") == Strength.POINTS and data.get("points") is None and not self._by_gap(data):
            self.add_error("points", "Enter the points.")
        return data

    def _by_gap(self, data: Mapping[str, Any]) -> dict[int, int]:
        rows = range(len(self.gap_names) // 2)
        pairs = [(data.get(f"gap_{row}_steps"), data.get(f"gap_{row}_points")) for row in rows]
        return {steps: points for steps, points in pairs if steps is not None and points is not None}

    def spec(self) -> RuleSpec:
        """What was filled in. Raises nothing: whether it can be used is the service's to say."""
        data = self.cleaned_data
        by_gap = self._by_gap(data)
        return RuleSpec(
            kind=self.kind.slug,
            label=data["label"] or self._name(data),
            taker_field=data["taker_field"],
            giver_field=data["giver_field"],
            strength=data["strength"],
            points=data.get("points") or 0,
            by_gap=by_gap,
            others_forbidden=data["others_forbidden"],
            params=self._kept
            | {name: data[f"param_{name}"] for name in self.kind.params if _given(data.get(f"param_{name}"))},
            condition_side=data["condition_side"],
            condition_field=data["condition_field"] if data["condition_side"] else "",
            condition_equals=self._condition_value(data) if data["condition_side"] else None,
        )

    def _name(self, data: Mapping[str, Any]) -> str:
        return f"{self.kind.title}: {self.asked[data['giver_field']].label}"[:120]

    def _condition_value(self, data: Mapping[str, Any]) -> bool | float | str | list[str]:
        """The answer as it is stored for that kind of question; what cannot be read stays text, and is refused."""
        text: str = data["condition_equals"].strip()
        kind = self.asked[data["condition_field"]].kind
        if kind == ProfileField.Kind.YESNO:
            return text.casefold() == "yes" if text.casefold() in {"yes", "no"} else text
        if kind == ProfileField.Kind.MULTI:
            return [text]
        if kind == ProfileField.Kind.NUMBER:
            return float(text) if text.isascii() and text.replace(".", "", 1).isdecimal() else text
        return text

    def put_problems(self, error: BadRule) -> None:
        """The service's sentences, on top of the form; the rule's own name need not stand before each."""
        name = f"{self.spec().label}: "
        for problem in error.problems:
            words = problem.removeprefix(name)
            self.add_error(None, words[:1].upper() + words[1:])


def _initial(spec: RuleSpec | None) -> dict[str, Any]:
    if spec is None:
        return {"strength": Strength.MID}
    equals = spec.condition_equals
    shown = {True: "yes", False: "no"}.get(equals) if isinstance(equals, bool) else equals
    if isinstance(shown, list | tuple):
        shown = ", ".join(map(str, shown))
    return {
        "label": spec.label,
        "taker_field": spec.taker_field,
        "giver_field": spec.giver_field,
        "strength": spec.strength,
        "points": spec.points or None,
        "others_forbidden": spec.others_forbidden,
        "condition_side": spec.condition_side,
        "condition_field": spec.condition_field,
        "condition_equals": shown,
        **{f"param_{name}": value for name, value in spec.params.items()},
    }


def _given(value: object) -> bool:
    """An empty box, and a tick that was not set, are no setting."""
    return value not in (None, "", False)


def _param_field(name: str, param: Param) -> forms.Field:
    label, words = PARAM_LABELS.get(name, name.replace("_", " ").capitalize()), param.help
    if bool in param.allowed:
        return forms.BooleanField(label=label, required=False)
    if float in param.allowed:
        return forms.FloatField(label=label, required=False, help_text=words)
    if int in param.allowed:
        return forms.IntegerField(label=label, required=False, help_text=words)
    if str in param.allowed:
        return forms.CharField(label=label, required=False, max_length=40, help_text=words)
    choices = [("", "–"), *((str(word), str(word)) for word in param.allowed)]
    return forms.ChoiceField(label=label, required=False, choices=choices, help_text=words)
