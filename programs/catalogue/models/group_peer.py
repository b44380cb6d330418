"""Six to ten equals help one another."""

from programs.catalogue.base import (
    HOT_SEATS,
    PEER,
    AgendaItem,
    Direction,
    Family,
    MentoringModel,
    Recipe,
    Risk,
    Safeguard,
    Shape,
    Size,
    Words,
)
from programs.catalogue.recipes import (
    GOALS,
    LANGUAGE,
    different,
    levels_apart_at_most,
    times,
)
from programs.catalogue.working import AgreementTemplate

MODEL = MentoringModel(
    slug="group_peer",
    version=2,
    position=80,
    name="Group peer mentoring",
    short_name="Group peer",
    one_line="Six to ten equals bring their cases and take turns in the hot seat.",
    family=Family.PEER,
    shape=Shape.GROUPS,
    direction=Direction.MANY_TO_MANY,
    roles=(PEER,),
    words=Words("group", "groups", taker=PEER, giver=PEER),
    definition=(
        "Six to ten people at the same stage meet regularly. Each brings cases from their own work, the group advises, "
        "and the role of facilitator goes round."
    ),
    relationship="Many to many, among equals; nobody meets their own manager, and everybody leads in turn.",
    expertise_level=(
        "The same stage, from different units: what the group knows together is more than any of its members."
    ),
    focus="Real cases, better judgement, and a network of people in the same position.",
    learning_style=(
        "Learning as a group: hot seats, questions before advice, several points of view, and lessons put into words."
    ),
    benefits=(
        "Many perspectives on one problem, the relief of not being the only one, practice in facilitating, "
        "and a network that lasts. One hour of organising serves ten people."
    ),
    challenges=(
        "Loud members can take over, some come to listen only, dates for ten are hard to find, and trust "
        "needs the same faces."
    ),
    size=Size(least=6, most=10, usual_least=6, usual_most=8),
    months=9,
    sessions=9,
    cadence_days=30,
    session_minutes=120,
    first_contact=PEER,
    agenda=(
        AgendaItem(15, "Round: one sentence from everyone"),
        AgendaItem(20, "First hot seat: one person’s case, questions before advice", HOT_SEATS[0]),
        AgendaItem(20, "Second hot seat", HOT_SEATS[1]),
        AgendaItem(10, "Break"),
        AgendaItem(35, "The theme of the day, chosen by the group last time"),
        AgendaItem(10, "Lessons: what does each take from the others’ cases?"),
        AgendaItem(10, "Actions: one step each, and who facilitates next"),
    ),
    risks=(
        Risk("Dominance: two people talk, eight listen.", "group"),
        Risk("Free-riding: some take and never bring a case.", "group"),
    ),
    safeguards=(
        Safeguard("rotating_facilitator", "The facilitator changes every time"),
        Safeguard("hot_seat_rota", "A rota sees to it that everyone gets a hot seat"),
        Safeguard("norms", "The group writes its own norms in the first session"),
        Safeguard("quorum", "With fewer than three present, the session is moved"),
    ),
    recipe=Recipe(
        rules=(
            levels_apart_at_most(0),
            different("department", "Another department", "mid"),
            GOALS,
            times(120, forbids=False),
            LANGUAGE,
        ),
    ),
    questions=(
        "Which case from your work would you bring if you knew it would stay in this room?",
        "What do you need from a group to speak openly?",
        "What would make you stop coming, and how can we prevent it?",
    ),
    goals=(
        "Bring two cases to the hot seat and tell the group later what came of them",
        "Facilitate one session and ask for feedback",
        "Use one idea from someone else’s case in my own work",
    ),
    agreement=AgreementTemplate(
        goals=(
            "Each of us names one thing to work on in the group. The group chooses the theme of the next session "
            "at the end of each."
        ),
        cadence=(
            "We meet about every {every} for {minutes}, with a new facilitator each time. With fewer than three "
            "of us the session is moved."
        ),
        channel=(
            "We meet in one room or all by video, so that nobody is half there. One channel serves for dates and "
            "follow-ups and not for the cases themselves."
        ),
        confidentiality=(
            "Cases stay in the group, without names and without hints from which they could be guessed. Whoever "
            "was absent hears a case from the person it belongs to, or not at all."
        ),
        boundaries=(
            "Questions come before advice, everybody speaks before anybody speaks twice, and everybody gets a hot "
            "seat in turn. The group decides by agreement and is nobody’s team meeting."
        ),
        exit=(
            "Anybody may leave the group at any time, without a reason and without blame; a word to the group or "
            "to the coordinator is enough. What they told stays in the group."
        ),
    ),
)
