"""A senior person guides a junior one."""

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
    GOALS,
    LANGUAGE,
    SKILLS,
    different,
    level_gap,
    times,
    years_gap,
)
from programs.catalogue.working import AgreementTemplate

MODEL = MentoringModel(
    slug="traditional",
    version=2,
    position=10,
    name="Traditional mentoring",
    short_name="Traditional",
    one_line="An experienced person guides one mentee over several months.",
    family=Family.MENTOR_LED,
    shape=Shape.TWO_SIDED,
    direction=Direction.DOWN,
    roles=(MENTOR, MENTEE),
    words=Words("pair", "pairs"),
    definition=(
        "A more experienced person guides a less experienced one, one to one, over an agreed time. The mentor shares "
        "knowledge, opens doors and asks questions; the mentee sets the topics and does the work."
    ),
    relationship=(
        "Hierarchical and directive: a senior mentor and a junior mentee, outside the line of management. Trust grows "
        "over months."
    ),
    expertise_level=(
        "The mentor is clearly ahead: at least two levels, or five years in what the mentee wants to learn."
    ),
    focus="Long-term career growth: direction, decisions, confidence, and knowing how the organisation works.",
    learning_style=(
        "Learning from experience: advice, stories, feedback and being shown the ropes, with questions from both sides."
    ),
    benefits=(
        "Expert guidance for one person’s own path, access to networks and sponsors, and a steady "
        "relationship. Mentors gain practice in leading and hear how the organisation looks from below."
    ),
    challenges=(
        "A gap in power can make mentees cautious. Mentees may come to depend on their mentor, busy mentors "
        "are hard to reach, and there are never enough of them."
    ),
    size=Size(least=2, most=2, usual_least=2, usual_most=2, mentors_least=1, mentors_most=1),
    months=6,
    sessions=10,
    cadence_days=18,
    session_minutes=60,
    capacity=2,
    capacity_most=4,
    agenda=(
        AgendaItem(5, "Check in: how are you both today?"),
        AgendaItem(10, "Last steps: what was tried since last time, and what came of it?", MENTEE),
        AgendaItem(30, "The mentee’s topic: the mentor listens, asks and shares experience", MENTEE),
        AgendaItem(10, "Options: at least three ways forward, found together"),
        AgendaItem(5, "Next step: what the mentee will do, and by when", MENTEE),
    ),
    risks=(
        Risk("The difference in power keeps the mentee from saying what matters.", "dominance"),
        Risk("The mentee asks the mentor to decide, and grows dependent.", "dependency"),
        Risk("The two lose touch: messages wait, meetings move.", "gone_quiet"),
    ),
    safeguards=(
        Safeguard("boundary_agreement", "A boundary agreement says what the mentor is for, and what not"),
        Safeguard("mentee_sets_agenda", "The mentee sets the agenda of every session"),
        Safeguard("end_date", "An end date is agreed at the start; going on is a decision, not a habit"),
        Safeguard(
            "talk_balance", "After a session the mentee taps who talked most; a pattern is shown to the coordinator"
        ),
        Safeguard("autonomy_check", "After three months the mentee is asked how well they now decide for themselves"),
    ),
    recipe=Recipe(
        rules=(
            level_gap(least=2, label="The mentor is at least two levels ahead"),
            years_gap(least=5, label="The mentor has at least five years more experience"),
            SKILLS,
            GOALS,
            times(60),
            LANGUAGE,
            different("department", "Another department", "low"),
        ),
    ),
    questions=(
        "What would have to happen in the next six months for you to say that this was worth your time?",
        "What has helped you most in your work so far, and who gave it to you?",
        "What may I say openly to you, and what should stay outside our conversations?",
    ),
    goals=(
        "Apply for one post a level up, with two people who support the application",
        "Lead one project meeting a month and ask for feedback after each",
        "Decide by the end of the program between the expert’s and the manager’s path",
    ),
    agreement=AgreementTemplate(
        goals=(
            "The mentee names one to three goals in the first two sessions, writes them on the goals page and "
            "sets the agenda of every session. The mentor helps to sharpen the goals and has none of their own "
            "for the mentee."
        ),
        cadence=(
            "We meet about every {every} for {minutes}. Whoever cannot come says so the day before and proposes "
            "another time."
        ),
        channel=(
            "We meet by video or in person, as agreed with each session. Between sessions we write short "
            "messages; an answer within three working days is soon enough."
        ),
        confidentiality=(
            "What we say stays between us. The mentor does not speak about the mentee to their manager, neither "
            "in praise nor in worry."
        ),
        boundaries=(
            "The mentor listens, asks and shares experience. A post, a rise, doing the mentee’s work, or advice "
            "on health, law or money is not part of it. The decisions are the mentee’s."
        ),
        exit=(
            "Either of us may end this at any time, without a reason and without blame: a word to the other or to "
            "the coordinator is enough. Going on after the end date is a decision, not a habit."
        ),
    ),
)
