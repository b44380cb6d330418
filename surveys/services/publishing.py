"""Fixing the figures of a survey, so that nobody's answer follows from two looks at them."""

import datetime as dt
import math
import random
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from surveys.coding import coded, known_range, span_after
from surveys.models import GROUP, Answer, Publication, Question, Response, Survey

_SHUFFLE = random.SystemRandom()
# An answer, and whether the figure shown last was made of it too.
Said = tuple[int, bool]


@transaction.atomic
def publish_figures(*, survey: Survey, now: dt.datetime) -> Publication | None:
    """Fix the survey's figures anew once five people have said something since the last time; None until then.

    Means are over people, each with the mean of their own answers, to one decimal; a question fewer than five people
    answered has no mean, and one that fewer than five have answered anew keeps the figure it had: from the difference
    of two figures one could read what the few said. Of a choice each option that five took has its number, and none
    stands alone in being left out; words of five people come together, in no order. A mean near an end of its scale is
    a bound (surveys.coding), and so is one from which the new answers would follow to be all at an end; of a choice in
    which all new people took the same, or a mean that leaves no room for a bound, the figure stays as it was.
    """
    Survey.objects.select_for_update().get(pk=survey.pk)
    last = survey.publications.first()
    said = Response.objects.filter(survey=survey, submitted_at__lte=now)
    since = said.filter(submitted_at__gt=last.as_of) if last else said
    if since.values("respondent").distinct().count() < GROUP:
        return None
    return Publication.objects.create(
        survey=survey,
        as_of=now,
        people=said.values("respondent").distinct().count(),
        answers=said.count(),
        figures=[_figure(question, _published(question, last), now) for question in survey.questions.all()],
    )


def _published(question: Question, last: Publication | None) -> dict[str, Any] | None:
    """What was last shown of a question, with the moment it is of; None if nothing was."""
    found = next((each for each in last.figures if each["slug"] == question.slug), None) if last else None
    if last is None or found is None or found["people"] is None:
        return None
    return {"as_of": last.as_of.isoformat(), **found}


def _figure(question: Question, before: dict[str, Any] | None, now: dt.datetime) -> dict[str, Any]:
    """As it is shown from now on; what was shown before where nothing newer may be."""
    rows = Answer.objects.filter(question=question, response__submitted_at__lte=now)
    if before:
        since = rows.filter(response__submitted_at__gt=dt.datetime.fromisoformat(before["as_of"]))
        if since.values("response__respondent").distinct().count() < GROUP:
            return before
    content = _content(question, rows, before)
    figure = {"slug": question.slug, "text": question.text, "points": _highest(question), "as_of": now.isoformat()}
    return {**figure, "mean": None, "people": None, **content}


def _highest(question: Question) -> int:
    """What a mean is out of."""
    return question.values[-1] if question.kind == Question.Kind.SCALE else question.points


def _content(question: Question, rows: QuerySet[Answer], before: dict[str, Any] | None) -> dict[str, Any]:
    """What of it may be shown; nothing of fewer than five people, and what was shown where nothing newer may be."""
    if question.kind == Question.Kind.TEXT:
        return _words(rows)
    since = dt.datetime.fromisoformat(before["as_of"]) if before else None
    by_person: dict[int, list[Said]] = {}
    # In the order in which each person sent them, as of a choice the last counts.
    ordered = rows.filter(value__isnull=False).order_by("response__number", "pk")
    for person, value, sent in ordered.values_list("response__respondent", "value", "response__submitted_at"):
        by_person.setdefault(person, []).append((value or 0, bool(since and sent and sent <= since)))
    if len(by_person) < GROUP:
        return {}
    if question.kind == Question.Kind.CHOICE:
        return _choice(question, list(by_person.values()), before)
    return _mean(question, list(by_person.values()), before) if question.scored else {}


def _choice(question: Question, said: Sequence[Sequence[Said]], before: dict[str, Any] | None) -> dict[str, Any]:
    fresh = {values[-1][0] for values in said if not values[-1][1]}
    if before and len(fresh) == 1:
        return before
    chosen = [values[-1][0] for values in said]
    return {"people": len(chosen), "counts": counts_shown(question.options, chosen)}


def _mean(question: Question, said: Sequence[Sequence[Said]], before: dict[str, Any] | None) -> dict[str, Any]:
    scale = (float(question.values[0]), float(question.values[-1]))
    old = [sum(earlier for _, earlier in values) / len(values) for values in said]
    span, slack = span_after(old, scale, known_range(before) if before else None)
    mean = sum(sum(value for value, _ in values) / len(values) for values in said) / len(said)
    shown = coded(mean, span, slack, after=before is not None)
    if shown is None:
        return before or {}
    content: dict[str, Any] = {"people": len(said), "mean": shown.value, "range": [shown.low, shown.high]}
    if shown.end:
        content["end"] = shown.end
    return content if question.survey.kind != Survey.Kind.PULSE else _with_spread(question, said, content, before)


def _with_spread(
    question: Question, said: Sequence[Sequence[Said]], content: dict[str, Any], before: dict[str, Any] | None
) -> dict[str, Any]:
    """With how the ratings spread. After another figure only where of those who have answered since alone something
    could be shown: two spreads would tell where these few stand, and so would it that there is none only where all of
    them stand at one rating.
    """
    means = [sum(value for value, _ in values) / len(values) for values in said]
    fresh = [mean for mean, values in zip(means, said, strict=True) if not values[-1][1]]
    if before and not any(spread_shown(question.values, fresh)):
        return {**content, "spread": [None] * len(question.values)}
    return {**content, "spread": spread_shown(question.values, means)}


def _words(rows: QuerySet[Answer]) -> dict[str, Any]:
    """Whose words they are follows neither from their order nor from when they came. Numbers of answers, so that the
    words themselves stay where they are encrypted, and go when their author does.
    """
    written = rows.exclude(text="").values_list("pk", "response__respondent")
    people = {person for _, person in written}
    numbers = [pk for pk, _ in written]
    _SHUFFLE.shuffle(numbers)
    return {"people": len(people), "words": numbers} if len(people) >= GROUP else {}


def spread_shown(ratings: Sequence[int], means: Sequence[float]) -> list[int | None]:
    """How many people stand at each rating, everybody once, at the one nearest to the mean of their own answers (the
    upper of two); None where `counts_shown` leaves a number out.
    """
    places = [math.floor(mean + 0.5) - ratings[0] + 1 for mean in means]
    return [count for _, count in counts_shown([str(each) for each in ratings], places)]


def counts_shown(options: Sequence[str], chosen: Sequence[int]) -> list[list[Any]]:
    """Each option with how many took it, None where that is fewer than five; and if those left out are fewer than
    five together, the next smallest with them, or a subtraction would tell.
    """
    counts = [chosen.count(number) for number in range(1, len(options) + 1)]
    hidden = {at for at, count in enumerate(counts) if count < GROUP}
    rest = sorted(set(range(len(counts))) - hidden, key=lambda at: (counts[at], at))
    while rest and hidden and (len(hidden) < 2 or sum(counts[at] for at in hidden) < GROUP):
        hidden.add(rest.pop(0))
    return [[option, None if at in hidden else counts[at]] for at, option in enumerate(options)]
