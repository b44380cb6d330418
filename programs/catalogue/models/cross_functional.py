"""Peers of different functions work on a shared problem."""

from programs.catalogue.base import (
    EACH,
    PEER,
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
    LANGUAGE,
    SKILLS,
    different,
    levels_apart_at_most,
    times,
)
from programs.catalogue.working import AgreementTemplate, PreparationField, PreparationForm

MODEL = MentoringModel(
    slug="cross_functional",
    version=2,
    position=60,
    name="Cross-functional peer mentoring",
    short_name="Cross-functional peer",
    one_line="Peers from different functions work on a problem they share.",
    family=Family.PEER,
    shape=Shape.ONE_SIDED,
    direction=Direction.BOTH_WAYS,
    roles=(PEER,),
    words=Words("pair", "pairs", taker=PEER, giver=PEER),
    definition=(
        "Peers from different functions, such as sales and engineering, meet over a problem that neither can "
        "solve alone, and learn how the other side thinks."
    ),
    relationship="Equal and both ways, across functions: two people, and up to six where the problem needs more views.",
    expertise_level="A similar level, but different fields: each is the expert for their own function.",
    focus="Breaking down silos: a shared problem, and an experiment that both functions own.",
    learning_style=(
        "Learning by doing together: mapping a problem, explaining one’s own view in plain words, trying "
        "something small."
    ),
    benefits=(
        "Problems between departments get solved where they arise; people understand how their work lands "
        "elsewhere; new ideas come from outside the field."
    ),
    challenges=(
        "Value stays vague without a real problem, jargon gets in the way, and each function’s calendar comes first."
    ),
    size=Size(least=2, most=6, usual_least=2, usual_most=2),
    months=3,
    sessions=3,
    cadence_days=30,
    session_minutes=60,
    triads=True,
    first_contact=PEER,
    agenda=(
        AgendaItem(10, "Map the problem: where does it start, and where does it hurt?"),
        AgendaItem(20, "Each function’s view in turn, without interruption", EACH),
        AgendaItem(20, "A joint experiment: small enough to do before next time"),
        AgendaItem(10, "Owners: who does what, and who tells whom"),
    ),
    risks=(
        Risk("The value stays vague: interesting talks, no result.", "lack_of_direction"),
        Risk("Jargon: each side understands half.", "limited_expertise"),
    ),
    safeguards=(
        Safeguard("problem_statement", "A problem statement is written before the first session"),
        Safeguard("glossary", "A shared glossary grows from session to session"),
    ),
    recipe=Recipe(
        rules=(
            different("department", "Another department", "must"),
            levels_apart_at_most(1),
            RecipeRule("problem", "overlap", "A shared problem", "problem", "problem", "high", params={"full_at": 1}),
            SKILLS,
            times(60),
            LANGUAGE,
        ),
    ),
    questions=(
        "Which decision of my department makes your work harder?",
        "What do you need from us that we think you already have?",
        "How would we both notice, in three months, that the problem is smaller?",
    ),
    goals=(
        "Run one joint experiment and measure whether handing work over became quicker",
        "Write one page that explains each function’s constraints to the other",
        "Agree on one change to a process that both departments keep",
    ),
    agreement=AgreementTemplate(
        goals=(
            "Each of us writes a problem statement before the first session. We choose one problem that both "
            "functions feel, and say by what we would notice that it has become smaller."
        ),
        cadence=(
            "We meet about every {every} for {minutes}. Between sessions each does the step of the joint "
            "experiment they took on."
        ),
        channel=(
            "We meet where the problem is to be seen if we can, otherwise by video. Notes and the glossary of our "
            "words are kept in one place that all of us can open."
        ),
        confidentiality=(
            "Figures, plans and complaints of the other function stay between us until their owner says that they "
            "may go further. The experiment’s result belongs to all of us."
        ),
        boundaries=(
            "We try small things that we may decide ourselves. Budgets, staff and who is to blame are for others; "
            "we bring them a finding, not a verdict."
        ),
        exit=(
            "Any of us may end this at any time, without a reason and without blame. Whoever goes says what "
            "becomes of the steps they took on; a word to the others or to the coordinator is enough."
        ),
    ),
    preparation=PreparationForm(
        "Problem statements",
        "Which problem do you bring?",
        "Written before the first session, so that it begins with the problem and not with its history.",
        (PEER,),
        (
            PreparationField("problem", "The problem", "What happens, to whom, how often; without an abbreviation"),
            PreparationField("tried", "What I have tried", "Also what did not help"),
            PreparationField("help", "What help I want", "A view, a contact, a figure, somebody to try it with"),
        ),
    ),
)
