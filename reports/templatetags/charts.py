"""Charts in templates: ``{% load charts %}``.

Each tag draws what the function of the same name in reports.charts draws.
"""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from reports.charts import board, figures, journey, outcome, rhythm

register = template.Library()

register.simple_tag(figures.unit_dots)
register.simple_tag(figures.session_dots)
register.simple_tag(figures.bullet)
register.simple_tag(figures.rating_histogram)
register.simple_tag(figures.stacked_bar)
register.simple_tag(figures.people_grid)
register.simple_tag(figures.growth_arrow)
register.simple_tag(figures.share_bar)
register.simple_tag(rhythm.rhythm_row)
register.simple_tag(rhythm.rhythm_head)
register.simple_tag(rhythm.heat_strip)
register.simple_tag(board.score_histogram)
register.simple_tag(board.score_link)
register.simple_tag(board.capacity)
register.simple_tag(board.criterion_bar)
register.simple_tag(board.fit_bar)
register.simple_tag(outcome.pct_bar)
register.simple_tag(outcome.dot_interval)
register.simple_tag(outcome.difference)
register.simple_tag(outcome.likert_bar)
register.simple_tag(outcome.slope)
register.simple_tag(outcome.funnel)
register.simple_tag(outcome.arcs)
register.simple_tag(journey.journey_line)


@register.simple_tag
def journey_bar(stages: Sequence[dict[str, str]]) -> SafeString:
    """For components/journey.html, which has stages with a state."""
    return journey.journey_bar([_state(stage) for stage in stages])


def _state(stage: object) -> str:
    return str(stage["state"] if isinstance(stage, dict) else stage.state)  # type: ignore[attr-defined]  # a dataclass
