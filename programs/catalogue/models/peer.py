"""Two equals support each other."""

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
    OTHER_STRENGTHS,
    SKILLS,
    levels_apart_at_most,
    times,
)
from programs.catalogue.working import AgreementTemplate

MODEL = MentoringModel(
    slug="peer",
    version=2,
    position=20,
    name="Peer mentoring",
    short_name="Peer",
    one_line="Two equals help each other, and take turns at it.",
    family=Family.PEER,
    shape=Shape.ONE_SIDED,
    direction=Direction.BOTH_WAYS,
    roles=(PEER,),
    words=Words("pair", "pairs", taker=PEER, giver=PEER),
    definition=(
        "Two people on a similar level support each other. Both bring questions and both give help; the roles of asker "
        "and listener change within every session."
    ),
    relationship=(
        "Equal and both ways: neither is senior, and each is responsible for the other’s time as well as their own."
    ),
    expertise_level="Similar: not more than one level apart, with strengths that complement each other.",
    focus="Solving current problems, sharing skills and keeping each other going.",
    learning_style=(
        "Learning together: talking problems through, trying things out, comparing notes and giving feedback as equals."
    ),
    benefits=(
        "Easy to open up to someone in the same position; mutual support against isolation; both practise "
        "listening and giving feedback. It needs no senior people, so there is room for everyone."
    ),
    challenges=(
        "Neither may know the answer, talks can drift into chat, and without a mentor nobody else keeps the direction."
    ),
    size=Size(least=2, most=3, usual_least=2, usual_most=2),
    months=3,
    sessions=6,
    cadence_days=14,
    session_minutes=45,
    triads=True,
    first_contact=PEER,
    agenda=(
        AgendaItem(5, "Check in: what is on your mind?"),
        AgendaItem(15, "First person’s issue: the other listens and asks", FIRST),
        AgendaItem(15, "Second person’s issue: roles swap", SECOND, third="Third person’s issue: roles swap once more"),
        AgendaItem(10, "Commitments: one step each, until next time"),
    ),
    risks=(
        Risk("Expertise is limited: both are stuck at the same point.", "limited_expertise"),
        Risk("Talks drift: pleasant, but nothing follows from them.", "lack_of_direction"),
    ),
    safeguards=(
        Safeguard("facilitation_guide", "A facilitation guide leads through every session"),
        Safeguard("equal_time", "Equal time boxes for both, with a timer"),
        Safeguard("need_an_expert", "A button “need an expert” leads to a flash session with someone who knows"),
    ),
    recipe=Recipe(rules=(levels_apart_at_most(1), SKILLS, OTHER_STRENGTHS, GOALS, times(45), LANGUAGE)),
    questions=(
        "What are you working on right now that you would like to talk through with someone?",
        "What are you good at that people rarely ask you for?",
        "How shall we tell each other when we are drifting?",
    ),
    goals=(
        "Bring one real problem to every session and leave with one thing to try",
        "Give one presentation each, with feedback from the other before and after",
        "Learn one skill that the other has, well enough to use it at work",
    ),
    agreement=AgreementTemplate(
        goals="Each of us names one thing to get better at and writes it on the goals page. Both goals count the same.",
        cadence=(
            "We meet about every {every} for {minutes}, half of the time for each of us. A session that one of us "
            "cannot make is moved, not skipped."
        ),
        channel=(
            "We meet wherever both of us can talk undisturbed. Between sessions a short message is welcome and "
            "never urgent."
        ),
        confidentiality=(
            "What one of us tells stays with the other, also after we have finished. Neither of us passes it on "
            "to colleagues or managers."
        ),
        boundaries=(
            "We are equals: we ask before we advise, and nobody grades the other. Where neither of us knows "
            "enough, we ask for an expert instead of guessing."
        ),
        exit=(
            "Either of us may end this at any time, without a reason and without blame, and is matched again if "
            "they wish. A word to the other or to the coordinator is enough."
        ),
    ),
)
