"""Someone one or two steps ahead, on the same path."""

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
    SKILLS,
    level_gap,
    times,
    years_gap,
)
from programs.catalogue.working import AgreementTemplate

MODEL = MentoringModel(
    slug="near_peer",
    version=2,
    position=30,
    name="Near-peer mentoring",
    short_name="Near-peer",
    one_line="Someone one or two steps ahead on the same path shows the way.",
    family=Family.MENTOR_LED,
    shape=Shape.TWO_SIDED,
    direction=Direction.DOWN,
    roles=(MENTOR, MENTEE),
    words=Words("pair", "pairs"),
    definition=(
        "Someone who was in the mentee’s place a short while ago helps them through it. The mentor remembers what was "
        "hard, and knows what comes next."
    ),
    relationship="Friendly and peer-like, with a small lead: one mentor for one to three mentees.",
    expertise_level="One or two levels, or one to three years, ahead on the same path.",
    focus="Settling in, transitions, exams and the next step: practical questions that are too small for an expert.",
    learning_style=(
        "Learning from someone like oneself: questions and answers, tips, resources, and a role model within reach."
    ),
    benefits=(
        "Advice is fresh and fits; asking feels safe; people see that someone like them has made it. "
        "Near-peers learn to lead, and there are many of them."
    ),
    challenges=(
        "Roles blur between friend and mentor, near-peers reach the limits of what they know, and they may "
        "carry worries that are too heavy for them."
    ),
    size=Size(least=2, most=2, usual_least=2, usual_most=2, mentors_least=1, mentors_most=1),
    months=4,
    sessions=8,
    cadence_days=14,
    session_minutes=45,
    capacity=3,
    capacity_most=3,
    first_contact=MENTOR,
    agenda=(
        AgendaItem(10, "What is coming: the weeks ahead, seen by someone who has been there", MENTOR),
        AgendaItem(20, "Questions: whatever the mentee brings, however small", MENTEE),
        AgendaItem(10, "One tip and one resource", MENTOR),
        AgendaItem(5, "Next: what to try, and when to meet", MENTEE),
    ),
    risks=(
        Risk("Roles blur: friend, helper or mentor?", "one_sided_feedback"),
        Risk("Questions go beyond what a near-peer can know or carry.", "limited_expertise"),
    ),
    safeguards=(
        Safeguard("role_card", "A role card says what a near-peer does, and what not"),
        Safeguard("named_senior", "A named senior person stands behind every near-peer"),
        Safeguard("escalation", "A clear way to hand over what is too heavy"),
    ),
    recipe=Recipe(
        rules=(
            level_gap(least=1, most=2, label="The mentor is one or two levels ahead"),
            years_gap(least=1, most=3, label="The mentor is one to three years ahead"),
            RecipeRule("path", "equal", "On the same path", "path", "path", "must"),
            GOALS,
            SKILLS,
            times(45),
            LANGUAGE,
        ),
    ),
    questions=(
        "What did you imagine differently before you started?",
        "Which question would you not want to ask your manager or teacher?",
        "What did I need at your stage that nobody told me? Shall I start with that?",
    ),
    goals=(
        "Know by the end of the first month whom to ask for what",
        "Pass the next exam or probation review with a plan made together",
        "Meet five people outside my own team",
    ),
    agreement=AgreementTemplate(
        goals=(
            "The mentee says what lies ahead in the coming months and what they want to be ready for. The near- "
            "peer says honestly where their own experience ends."
        ),
        cadence="We meet about every {every} for {minutes}. Small questions need not wait for a session.",
        channel=(
            "We meet by video or in person. For small questions we use one chat of our choice and answer within "
            "two working days."
        ),
        confidentiality=(
            "Questions asked here stay here, the simple ones above all. The near-peer does not tell teachers or "
            "managers what the mentee finds hard."
        ),
        boundaries=(
            "The near-peer shows the way they went themselves; they are no examiner, no counsellor and no "
            "manager. What is too heavy goes to the named senior behind the near-peer, and we say so to each "
            "other."
        ),
        exit=(
            "Either of us may end this at any time, without a reason and without blame; the named senior or the "
            "coordinator finds somebody else. A word is enough."
        ),
    ),
)
