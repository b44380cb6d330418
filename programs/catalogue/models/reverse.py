"""A junior person teaches a senior one."""

from programs.catalogue.base import (
    MENTEE,
    MENTOR,
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
    LANGUAGE,
    SKILLS,
    different,
    level_gap,
    skill_known,
    times,
)
from programs.catalogue.working import GIVES_AND_WANTS, AgreementTemplate, PreparationForm

MODEL = MentoringModel(
    slug="reverse",
    version=2,
    position=40,
    name="Reverse mentoring",
    short_name="Reverse",
    one_line="A junior person mentors a senior one on a topic the junior knows better.",
    family=Family.MENTOR_LED,
    shape=Shape.TWO_SIDED,
    direction=Direction.UP,
    roles=(MENTOR, MENTEE),
    words=Words("pair", "pairs", taker="senior", giver="junior"),
    definition=(
        "A junior person mentors a senior one on a named topic, such as digital tools, new ways of working or the "
        "experience of a group that leaders seldom hear from."
    ),
    relationship=(
        "The hierarchy is turned round: the junior leads the sessions, the senior learns. The senior makes "
        "first contact, so that the junior need not."
    ),
    expertise_level=(
        "The junior knows more about the topic; the senior stands at least two levels higher, in another "
        "reporting line."
    ),
    focus="Digital and cultural insight for leaders, and a voice for people early in their careers.",
    learning_style=(
        "Learning by being shown: demonstrations, trying things out, honest answers and reflection on one’s own habits."
    ),
    benefits=(
        "Leaders keep up and hear what does not reach them otherwise; juniors gain visibility, confidence and"
        " insight into decisions. Both learn to work across age and rank."
    ),
    challenges=(
        "Rank does not vanish: juniors may hold back, seniors may take over, a junior may be made to speak for a whole "
        "group, and candour must never be paid for later."
    ),
    size=Size(least=2, most=2, usual_least=2, usual_most=2, mentors_least=1, mentors_most=1),
    months=6,
    sessions=6,
    cadence_days=30,
    session_minutes=45,
    agenda=(
        AgendaItem(10, "The topic, set by the junior: why it matters", MENTOR),
        AgendaItem(20, "Show and try: the senior has their hands on it", MENTOR),
        AgendaItem(10, "Reflection: what surprised the senior?", MENTEE),
        AgendaItem(5, "What changes: one thing the senior will do differently", MENTEE),
    ),
    risks=(
        Risk("Rank takes over: the senior talks, the junior nods.", "dominance"),
        Risk("Tokenism: the junior is asked to speak for a whole group.", "one_sided_feedback"),
        Risk("Retaliation: what was said in candour is held against the junior.", "safeguarding"),
    ),
    safeguards=(
        Safeguard("sponsor", "A sponsor at the top stands behind the program by name"),
        Safeguard("no_appraisal_use", "Nothing from the sessions may be used in an appraisal"),
        Safeguard("free_exit", "The junior may end the match without giving a reason"),
        Safeguard("senior_contacts_first", "The senior makes first contact"),
    ),
    recipe=Recipe(
        rules=(
            level_gap(most=-2, label="The mentor is at least two levels below"),
            skill_known("topic", "The junior knows a topic the senior wants"),
            SKILLS,
            times(45),
            LANGUAGE,
            different("department", "Another department", "mid"),
        ),
    ),
    questions=(
        "What do people in your position take for granted that people in mine do not see?",
        "Which tool or habit of mine would you most like to change?",
        "What has to be true for you to be able to disagree with me here?",
    ),
    goals=(
        "The senior uses one new tool every week without help",
        "The senior changes one meeting so that early-career people are heard in it",
        "The junior presents the topic once to the senior’s own team",
    ),
    agreement=AgreementTemplate(
        goals=(
            "The junior names the topic to teach and the senior says what they want to be able to do with it. "
            "Both stand above our sessions, and the senior tells what has changed at the end."
        ),
        cadence=(
            "We meet about every {every} for {minutes}. The senior makes first contact and keeps the dates; a "
            "session with the junior is moved only for what would also move one with the board."
        ),
        channel=(
            "We meet where the junior can show things hands-on, not across the senior’s desk. Between sessions "
            "both may write, and both are answered."
        ),
        confidentiality=(
            "What either of us says or does not know stays between us. Nothing from the sessions is used in an "
            "appraisal, a reference or a decision about a post."
        ),
        boundaries=(
            "In these sessions the junior leads and the senior learns. The junior is not asked to speak for a "
            "whole generation or group, and is given no work to do."
        ),
        exit=(
            "The junior may end this at any time without giving a reason, and so may the senior. It has no "
            "consequences for either; a word to the coordinator or the sponsor is enough."
        ),
    ),
    preparation=PreparationForm(
        "What each gives and wants",
        "What do you teach, and what do you want to learn?",
        "The junior names the topic; what the senior gives in return may stay empty.",
        (MENTOR, MENTEE),
        GIVES_AND_WANTS,
    ),
    balance=True,
)
