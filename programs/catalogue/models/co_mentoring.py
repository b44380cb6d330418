"""Each is mentor and mentee."""

from programs.catalogue.base import (
    FIRST,
    PEER,
    SECOND,
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
from programs.catalogue.working import GIVES_AND_WANTS, AgreementTemplate, PreparationForm

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
        AgendaItem(25, "First topic: one teaches, the other learns and tries", FIRST),
        AgendaItem(5, "What the learner takes along, and practises until next time", SECOND),
        AgendaItem(25, "The bell: roles swap, second topic", SECOND),
        AgendaItem(5, "What the other takes along, and practises until next time", FIRST),
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
    agreement=AgreementTemplate(
        goals=(
            "Each of us names one topic to teach and one to learn. Both are written down before the first "
            "session, and both count the same."
        ),
        cadence=(
            "We meet about every {every} for {minutes}, split in halves; roles swap at half-time, and who teaches "
            "first changes from session to session."
        ),
        channel=(
            "We meet where both topics can be tried and not only talked about. What we practise between sessions "
            "we show to each other, briefly."
        ),
        confidentiality=(
            "What each of us cannot do yet is safe with the other. We speak to others about what we teach, never "
            "about how the other learns."
        ),
        boundaries=(
            "Whoever teaches leads that half, whatever our ranks. We look at the balance of giving and taking "
            "every third session, and say so when it tips."
        ),
        exit=(
            "Either of us may end this at any time, without a reason, without blame and without a debt: what has "
            "been given is not counted up. A word to the other or to the coordinator is enough."
        ),
    ),
    preparation=PreparationForm(
        "What each gives and wants",
        "What do you teach, and what do you want to learn?",
        "Two written topics, one for each direction, keep the halves of your sessions apart.",
        (PEER,),
        GIVES_AND_WANTS,
    ),
    balance=True,
)
