"""Questions that need more than one box: times of the week, and a level for each skill. Plain inputs, no script."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from participants.forms import zone_choices
from participants.zones import is_zone
from programs.reading.skills import LEVELS
from programs.reading.weeks import DAY_NAMES, DAYS, BadTimes, by_day, minutes_of, read_times, tidy_times

_ROWS, _MOST_ROWS = 2, 8
_LONGEST = 20
_ENDS = ("from", "to")


class WeekInput(forms.Widget):
    """Two spaces a day from one time to another, more where there are more, and whose clocks are meant.

    The value is an answer as it is stored, or what was sent: {"zone", "days": [[(from, to), …] for each day]}.
    """

    template_name = "programs/widgets/week.html"
    look = "rows"
    use_fieldset = True

    def __init__(self, zone: str = "UTC") -> None:
        super().__init__()
        self.zone = zone

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # noqa: ANN401 - as Django
        context = super().get_context(name, None, attrs)
        value = value if isinstance(value, Mapping) else {}
        days = value["days"] if "days" in value else by_day(value.get("times", []))
        rows = [self._row(name, day, given) for day, given in zip(DAYS, days, strict=True)]
        zone = value.get("zone") or self.zone
        known = zone_choices()
        choices = known if zone in dict(known) or not is_zone(zone) else [(zone, zone), *known]
        context["widget"] |= {"days": list(zip(DAY_NAMES, rows, strict=True)), "zone": zone, "zones": choices}
        return context

    def _row(self, name: str, day: str, given: Sequence[tuple[str, str]]) -> list[list[dict[str, str]]]:
        shown = [*given, *[("", "")] * (_ROWS - len(given))]
        return [
            [
                {"name": _name(name, day, number, end), "value": "00:00" if time == "24:00" else time, "end": end}
                for end, time in zip(_ENDS, times, strict=True)
            ]
            for number, times in enumerate(shown)
        ]

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> dict[str, Any]:
        del files

        def sent(day: str, number: int, end: str) -> str:
            return str(data.get(_name(name, day, number, end), "")).strip()[:_LONGEST]

        days = [[(sent(day, n, "from"), sent(day, n, "to")) for n in range(_MOST_ROWS)] for day in DAYS]
        return {
            "zone": str(data.get(f"{name}_zone", ""))[:64],
            "days": [[times for times in row if any(times)] for row in days],
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> bool:
        del files
        return not any(key.startswith(f"{name}_") for key in data)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_mon_0_from" if id_ else ""


def _name(name: str, day: str, number: int, end: str) -> str:
    return f"{name}_{day.lower()}_{number}_{end}"


class WeekField(forms.Field):
    """Cleans to {"zone", "times"} as an answer is stored, or None."""

    def __init__(self, *, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(widget=WeekInput(zone), **kwargs)

    def to_python(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        ranges: list[tuple[int, int]] = []
        problems: list[str] = []
        for day, label, row in zip(DAYS, DAY_NAMES, value["days"] if value else [[]] * 7, strict=True):
            for times in row:
                try:
                    ranges += _read(day, times)
                except BadTimes as error:
                    problems.append(f"{label}: {error}. {error.fix}")
        if problems:
            raise ValidationError(problems)
        if not ranges or value is None:
            return None
        if not is_zone(value["zone"]):
            raise ValidationError("Choose the time zone these times are meant in")
        try:
            return {"zone": value["zone"], "times": tidy_times(ranges)}
        except BadTimes as error:
            raise ValidationError(f"{error}. {error.fix}") from error


def _read(day: str, times: tuple[str, str]) -> list[tuple[int, int]]:
    if not all(times):
        raise BadTimes("A time has no beginning or no end", "Fill in both, or neither.")
    if any(";" in time or "," in time for time in times):
        raise BadTimes("One time in each box", "Write 09:00 in one and 12:00 in the other.")
    return [minutes_of(time) for time in read_times(f"{day} {times[0]}-{times[1]}")[0]]


class SkillsInput(forms.Widget):
    """A choice of level beside each skill. The value maps skills to levels, as stored or as sent."""

    template_name = "programs/widgets/skills.html"
    look = "rows"
    use_fieldset = True

    def __init__(self, options: Sequence[str]) -> None:
        super().__init__()
        self.options = list(options)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:  # noqa: ANN401 - as Django
        context = super().get_context(name, None, attrs)
        value = value if isinstance(value, Mapping) else {}
        levels = [("", "–"), *((str(number), f"{number} {word}") for number, word in enumerate(LEVELS, start=1))]
        context["widget"]["skills"] = [
            {"name": _box(name, option), "label": option, "level": str(value.get(option, ""))}
            for option in self.options
        ]
        context["widget"]["levels"] = levels
        return context

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> dict[str, str]:
        del files
        sent = {option: str(data.get(_box(name, option), "")).strip()[:_LONGEST] for option in self.options}
        return {option: level for option, level in sent.items() if level}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> bool:
        del files
        return not any(_box(name, option) in data for option in self.options)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{_mark(self.options[0])}" if id_ and self.options else id_


def _box(name: str, option: str) -> str:
    return f"{name}_{_mark(option)}"


def _mark(option: str) -> str:
    """By what the skill is called, so that a list changed meanwhile gives nobody another skill's level."""
    return f"{zlib.crc32(option.encode()):08x}"


class SkillsField(forms.Field):
    """Cleans to a level for each skill chosen, or None."""

    def __init__(self, *, options: Sequence[str], **kwargs: Any) -> None:
        super().__init__(widget=SkillsInput(options), **kwargs)

    def to_python(self, value: dict[str, str] | None) -> dict[str, int] | None:
        allowed = {str(number): number for number in range(1, len(LEVELS) + 1)}
        wrong = [option for option, level in (value or {}).items() if level not in allowed]
        if wrong:
            raise ValidationError([f"Choose one of the levels listed for “{option}”" for option in wrong])
        return {option: allowed[level] for option, level in (value or {}).items()} or None
