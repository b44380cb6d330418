"""A small invented organisation, and Hypothesis strategies for people and rules over its fields."""

from collections.abc import Mapping

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from matching.criteria import Condition, Field, Person, Rule

# What is checked is the answer, not how busy the machine is.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

GRADES = ("Junior", "Officer", "Senior", "Lead", "Head")
PLACES = ["North", "South", "East"]
TOPICS = ["Law", "Maths", "Music", "Art"]

FIELDS = (
    Field("grade", "Grade", "ordered", GRADES),
    Field("unit", "Unit", "choice", tuple(PLACES)),
    Field("home", "Home town", "text"),
    Field("asked", "Topic asked for", "choice", tuple(TOPICS)),
    Field("topics", "Topics", "multi", tuple(TOPICS)),
    Field("years", "Years of work", "number"),
    Field("remote", "Works from home", "yesno"),
)

_ANSWERS = {
    "grade": st.sampled_from([*GRADES, " senior ", "No such grade", ""]),
    "unit": st.sampled_from([*PLACES, "north", " East"]),
    "home": st.sampled_from(["Ely", "ely ", "Bath", " "]),
    "asked": st.sampled_from(TOPICS),
    "topics": st.lists(st.sampled_from([*TOPICS, "law", " "]), max_size=4),
    "years": st.integers(-3, 12) | st.floats(0, 9).map(lambda n: round(n, 2)) | st.just(float("nan")),
    "remote": st.booleans(),
}
answers = st.fixed_dictionaries({}, optional={slug: st.none() | strategy for slug, strategy in _ANSWERS.items()})


def people(first_id: int, *, most: int = 7):
    """Up to `most` people, some of whom are one human under two roles."""
    seat = st.tuples(answers, st.none() | st.integers(1, 3))
    return st.lists(seat, max_size=most).map(
        lambda seats: [Person(first_id + n, given, who) for n, (given, who) in enumerate(seats)],
    )


_worth = st.tuples(st.sampled_from(["off", "low", "mid", "high", "must", "points"]), st.integers(-40, 40).filter(bool))
_condition = st.none() | st.builds(
    lambda side, asked: Condition(side, *asked),
    st.sampled_from(["taker", "giver"]),
    st.sampled_from([("remote", True), ("unit", "North"), ("topics", "Law"), ("topics", ["Law", "Art"])]),
)


def _rule(kind: str, fields: tuple[str, str], *, params: Mapping[str, object], by_gap: dict[int, int]):
    return st.builds(
        lambda worth, others_forbidden, condition: {
            "kind": kind,
            "taker_field": fields[0],
            "giver_field": fields[1],
            "strength": worth[0],
            "points": worth[1],
            "by_gap": by_gap,
            "others_forbidden": others_forbidden,
            "params": params,
            "condition": condition,
        },
        _worth,
        st.booleans(),
        _condition,
    )


_same_kind = st.sampled_from(
    [
        ("grade", "grade"),
        ("unit", "unit"),
        ("home", "home"),
        ("unit", "home"),
        ("years", "years"),
        ("remote", "remote"),
    ],
)
_scale = st.sampled_from([("grade", "grade"), ("years", "years")])
_lists = st.sampled_from([("asked", "topics"), ("topics", "topics"), ("topics", "asked"), ("unit", "home")])
_absolute = st.sampled_from([{}, {"absolute": True}, {"absolute": False}])

_equal = _same_kind.flatmap(lambda fields: _rule("equal", fields, params={}, by_gap={}))
_differ = _same_kind.flatmap(lambda fields: _rule("differ", fields, params={}, by_gap={}))
_among = _lists.flatmap(lambda fields: _rule("among", fields, params={}, by_gap={}))
_overlap = st.tuples(
    _lists,
    st.fixed_dictionaries(
        {},
        optional={
            "full_at": st.integers(1, 4),
            "of": st.sampled_from(["taker", "giver", "all"]),
            "min_shared": st.integers(1, 2),
        },
    ),
).flatmap(lambda drawn: _rule("overlap", drawn[0], params=drawn[1], by_gap={}))
_variety = _lists.flatmap(lambda fields: _rule("variety", fields, params={}, by_gap={}))
_by_gap = st.tuples(_scale, _absolute, st.dictionaries(st.integers(0, 4), st.integers(-30, 30), min_size=1)).flatmap(
    lambda drawn: _rule("gap", drawn[0], params=drawn[1], by_gap=drawn[2]),
)
_window = st.tuples(_scale, _absolute, st.integers(-3, 2), st.integers(0, 4)).flatmap(
    lambda drawn: _rule(
        "gap",
        drawn[0],
        params={**drawn[1], "min_gap": drawn[2], "max_gap": drawn[2] + drawn[3] + 0.5},
        by_gap={},
    ),
)
_closeness = st.tuples(_scale, _absolute, st.sampled_from([0.5, 1, 3, 7.25]), st.sampled_from([0, 2, -1.5])).flatmap(
    lambda drawn: _rule(
        "closeness",
        drawn[0],
        params={**drawn[1], "within": drawn[2], "target": drawn[3]},
        by_gap={},
    ),
)

rules = st.lists(_equal | _differ | _among | _overlap | _variety | _by_gap | _window | _closeness, max_size=5).map(
    lambda drawn: [Rule(key=f"r{n}", label=f"Rule {n}", **settings) for n, settings in enumerate(drawn)],
)
