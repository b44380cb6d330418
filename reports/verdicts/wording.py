"""Every sentence of a comparison. Nothing here claims more than an interval of a difference between two groups can."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

TEMPLATES = {
    # --- nothing to compare yet
    "too_few": "We can’t compare yet. {a} {A} and {b} {B} relationships have before-and-after answers.",
    "more_both": "For a useful answer you need about {x} more {A} and {y} more {B} relationships.",
    "more_one": "For a useful answer you need about {x} more {A} relationships.",
    "few_first": "Fewer than {n}",
    "few": "fewer than {n}",
    "progress": "Results come at the mid-point. So far {a} people in {A} and {b} in {B} have answered twice.",
    "progress_share": "{n} of {of}",
    "progress_hidden": "too few to count",
    "weak_nudge": "We can’t compare. Being invited to {A} changed too little who took part in it.",
    "weak_nudge_shares": "{a} of those invited to it took part in it and {b} of the others; it takes 20 points more.",
    "too_few_waitlist": "We can’t compare yet. {a} relationships in {A} and {b} in {B} have before-and-after answers; "
    "whoever waits counts as one.",
    "more_both_waitlist": "For a useful answer you need about {x} more in {A} and {y} more in {B}.",
    "more_one_waitlist": "For a useful answer you need about {x} more in {A}.",
    "too_few_nudge": "We can’t compare yet. {a} relationships of people invited to {A} and {b} of people invited to "
    "{B} have before-and-after answers.",
    "more_both_nudge": "For a useful answer you need about {x} more of people invited to {A} and {y} more of people "
    "invited to {B}.",
    "more_one_nudge": "For a useful answer you need about {x} more relationships of people invited to {A}.",
    "progress_nudge": "Results come at the mid-point. So far {a} people invited to {A} and {b} invited to {B} have "
    "answered twice.",
    "too_few_crossover": "We can’t compare yet. {a} relationships that begin with {A} and {b} that begin with {B} have "
    "all three answers.",
    "more_both_crossover": "For a useful answer you need about {x} more that begin with {A} and {y} more that begin "
    "with {B}.",
    "more_one_crossover": "For a useful answer you need about {x} more that begin with {A}.",
    "progress_crossover": "Results come at the end. So far {a} people who begin with {A} and {b} who begin with {B} "
    "have answered all three times.",
    # --- a difference, without a verdict
    "early": "Early: the difference so far is {d}, and anything from {lo} to {hi} fits these answers. "
    "That is not enough for a conclusion.",
    "early_without": "Early: the difference so far is {d}. That is not enough for a conclusion.",
    # --- verdicts
    "unclear": "The difference is {d}, but anything from {lo} to {hi} fits your data, including none. "
    "This is not proof that they are equal.",
    "unclear_without": "The difference is {d}, but how far it can be trusted cannot be said. "
    "This is not proof that they are equal.",
    "similar_set": "Whatever difference exists is probably smaller than {margin}, which you said would not change your "
    "decision. Choose on cost, access and preference.",
    "similar_default": "Whatever difference exists is probably smaller than {margin}, half a standard deviation of the "
    "first answers. Choose on cost, access and preference.",
    "higher_choose": "People in {A} {improved}, by {d} ({lo} to {hi}). People chose their model, so part of this may "
    "be who chose it.",
    "higher_coordinator": "People in {A} {improved}, by {d} ({lo} to {hi}). A coordinator decided who was in which "
    "model, so part of this may be who was placed there.",
    "higher_lottery": "In this program {A} led to {improvement} than {B}: {d} ({lo} to {hi}).",
    "similar_set_waitlist": "Whatever difference exists is probably smaller than {margin}, which you said would not "
    "change your decision.",
    "similar_default_waitlist": "Whatever difference exists is probably smaller than {margin}, half a standard "
    "deviation of the first answers.",
    "higher_waitlist": "Lots decided who began, and {A} led to {improvement} than {B}: {d} ({lo} to {hi}).",
    "higher_nudge": "In this program inviting people to {A} led to {improvement} than inviting them to {B}: {d} "
    "({lo} to {hi}).",
    # --- the same where numbers would tell what single people answered
    "early_words": "Early: that is not enough for a conclusion.",
    "unclear_words": "No clear difference was found. This is not proof that they are equal.",
    "similar_words": "Whatever difference exists is probably too small to matter. Choose on cost, access and "
    "preference.",
    "similar_words_waitlist": "Whatever difference exists is probably too small to matter.",
    "higher_words_choose": "People in {A} {improved}. People chose their model, so part of this may be who chose it.",
    "higher_words_coordinator": "People in {A} {improved}. A coordinator decided who was in which model, so part of "
    "this may be who was placed there.",
    "higher_words_crossover": "Because of the model, answers came out higher over the time in {A} than over the time "
    "in {B}. Everybody was to be in both, in an order that lots decided.",
    "higher_words_lottery": "In this program {A} led to {improvement} than {B}.",
    "higher_words_waitlist": "Lots decided who began, and {A} led to {improvement} than {B}.",
    "higher_words_nudge": "In this program inviting people to {A} led to {improvement} than inviting them to {B}.",
    "higher_crossover": "Because of the model, answers came out {d} higher ({lo} to {hi}) over the time in {A} than "
    "over the time in {B}. Everybody was to be in both, in an order that lots decided.",
    "improved_up": "improved more",
    "improved_down": "fell back less",
    "improvement_up": "more improvement",
    "improvement_down": "a smaller decline",
    "inseparable": "We cannot separate the model from who chose it. From people’s changes alone the answer is “{one}”; "
    "with where they started taken into account it is “{two}”.",
    "inseparable_coordinator": "We cannot separate the model from who was placed in it. From people’s changes alone "
    "the answer is “{one}”; with where they started taken into account it is “{two}”.",
    "direction_higher": "{A} higher",
    "direction_similar": "similar",
    "direction_unclear": "can’t tell yet",
    # --- what to keep in mind
    "towards": "{d} in favour of {A}",
    "towards_nudge": "{d} in favour of being invited to {A}",
    "without_numbers": "The numbers are left out: answers are so near an end of the scale, or so alike, that they "
    "would tell what single people answered.",
    "towards_crossover": "{d} in favour of the time in {A}",
    "order": "Those who began with {A} gained {d} more over both times together than those who began with {B} ({lo} to "
    "{hi}), so what came first may have mattered: part of the difference may be that.",
    "midpoint": "This is the mid-point look; the answer at the close counts.",
    "units_few": "A verdict needs {n} relationships in each group.",
    "response_low": "Only {share} of the people in {A} answered both times, so this is said with less confidence.",
    "response_apart": "{a} answered both times in {A} and {b} in {B}, so this is said with less confidence.",
    "response_low_nudge": "Only {share} of the people invited to {A} answered both times, so this is said with less "
    "confidence.",
    "response_apart_nudge": "{a} of the people invited to {A} answered both times and {b} of those invited to {B}, so "
    "this is said with less confidence.",
    "response_low_crossover": "Only {share} of the people who began with {A} answered all three times, so this is said "
    "with less confidence.",
    "response_apart_crossover": "{a} of the people who began with {A} answered all three times and {b} of those who "
    "began with {B}, so this is said with less confidence.",
    "baseline": "The groups differed at the start, by {d} standard deviations.",
    "baseline_far": "The groups differed at the start: check the data.",
    "plausibility": "This difference is unusually large: check the data.",
    "dominated": "One relationship holds more than half of the people in {A}, so no interval is given.",
    "dominated_nudge": "One relationship holds more than half of the people invited to {A}, so no interval is given.",
    "dominated_crossover": "One relationship holds more than half of the people who began with {A}, so no interval is "
    "given.",
    "constant": "Nothing varies within the groups, so no interval is given: check the data.",
    "no_overlap": "The first answers tell the groups apart completely, so no interval is given: check the data.",
    "small": "It is probably smaller than {margin} all the same.",
    "small_set": "It is probably smaller than {margin} all the same, which you said would not change your decision.",
    "tipping_less": "If the people in {A} who did not answer both times had changed by {shift} less than the others, "
    "this would no longer hold.",
    "tipping_more": "If the people in {A} who did not answer both times had changed by {shift} more than the others, "
    "this would no longer hold.",
    "tipping_less_nudge": "If the people invited to {A} who did not answer both times had changed by {shift} less than "
    "the others, this would no longer hold.",
    "tipping_more_nudge": "If the people invited to {A} who did not answer both times had changed by {shift} more than "
    "the others, this would no longer hold.",
    # --- what it is based on
    "basis": "Based on {n} of {of} people in {u} {A} relationships and {m} of {among} in {v} {B} ones.",
    "basis_waitlist": "Based on {n} of {of} people in {A}, who count as {u}, and {m} of {among} in {B}, who "
    "count as {v}.",
    "basis_nudge": "Based on {n} of {of} people in {u} relationships invited to {A} and {m} of {among} in {v} invited "
    "to {B}.",
    "basis_crossover": "Based on {n} of {of} people in {u} relationships that began with {A} and {m} of {among} in {v} "
    "that began with {B}.",
    "basis_period": "Answers from {first} to {last}.",
    "basis_scale": "The scale goes from {low} to {high}.",
    # --- how it was worked out
    "how_units": "People who share a mentor, a circle or a pod are not independent, so each relationship counts once, "
    "with the mean change of its people.",
    "how_units_waitlist": "People who share a mentor, a circle or a pod are not independent, so each relationship "
    "counts once, with the mean change of its people, and whoever waits counts alone.",
    "how_lot": "Everybody is counted where their lot has put them, also who went elsewhere since.",
    "how_lot_nudge": "Everybody is counted where their lot has invited them to, also who went the other way.",
    "how_units_crossover": "People of one order who share a mentor, a circle or a pod in either half are not "
    "independent, so they count once together, with their mean. Mentors who lead in both halves tie the two orders "
    "together a little, which this leaves out.",
    "how_lot_crossover": "Everybody is counted in the order that their lot has given them, also who went elsewhere "
    "since. Within each person the gain of the second time is taken from that of the first, and the two orders are "
    "compared, halved, so that what all gain from one time to the next falls out (Hills & Armitage 1979).",
    "how_order": "Whether what came first mattered cannot be ruled out: only a large carry-over shows here. Both times "
    "together, those who began with {A} less those who began with {B}: {numbers}.",
    "how_missing_crossover": "People without all three answers are left out; nothing is filled in.",
    "how_missing": "People without both answers are left out; nothing is filled in.",
    "how_welch": "Welch’s t test on the relationships’ mean changes: {numbers}.",
    "how_cohorts": "Compared within cohorts ({cohorts}), then put together by their precision: {numbers}.",
    "how_outside": "{n} relationships are left out because their cohort has fewer than two in one of the groups.",
    "how_ancova": "Analysis of covariance on the relationships’ means, with their first answers: {numbers}.",
    "how_other": "The same with the first answers taken into account: {numbers}.",
    "how_numbers": "difference {d}, {level} interval {lo} to {hi}, t = {t}, df = {df}, p = {p}",
    "how_unusable": "difference {d}, without an interval ({problem})",
    "how_g": "In standard deviations (Hedges’ g) the difference of the changes is {g}.",
    "how_similar": "“Similar” would need the {level} interval to lie within ± {margin}; p = {p}.",
    "how_without": "The verdict rests on the exact numbers, which are not printed.",
    "how_needed": "An interval of ± {margin} would need about {n} relationships in each group.",
    # --- gates
    "gate_found": "{value}",
    "gate_counts": "{A}: {a}; {B}: {b}",
    "gate_size": "{people} people in {units} relationships",
    "gate_shares": "{A}: {a}; {B}: {b}",
    "gate_privacy_rule": "5 people and 3 relationships in each group",
    "gate_privacy_else": "not shown, so that nobody can be made out",
    "gate_response_rule_crossover": "60 % answered all three times in each group, and the groups are within 15 points",
    "gate_show_rule": "4 relationships in each group",
    "gate_show_else": "too few relationships",
    "gate_verdict_rule": "10 relationships in each group, and the date of the analysis",
    "gate_verdict_else": "the difference is shown as early",
    "gate_response_rule": "60 % answered both times in each group, and the groups are within 15 points",
    "gate_response_else": "said with less confidence",
    "gate_baseline_rule": "the groups start within 0.25 standard deviations of each other",
    "gate_baseline_else": "the groups differed at the start",
    "gate_plausibility_rule": "a difference of 1.5 standard deviations or less",
    "gate_plausibility_else": "unusually large: check the data",
    "gate_independence_rule": "no relationship holds more than half of a group",
    "gate_independence_else": "no interval is given",
    "gate_uptake_rule": "the invitation changed who took part by 20 points or more",
    "gate_uptake_else": "not compared",
}


def say(template: str, **values: object) -> str:
    """A sentence by the name of its template. Raises KeyError for a template or a value that is not there."""
    return TEMPLATES[template].format(**values)


def say_of(way: str, template: str, **values: object) -> str:
    """The same as it is said where people came to their model in this way, if that has words of its own."""
    own = f"{template}_{way}"
    return say(own if own in TEMPLATES else template, **values)


def number(value: float) -> str:
    """Two decimals, more where they would show nothing but zeros, and a real minus sign."""
    text = f"{value:.2f}"
    if value and float(text) == 0:
        text = f"{Decimal(f'{value:.1g}'):f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def points(value: float) -> str:
    text = number(value)
    return f"{text} point" if text in {"1.00", "−1.00"} else f"{text} points"


def percent(share: Fraction) -> str:
    """Whole per cent, but never a rounding over a limit: 59.9 % is 59 %."""
    return f"{int(share * 100)} %"


def level(share: float) -> str:
    return f"{100 * share:g} %"


def p_value(p: float) -> str:
    return "less than 0.0001" if p < 0.0001 else f"{p:.4f}"


def day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def plain(value: float) -> str:
    return f"{value:g}".replace("-", "−")
