"""Each is mentor and mentee."""

from programs.catalogue.base import (
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
    SKILLS,
    skill_known,
    times,
)

MODEL = MentoringModel(
    slug="co_mentoring",
    version=2,
    position=70,
    name="Co-mentoring",
    short_name="Co-mentoring",
    one_line="Each teaches the other something, by the clock and as an equal.",
    family=Family.PEER,
    shape=Shape.ONE_SIDED,
    direction=Direction.BOTH_WAYS,
    roles=(PEER,),
    words=Words("pair", "pairs", taker=PEER, giver=PEER),
    definition=(
        "Two people are mentor and mentee to each other at once: each names a topic to teach and a topic to learn, and "
        "every session is split in two halves."
    ),
    relationship="Reciprocal: both give and both take, whatever their ranks, and the balance is kept in sight.",
    expertise_level="Each is ahead of the other in one named topic; overall level does not matter.",
    focus="Exchanging two skills, and learning to teach as well as to learn.",
    learning_style=(
        "Learning by turns: half a session as mentee, half as mentor; explaining is the second way of learning."
    ),
    benefits=(
        "Both have something to offer, so asking is easy; nobody runs up a debt; skills that sit in one head "
        "are shared. It works across ages and ranks."
    ),
    challenges=(
        "A true exchange in both directions is hard to find; one half tends to eat the other; and it can be "
        "unclear who leads when."
    ),
    size=Size(least=2, most=2, usual_least=2, usual_most=2),
    months=6,
    sessions=7,
    cadence_days=25,
    session_minutes=60,
    first_contact=PEER,
    agenda=(
        AgendaItem(25, "First topic: one teaches, the other learns and tries"),
        AgendaItem(5, "What the learner takes along, and practises until next time"),
        AgendaItem(25, "The bell: roles swap, second topic"),
        AgendaItem(5, "What the other takes along, and practises until next time"),
    ),
    risks=(
        Risk("Imbalance: one gives more than they get.", "one_sided_feedback"),
        Risk("Roles blur: nobody leads either half.", "lack_of_direction"),
    ),
    safeguards=(
        Safeguard("two_written_topics", "Two written topics, one for each direction, before the first session"),
        Safeguard("timer", "A timer rings at half-time"),
        Safeguard("give_take_balance", "The balance of giving and taking is shown to both"),
    ),
    recipe=Recipe(
        rules=(
            skill_known("both_ways", "Each offers something the other wants"),
            SKILLS,
            GOALS,
            times(60),
            LANGUAGE,
        ),
        two_way="weaker_total",
    ),
    questions=(
        "What can you do that you would enjoy teaching?",
        "What have you wanted to learn for a year and not begun?",
        "How shall we notice when one of us gets too little out of this?",
    ),
    goals=(
        "Each can do one thing alone at the end that only the other could do before",
        "Each prepares and teaches six short lessons",
        "Each writes one page on their topic that colleagues can use",
    ),
)
