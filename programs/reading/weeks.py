"""Weekly times in words, as people write them: “Mon 09:00-12:00; Tue and Thu 14-16, 18:00-19:30 (Europe/Berlin)”.

The tidy form of one time is `Mon 09:00-12:30`, and it ends on the day on which it begins, by 24:00 at the latest.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_TIMES = 42
_DAY = 24 * 60
_WEEK = 7 * _DAY
_NAMES = (
    "mon monday mo montag lun lundi lunes",
    "tue tues tuesday di dienstag mar mardi martes",
    "wed weds wednesday mi mittwoch mer mercredi mie mié miercoles miércoles",
    "thu thur thurs thursday do donnerstag jeu jeudi jue jueves",
    "fri friday fr freitag ven vendredi vie viernes",
    "sat saturday sa samstag sam samedi sab sáb sabado sábado",
    "sun sunday so sonntag dim dimanche dom domingo",
)
_DAY_OF = {f"{name}{ending}": day for day, names in enumerate(_NAMES) for name in names.split() for ending in ("", "s")}
_SEVERAL = {
    "weekdays": range(5),
    "workdays": range(5),
    "daily": range(7),
    "everyday": range(7),
    "weekend": (5, 6),
    "weekends": (5, 6),
}
_PARTS = {
    "morning": (9 * 60, 12 * 60),
    "afternoon": (13 * 60, 17 * 60),
    "evening": (18 * 60, 21 * 60),
}
# Something between the last brackets, whatever the blanks around it: read once, and not again from each blank.
_ZONE = re.compile(r"[(\[](?=\s*+[^()\[\]\s])([^()\[\]]++)[)\]]\s*+$")
_HOUR = r"(\d{1,2})(?:[:.h](\d{2})|\s?h)?\s?(am|pm|a\.m\.|p\.m\.)?(?:\s?(?:uhr|o.?clock))?"
_TOKEN = re.compile(rf"{_HOUR}\s*(?:-|to|til+|until|bis)\s*{_HOUR}|([^\W\d_]+)\.?|([-;,|/&+:\n])|(\d[\d:.]*|\S)")
_TIDY = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_AND = frozenset({"and", "und", "et", "y", "from", "on", "at", "von", "am"})
_THROUGH = frozenset({"-", "to", "through", "bis"})

Times = list[tuple[int, int]]


class BadTimes(ValueError):
    """The text has no single sure reading as weekly times. `fix` says what to write instead."""

    def __init__(
        self, message: str, fix: str = "Write days and times such as Mon 09:00-12:00; Tue 14:00-16:00."
    ) -> None:
        super().__init__(message)
        self.fix = fix


def read_times(text: str) -> tuple[list[str], str, list[str]]:
    """Tidy times, the zone named in brackets at the end (or ""), and the parts of a day that were read as hours.

    Raises BadTimes. Whether there is such a zone is for the caller to say.
    """
    zone = _ZONE.search(text)
    plain = re.sub(r"[‐‑‒–—−]", "-", text[: zone.start()] if zone else text).casefold()
    reader = _Reader()
    for found in _TOKEN.finditer(plain):
        reader.take(found)
    return tidy_times(reader.finish()), zone[1].strip() if zone else "", list(dict.fromkeys(reader.guessed))


class _Reader:
    """Days, then times; the next day after a time begins anew, and times alone belong to the days before."""

    def __init__(self) -> None:
        self.days: list[int] = []
        self.before: list[int] = []
        self.times: Times = []
        self.through = False
        self.found: Times = []
        self.guessed: list[str] = []

    def take(self, token: re.Match[str]) -> None:
        if token[1]:
            self._time(_range(token))
        elif token[7]:
            self._word(token[7])
        elif token[8]:
            self.through = token[8] in _THROUGH
            if token[8] in ";\n|":
                self._close(token[0])
        else:
            what = "is a time without an end" if token[9][0].isdigit() else "is neither a day nor a time"
            raise BadTimes(f"“{token[0][:40]}” {what}")

    def finish(self) -> Times:
        self._close("")
        return self.found

    def _word(self, word: str) -> None:
        if word in _DAY_OF:
            self._days([_DAY_OF[word]])
        elif word in _SEVERAL:
            self._days(list(_SEVERAL[word]))
        elif word.removesuffix("s") in _PARTS:
            part = word.removesuffix("s")
            self.guessed.append(part)
            self._time(_PARTS[part])
        elif word in _THROUGH:
            self.through = True
        elif word not in _AND:
            raise BadTimes(f"“{word[:40]}” is neither a day nor a time")

    def _days(self, days: list[int]) -> None:
        if self.times:
            self._close("")
        if self.through and self.days:
            start = self.days[-1]
            days = [(start + step) % 7 for step in range(1, (days[0] - start) % 7 + 1)]
        self.through = False
        self.days.extend(days)

    def _time(self, time: tuple[int, int]) -> None:
        self.days = self.days or self.before
        if not self.days:
            raise BadTimes(f"{_clock(time[0])}-{_clock(time[1])} has no day")
        self.through = False
        self.times.append(time)

    def _close(self, separator: str) -> None:
        """A day without a time is only a slip where a time follows; a lone separator is none."""
        if self.days and not self.times:
            if separator:
                return
            raise BadTimes(f"{DAY_NAMES[self.days[-1]]} has no time")
        self.found += [(day * _DAY + start, day * _DAY + end) for day in self.days for start, end in self.times]
        if self.times:
            self.before = self.days
        self.days, self.times, self.through = [], [], False


def _range(token: re.Match[str]) -> tuple[int, int]:
    """Minutes from midnight, the end after the start. Raises BadTimes for what may be morning as well as evening."""
    first, last = (token[3] or "")[:1], (token[6] or "")[:1]
    start, end = _minute(token[1], token[2], first), _minute(token[4], token[5], last)
    if last and not first:
        # “2-4pm” is in the afternoon, “11-1pm” begins before noon: of the two readings one ends after it begins.
        start = next((each for each in (_minute(token[1], token[2], last), start) if each < end), start)
    elif not (first or last or token[2] or token[5]) and (start >= end or start < 7 * 60):
        raise BadTimes(f"“{token[0].strip()}” may be morning or afternoon", "Write it as 14:00-16:00 or 2pm-4pm.")
    if end <= start:
        end += _DAY
    if end > _DAY and end - start > _DAY // 2:
        raise BadTimes(f"“{token[0].strip()}” ends before it begins", "Write the earlier time first.")
    return start, end


def _minute(hour: str, minute: str | None, half: str) -> int:
    hours, minutes = int(hour), int(minute or 0)
    if (half and not 1 <= hours <= 12) or hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise BadTimes(f"There is no time “{hour}{f':{minute}' if minute else ''}{half and half + 'm'}”")
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return hours * 60 + minutes


def tidy_times(ranges: Iterable[tuple[int, int]]) -> list[str]:
    """Minutes after Monday 00:00 as tidy times in order; what overlaps or touches on one day becomes one.

    Raises BadTimes where there are none, or too many.
    """
    joined: Times = []
    for start, end in sorted(part for each in ranges for part in _within_days(*each)):
        if joined and start <= joined[-1][1] and start // _DAY == joined[-1][0] // _DAY:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    if not joined:
        raise BadTimes("No day and time was found")
    if len(joined) > MOST_TIMES:
        raise BadTimes(f"There are more than {MOST_TIMES} times", "Leave small gaps out.")
    return [
        f"{DAYS[start // _DAY]} {_clock(start % _DAY)}-{_clock(end - start // _DAY * _DAY)}" for start, end in joined
    ]


def _within_days(start: int, end: int) -> Times:
    """Cut at midnight; after the last day of the week comes the first."""
    edges = [start, *range((start // _DAY + 1) * _DAY, end, _DAY), end]
    return [(first % _WEEK, first % _WEEK + last - first) for first, last in pairwise(edges)]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def minutes_of(time: str) -> tuple[int, int]:
    """A tidy time as minutes after Monday 00:00. Raises BadTimes for any other text."""
    found = _TIDY.fullmatch(time)
    if found is None:
        raise BadTimes(f"“{time[:40]}” is not a time of the week")
    day = DAYS.index(found[1]) * _DAY
    start, end = int(found[2]) * 60 + int(found[3]), int(found[4]) * 60 + int(found[5])
    if not start < end <= _DAY:
        raise BadTimes(f"“{time}” is not a time of the week")
    return day + start, day + end


def is_tidy(times: Iterable[str]) -> bool:
    """Whether these are times as `tidy_times` makes them."""
    listed = list(times)
    try:
        return tidy_times(map(minutes_of, listed)) == listed
    except BadTimes:
        return False


def by_day(times: Iterable[str]) -> list[list[tuple[str, str]]]:
    """For each day of the week its times as (from, to), for a form."""
    rows: list[list[tuple[str, str]]] = [[] for _ in DAYS]
    for time in times:
        day, _, clock = time.partition(" ")
        start, _, end = clock.partition("-")
        rows[DAYS.index(day)].append((start, end))
    return rows
