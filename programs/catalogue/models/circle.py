"""One or two mentors with a group of mentees."""

from programs.catalogue.base import (
    MENTEE,
    MENTOR,
    AgendaItem,
    Direction,
    Family,
    MentoringModel,
    Recipe,
    RecipeRule,
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
    times,
)
from programs.catalogue.working import AgreementTemplate

MODEL = MentoringModel(
    slug="circle",
    version=2,
    position=100,
    name="Mentoring circles",
    short_name="Mentoring circle",
    one_line="One or two mentors meet six to eight mentees around a shared theme.",
    family=Family.MENTOR_LED,
    shape=Shape.GROUPS,
    direction=Direction.MANY_TO_MANY,
    roles=(MENTOR, MENTEE),
    words=Words("circle", "circles"),
    definition=(
        "One or two mentors and a group of six to eight mentees meet once a month around a theme. Mentees "
        "learn from the mentors and just as much from each other."
    ),
    relationship="One to many and many to many: the mentors hold the frame, the mentees take the chair in turn.",
    expertise_level="Mentors have experience with the theme; mentees may come from different levels and units.",
    focus="A shared theme, such as leading for the first time or finding one’s place, and a network around it.",
    learning_style="Learning in a circle: rounds, input from the mentors, peer consultation, and a plan for each.",
    benefits=(
        "A few mentors reach many people; mentees hear several voices and find allies; belonging grows, which"
        " helps those who are few of their kind."
    ),
    challenges=(
        "Less time for one person’s own questions, quiet members are overlooked, mentors fall into lecturing,"
        " and dates for ten are hard to find."
    ),
    size=Size(least=4, most=10, usual_least=7, usual_most=10, mentors_least=1, mentors_most=2),
    months=6,
    sessions=6,
    cadence_days=30,
    session_minutes=90,
    capacity=8,
    capacity_most=8,
    first_contact=MENTOR,
    agenda=(
        AgendaItem(20, "Learning round: what did everyone try, and learn, since last time?"),
        AgendaItem(30, "The theme: a short input from a mentor, then talk", MENTOR),
        AgendaItem(25, "Peer consultation: one mentee’s case, the circle advises", MENTEE),
        AgendaItem(15, "Plan: one step each, and who takes the chair next"),
    ),
    risks=(
        Risk("A mentor takes over, and the circle becomes a lecture.", "dominance"),
        Risk("Quiet members fall silent, then stay away.", "group"),
    ),
    safeguards=(
        Safeguard("facilitator_role", "The mentors’ role is to facilitate; it is written down and trained"),
        Safeguard("mentees_chair", "Mentees take the chair in turn"),
        Safeguard("attendance_watch", "Attendance is watched, and whoever misses two sessions is asked how they are"),
    ),
    recipe=Recipe(
        rules=(
            RecipeRule("theme", "among", "A shared theme", "goal", "goal", "must"),
            GOALS,
            times(90, forbids=False),
            LANGUAGE,
            different("department", "Another department", "low"),
        ),
    ),
    questions=(
        "What brings you to this theme now?",
        "When were you last in a group in which you could say what you thought? What made it so?",
        "Which case of your own would you like to hear this circle’s advice on?",
    ),
    goals=(
        "Take the chair once and bring one case of my own",
        "Try one idea from the circle every month and report on it",
        "Find two people in the circle whom I would ask for advice afterwards",
    ),
    agreement=AgreementTemplate(
        goals=(
            "Each mentee brings one thing they want to change by the end. The circle chooses its themes in the "
            "first session and may change them later."
        ),
        cadence=(
            "We meet about every {every} for {minutes}. Mentees take the chair in turn; whoever cannot come tells "
            "the chair."
        ),
        channel=(
            "We meet in a circle, in one room or all by video. One channel serves for dates and materials; what "
            "is personal is said in the session."
        ),
        confidentiality=(
            "What is said in the circle stays in the circle: lessons may leave, names and stories may not. "
            "Mentors do not speak with anybody’s manager about what they hear."
        ),
        boundaries=(
            "Mentors facilitate and offer experience, they do not lecture or assess. We listen to the end, speak "
            "for ourselves, may pass on any question, and see to it that the quiet are heard."
        ),
        exit=(
            "Anybody may leave the circle at any time, without a reason and without blame, mentors too; a word to "
            "the circle or to the coordinator is enough."
        ),
    ),
)
