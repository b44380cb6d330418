"""Charts are read as XML: what is asserted is geometry and words, as a reader or a screen reader gets them."""

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reports.charts import board, figures, journey, outcome, rhythm
from reports.charts import svg as strokes
from reports.charts.rhythm import Mark, Window

pytestmark = pytest.mark.pure


def read(markup):
    return ET.fromstring(str(markup))  # noqa: S314 - drawn by the function under test


def name(markup):
    title = read(markup).find("title")
    return None if title is None else title.text


def with_class(markup, css):
    return [e for e in read(markup).iter() if css in (e.get("class") or "").split()]


def texts(markup):
    return ["".join(e.itertext()) for e in read(markup).iter("text")]


EVERY_KIND: dict[str, tuple[Any, tuple[Any, ...], tuple[Any, ...]]] = {
    "unit_dots": (figures.unit_dots, (44, 48), (0, 0)),
    "session_dots": (figures.session_dots, (4, 12), (0, 0)),
    "bullet": (figures.bullet, (3.4, 3.6, 8), (None,)),
    "rating_histogram": (figures.rating_histogram, ([1, 4, 14, 52, 60],), ([0, 0, 0, 0, 0],)),
    "stacked_bar": (figures.stacked_bar, ([("reached", 38, "good"), ("open", 61, "going")],), ([],)),
    "growth_arrow": (figures.growth_arrow, (3.1, 4.0), (None, 4.0)),
    "share_bar": (figures.share_bar, (0.86,), (None,)),
    "score_histogram": (board.score_histogram, ([58, 80, 95], [52, 70]), ([],)),
    "pct_bar": (outcome.pct_bar, (0.88, 96), (None, 0)),
    "dot_interval": (outcome.dot_interval, (0.72, 0.62, 0.80), (None, 0, 0)),
    "likert_bar": (outcome.likert_bar, ([1, 3, 10, 34, 48],), ([0, 0, 0, 0, 0],)),
    "slope": (outcome.slope, ([("Peer", 3.3, 4.1)],), ([],)),
    "funnel": (outcome.funnel, ([("Enrolled", 312), ("Matched", 296)],), ([],)),
    "arcs": (outcome.arcs, ([("A", 3), ("B", 4)], [("A", "B", 2)]), ([], [])),
    "heat_strip": (rhythm.heat_strip, ([[0, 1, 3, 6, 9, 0, 0]] * 3, 1), ([], 0)),
    "rhythm_row": (rhythm.rhythm_row, ([Mark(1, "met")], Window(0, 19), 10), ([], Window(0, 19), 0)),
}


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("case", [0, 1], ids=["figures", "nothing"])
def test_a_chart_is_an_image_with_a_sentence_and_without_style(kind, case):
    draw, *cases = EVERY_KIND[kind]
    markup = draw(*cases[case])
    root = read(markup)
    assert root.tag == "svg"
    assert root.get("role") == "img"
    assert name(markup)
    assert [e for e in root.iter() if e.get("style") is not None] == []
    assert re.findall(r"\b(nan|inf|None)\b", str(markup)) == []


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_no_mark_is_drawn_outside_its_picture(kind):
    draw, figures_given, _ = EVERY_KIND[kind]
    root = read(draw(*figures_given))
    _, _, width, height = (float(v) for v in root.get("viewBox").split())
    for e in root.iter():
        left = float(e.get("x") or e.get("cx") or 0)
        top = float(e.get("y") or e.get("cy") or 0)
        assert -1 <= left <= width + 1
        assert -1 <= top <= height + 1
        assert left + float(e.get("width") or 0) <= width + 1 or e is root


# --- strokes ----------------------------------------------------------------------------


def test_words_and_names_are_escaped():
    evil = '"><script>alert(1)</script>'
    drawn = outcome.funnel([(evil, 3)])
    assert "<script" not in str(drawn)
    assert name(drawn) == f"{evil}: 3"
    assert "<script" not in str(strokes.picture(1, 1, [strokes.el("text", evil, evil, data_x=evil)], name=evil))


@pytest.mark.parametrize(
    ("value", "said"),
    [(12, "12"), (3.4, "3.4"), (3.04, "3"), (-0.04, "0"), (-1.5, "−1.5"), (1204, "1,204"), (100, "100"), (0, "0")],
)
def test_a_figure_is_as_short_as_it_can_be(value, said):
    assert strokes.figure(value) == said


@pytest.mark.parametrize(
    ("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_in_words(parts, said):
    assert strokes.listed(parts) == said


def test_a_long_label_ends_in_an_ellipsis():
    assert strokes.short("Engineering", 11) == "Engineering"
    assert strokes.short("Engineering and data", 12) == "Engineering…"


# --- figures ----------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "total"), [(44, 48), (0, 48), (48, 48), (1, 1), (199, 200)])
def test_unit_dots_draw_one_dot_each(on, total):
    drawn = figures.unit_dots(on, total)
    assert len(list(read(drawn).iter("circle"))) == total
    assert len(with_class(drawn, "f-c1")) == on
    assert name(drawn) == f"{on} of {total} pairs"


def test_unit_dots_of_a_thousand_stand_for_five_each_and_say_so():
    drawn = figures.unit_dots(870, 1000, "people")
    assert len(list(read(drawn).iter("circle"))) == 200
    assert len(with_class(drawn, "f-c1")) == 174
    assert texts(drawn) == ["one dot: 5 people"]
    assert name(drawn) == "870 of 1,000 people. One dot stands for 5."


@pytest.mark.parametrize(("on", "filled"), [(0, 0), (1, 1), (999, 199), (1000, 200)])
def test_unit_dots_never_hide_the_first_or_the_last(on, filled):
    assert len(with_class(figures.unit_dots(on, 1000), "f-c1")) == filled


def test_unit_dots_bear_a_very_large_number():
    assert len(list(read(figures.unit_dots(5, 1_000_000)).iter("circle"))) == 200


@pytest.mark.parametrize(("held", "planned", "dots"), [(4, 12, 12), (0, 1, 1), (14, 12, 14)])
def test_session_dots_draw_what_was_planned_and_what_came_on_top(held, planned, dots):
    drawn = figures.session_dots(held, planned)
    assert len(list(read(drawn).iter("circle"))) == dots
    assert len(with_class(drawn, "f-c1")) == held
    assert name(drawn) == f"{held} of {planned} planned sessions held"


def test_a_bullet_stays_within_its_track_and_names_the_plan():
    drawn = figures.bullet(9, 3.6, 8, "sessions a pair")
    assert [float(e.get("width")) for e in with_class(drawn, "f-c1")] == [250]
    assert texts(drawn) == ["plan 3.6"]
    assert name(drawn) == "9 sessions a pair; the plan is 3.6"


def test_a_bullet_of_zero_is_an_empty_track():
    assert [float(e.get("width")) for e in with_class(figures.bullet(0, 0), "f-c1")] == [0]


def test_heights_of_a_rating_histogram_are_in_proportion():
    drawn = figures.rating_histogram([0, 0, 15, 30, 60])
    heights = [float(e.get("height")) for e in read(drawn).iter("rect")]
    assert heights == [0.8, 0.8, 7.5, 15.0, 30.0]
    assert name(drawn) == "Ratings: 0 gave 1, 0 gave 2, 15 gave 3, 30 gave 4 and 60 gave 5"


def test_a_rating_that_is_not_shown_has_a_frame_that_tells_nothing():
    drawn = figures.rating_histogram([None, None, 30], lowest=0)
    assert [float(e.get("height")) for e in read(drawn).iter("rect")] == [5, 5, 30]
    assert (texts(drawn), name(drawn)) == (["0", "1", "2"], "Ratings: not shown gave 0, not shown gave 1 and 30 gave 2")
    assert figures.rating_histogram([None, None]) == figures.rating_histogram([])


def test_parts_of_a_stacked_bar_fill_its_width():
    drawn = figures.stacked_bar([("ready", 60, "good"), ("to mend", 40, "warn"), ("here", 0, "none")])
    bars = [(float(e.get("x")), float(e.get("width"))) for e in read(drawn).iter("rect")]
    assert bars == [(0, 148), (150, 98)]
    assert texts(drawn) == ["60", "40"]
    assert name(drawn) == "60 ready, 40 to mend and 0 here"


def test_a_part_without_room_has_no_figure_but_is_named():
    drawn = figures.stacked_bar([("ready", 999, "good"), ("to mend", 1, "risk")])
    assert texts(drawn) == ["999"]
    assert name(drawn) == "999 ready and 1 to mend"


@pytest.mark.parametrize(("before", "after", "tip"), [(3.0, 4.0, 203.0), (4.0, 3.0, 147.0)])
def test_the_growth_arrow_points_from_before_to_after(before, after, tip):
    drawn = figures.growth_arrow(before, after)
    (head,) = list(read(drawn).iter("path"))
    ((start, step),) = re.findall(r"^M([\d.]+) 19l(-?\d+) 7 ", head.get("d"))
    assert float(start) + float(step) == tip
    assert name(drawn) == f"Mean from {before:.1f} to {after:.1f} on a scale of 1 to 5"


def test_figures_of_a_small_growth_do_not_run_into_each_other():
    first, second = (float(e.get("x")) for e in read(figures.growth_arrow(3.9, 4.0)).iter("text") if e.get("y") == "12")
    assert second - first >= 26


# --- rhythm -----------------------------------------------------------------------------


def test_a_row_in_words():
    marks = [Mark(3, "met"), Mark(1, "met"), Mark(8, "cancelled"), Mark(11, "planned")]
    assert rhythm.sentence(marks, 10) == ("Met in week 2 and 4; cancelled in week 9; planned for week 12. Now week 11.")
    assert rhythm.sentence([], 0) == "No session held. Now week 1."


def test_a_row_has_a_mark_for_each_session_and_a_dotted_gap():
    drawn = rhythm.rhythm_row([Mark(1, "met"), Mark(8, "cancelled"), Mark(12, "planned")], Window(0, 19), 10, 1)
    assert len(with_class(drawn, "f-c1")) == 1
    assert len(with_class(drawn, "f-surface")) == 1
    assert [e.tag for e in with_class(drawn, "s-risk")] == ["line", "path"]


def test_marks_outside_the_window_are_not_drawn_but_are_said():
    drawn = rhythm.rhythm_row([Mark(0, "met"), Mark(30, "met")], Window(20, 19), 25)
    assert len(with_class(drawn, "f-c1")) == 1
    assert name(drawn) == "Met in week 1 and 31. Now week 26."


@pytest.mark.parametrize(
    ("total", "now", "shown"),
    [
        (12, 5, (0, 12)),
        (19, 18, (0, 19)),
        (26, 0, (0, 19)),
        (26, 10, (0, 19)),
        (26, 25, (7, 19)),
        (52, 30, (18, 19)),
        (0, 0, (0, 1)),
    ],
)
def test_the_window_keeps_now_in_sight(total, now, shown):
    assert rhythm.window(total, now) == shown


def test_names_of_months_do_not_overlap():
    months = [(0, "September"), (1, "October"), (10, "November"), (40, "June")]
    assert texts(rhythm.rhythm_head(months, Window(0, 19))) == ["September", "November"]


def test_heat_has_a_cell_for_each_day_and_the_future_is_an_outline():
    week = [0, 2, 5, 8, 9, 0, 0]
    drawn = rhythm.heat_strip([week, week], now=0)
    assert [len(with_class(drawn, f"f-h{i}")) for i in range(5)] == [3, 1, 1, 1, 1]
    assert len(with_class(drawn, "s-line")) == 7
    assert name(drawn) == "48 sessions by weekday and week"


# --- board ------------------------------------------------------------------------------


def test_scores_fall_into_bins_of_two_and_100_into_the_last():
    drawn = board.score_histogram([58, 59, 70, 100])
    assert len(with_class(drawn, "f-c2")) == 1
    assert len(with_class(drawn, "f-c0")) == 1
    assert len(with_class(drawn, "f-c1")) == 1
    assert [float(e.get("height")) for e in with_class(drawn, "f-c2")] == [60]
    assert name(drawn) == "4 match scores: lowest 58, median 64, highest 100"


def test_saved_scores_are_a_dashed_outline_only_where_given():
    assert len(list(read(board.score_histogram([80], [70])).iter("path"))) == 1
    assert len(list(read(board.score_histogram([80])).iter("path"))) == 0


def test_the_axis_goes_down_to_the_lowest_score():
    assert texts(board.score_histogram([12, 80]))[0] == "10"
    assert texts(board.score_histogram([80], [3]))[0] == "0"


@pytest.mark.parametrize(("score", "tone"), [(0, "s-c2"), (64.9, "s-c2"), (65, "s-c0"), (74, "s-c0"), (75, "s-c1")])
def test_a_link_is_dotted_only_under_65(score, tone):
    (line,) = list(read(board.score_link(score)).iter("line"))
    assert line.get("class") == tone
    assert (line.get("stroke-dasharray") is not None) == (score < 65)


def test_a_link_says_the_score_after_a_swap():
    assert name(board.score_link(61, 74)) == "Score 61 of 100, 74 after the swap"
    assert texts(board.score_link(61, 74)) == ["61 → 74"]
    assert name(board.score_link(61, "")) == "Score 61 of 100"


def test_places_are_dots_up_to_six_and_figures_beyond():
    few = read(board.capacity(1, 2))
    assert [e.get("class") for e in few.iter("circle")] == ["f-c1", "f-surface s-c1"]
    assert "".join(few.itertext()) == "1 of 2 places taken"
    many = read(board.capacity(3, 9))
    assert list(many.iter("circle")) == []
    assert "".join(many.itertext()) == "3/9 places taken"


@pytest.mark.parametrize(("points", "most", "width"), [(14, 28, 100), (0, 0, 0), (40, 28, 200), (-3, 28, 0)])
def test_a_criterion_fills_its_share(points, most, width):
    assert float(list(read(board.criterion_bar(points, most)).iter("rect"))[1].get("width")) == width


def test_bars_that_repeat_a_figure_are_hidden_from_screen_readers():
    for drawn in (board.criterion_bar(1, 2), board.fit_bar(84), journey.journey_bar(["done", "now"])):
        assert read(drawn).get("aria-hidden") == "true"
        assert name(drawn) is None


# --- outcome ----------------------------------------------------------------------------


def test_a_share_and_its_interval_are_named():
    assert name(outcome.pct_bar(0.88, 96)) == "88% of 96"
    assert (
        name(outcome.dot_interval(0.72, 0.62, 0.8, "reached a goal")) == "72% reached a goal, 95% interval 62% to 80%"
    )


def test_a_likert_bar_leaves_out_empty_answers_and_gives_the_mean():
    drawn = outcome.likert_bar([0, 2, 9, 27, 32])
    assert len(list(read(drawn).iter("rect"))) == 4
    assert texts(drawn) == ["4.3"]
    assert name(drawn).startswith("Mean 4.3 of 5. 0 gave 1, 2 gave 2")


def test_labels_of_a_slope_chart_keep_their_distance():
    drawn = outcome.slope([("a", 3, 4.0), ("b", 3, 4.0), ("c", 3, 4.0), ("d", 3, 4.05)])
    labels = sorted(float(e.get("y")) for e in with_class(drawn, "t13"))
    assert [round(b - a, 1) for a, b in pairwise(labels)] == [15, 15, 15]


def test_a_slope_chart_of_one_unchanged_series_is_flat():
    drawn = outcome.slope([("Peer", 3, 3)])
    (line,) = with_class(drawn, "s-c1")
    assert line.get("y1") == line.get("y2")
    assert texts(drawn)[-1] == "Peer 0"


def test_from_the_fifth_series_on_lines_are_context():
    drawn = outcome.slope([(str(i), 3, 3 + i / 10) for i in range(6)])
    assert len(with_class(drawn, "s-c0")) == 2


def test_a_heavy_loss_is_named_and_a_gain_is_not():
    drawn = outcome.funnel([("Enrolled", 100), ("Matched", 95), ("Met", 50), ("More", 60)])
    assert [t for t in texts(drawn) if t.startswith("−")] == ["−5", "−45 left"]
    assert [e.text for e in with_class(drawn, "hl")] == ["−45 left"]


def test_bars_of_a_funnel_are_in_proportion():
    widths = [float(e.get("width")) for e in read(outcome.funnel([("a", 200), ("b", 100), ("c", 0)])).iter("rect")]
    assert len(widths) == 2
    assert widths[1] == pytest.approx(widths[0] / 2, abs=0.1)


def test_arcs_leave_out_matches_inside_one_department():
    drawn = outcome.arcs([("A", 3), ("B", 0), ("C", 9)], [("A", "B", 2), ("A", "A", 9), ("B", "C", 0), ("C", "A", 5)])
    assert len(list(read(drawn).iter("path"))) == 2
    assert name(drawn) == "Matches between departments: C and A 5 and A and B 2"


def test_an_arc_to_an_unknown_department_is_an_error():
    with pytest.raises(KeyError):
        outcome.arcs([("A", 3)], [("A", "B", 2)])


def test_many_departments_make_the_picture_wider():
    groups = [(f"Department of {i}", i) for i in range(30)]
    root = read(outcome.arcs(groups, []))
    assert float(root.get("viewBox").split()[2]) > 980
    assert name(outcome.arcs(groups, [])) == "No match joins two departments"


# --- journey ----------------------------------------------------------------------------


def test_the_bar_ends_in_the_middle_of_the_present_stage():
    drawn = journey.journey_bar(["done", "done", "now", "todo"])
    assert float(with_class(drawn, "s-c1")[0].get("x2")) == 340 * 2.5 / 4
    assert float(with_class(journey.journey_bar([]), "s-c1")[0].get("x2")) == 0


def test_the_line_of_a_program_has_a_stop_for_each_stage():
    drawn = journey.journey_line(["done", "now", "todo"], "Stage 2 of 3: meet")
    assert [e.get("class") for e in read(drawn).iter("circle")] == ["f-c1", "f-surface s-c1", "f-surface s-ls"]
    assert name(drawn) == "Stage 2 of 3: meet"
