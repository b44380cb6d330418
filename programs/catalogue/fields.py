"""The questions that the models' recipes speak of, ready to be added to a program."""

from collections.abc import Mapping

from programs.catalogue.base import MENTEE, MENTOR, PEER, StandardField

_SKILLS = (
    "Budgets and finance",
    "Career planning",
    "Coaching others",
    "Data analysis",
    "Digital tools",
    "Leading a team",
    "Negotiation",
    "Networking",
    "Presenting",
    "Project management",
    "Public speaking",
    "Strategy",
    "Time management",
    "Writing",
)

_ALL = (
    StandardField(
        "level",
        "Level",
        "Where you stand in the organisation today.",
        "ordered",
        options=("Entry", "Junior", "Experienced", "Senior", "Lead", "Director"),
        required=True,
    ),
    StandardField("department", "Department", "The part of the organisation you work in.", "text", required=True),
    StandardField("team", "Team", "The team you work in day by day.", "text", required=True),
    StandardField("years", "Years of experience", "In your field, in all; half years count.", "number"),
    StandardField(
        "path",
        "Path",
        "The course, trade or career path you are on.",
        "text",
        required=True,
    ),
    StandardField(
        "goal",
        "Main goals",
        "What you want this program to help with, or to help others with. Choose up to three.",
        "multi",
        options=(
            "Grow in my career",
            "Settle in",
            "Learn a skill",
            "Solve a current problem",
            "Lead others",
            "Belong and be heard",
            "Understand other parts of the organisation",
        ),
        required=True,
    ),
    StandardField(
        "skills_wanted",
        "Skills wanted",
        "What you would like to learn or talk through, and the level the other person should have in it.",
        "skills",
        asked_of=(MENTEE, PEER),
        options=_SKILLS,
        required=True,
    ),
    StandardField(
        "skills_offered",
        "Skills offered",
        "What you can help others with, and how good you are at it.",
        "skills",
        asked_of=(MENTOR, PEER),
        options=_SKILLS,
        required=True,
    ),
    StandardField(
        "problem",
        "Shared problems",
        "What gets stuck between your function and others.",
        "multi",
        options=(
            "Handing work over",
            "Planning and priorities",
            "Meeting customers’ needs",
            "Sharing data",
            "Quality and rework",
            "Costs",
            "Bringing in new tools",
        ),
        required=True,
    ),
    StandardField(
        "post_aimed_at", "Post aimed at", "If there is one; only the coordinator reads it.", "text", shared=False
    ),
    StandardField(
        "time",
        "Times that suit you",
        "When you could usually meet, by your own clocks. The more there is, the more people can be found for you.",
        "week",
        required=True,
    ),
    StandardField(
        "language",
        "Languages",
        "Languages you would be happy to hold a session in.",
        "multi",
        options=("English", "French", "German", "Mandarin", "Polish", "Portuguese", "Spanish"),
        required=True,
    ),
)

STANDARD_FIELDS: Mapping[str, StandardField] = {each.purpose: each for each in _ALL}
"""By purpose, in the order in which a form would ask them."""
