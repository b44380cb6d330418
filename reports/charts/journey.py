"""Where a program stands between its start and its report."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from reports.charts.svg import circle, picture, rule


def journey_bar(states: Sequence[str]) -> SafeString:
    """The stages of a program ("done", "now", "todo") as one bar, for a phone. Hidden: a line of words stands below."""
    done = sum(1.0 for state in states if state == "done") + (0.5 if "now" in states else 0)
    share = done / len(states) if states else 0
    parts = [
        rule(0, 7, 340, 7, "s-ls", stroke_width=3),
        rule(0, 7, 340 * share, 7, "s-c1", stroke_width=5),
    ]
    return picture(340, 14, parts, name="", aspect="none")


def journey_line(states: Sequence[str], name: str) -> SafeString:
    """The same as a small line with a dot a stage, for a list of programs. ``name`` says where it stands."""
    start, end = 8, 172
    step = (end - start) / max(len(states) - 1, 1)
    reached = max((i for i, state in enumerate(states) if state in {"done", "now"}), default=0)
    parts = [rule(start, 10, end, 10, "s-ls"), rule(start, 10, start + reached * step, 10, "s-c1", stroke_width=2)]
    parts += [_stop(state, start + i * step) for i, state in enumerate(states)]
    return picture(180, 20, parts, name=name, fixed=True)


def _stop(state: str, x: float) -> SafeString:
    if state == "now":
        return circle(x, 10, 5, "f-surface s-c1", stroke_width=3)
    return circle(x, 10, 4, "f-c1" if state == "done" else "f-surface s-ls", stroke_width=0 if state == "done" else 1.4)
