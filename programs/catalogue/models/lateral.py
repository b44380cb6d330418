"""The same level, another team."""

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
    different,
    levels_apart_at_most,
    no_rivals,
    times,
)
from programs.catalogue.working import AgreementTemplate

MODEL = MentoringModel(
    slug="lateral",
    version=2,
    position=50,
    name="Lateral mentoring",
    short_name="Lateral",
    one_line="People of the same level in different teams see their work through each other’s eyes.",
    family=Family.PEER,
    shape=Shape.ONE_SIDED,
    direction=Direction.BOTH_WAYS,
    roles=(PEER,),
    words=Words("pair", "pairs", taker=PEER, giver=PEER),
    definition=(
        "People who hold the same kind of post in different teams advise each other: team leaders with team leaders, "
        "teachers with teachers. Each sees their own job from outside."
    ),
    relationship="Equal and collegial, across teams: two people, or three.",
    expertise_level="The same level, with experience from another team.",
    focus="Doing the present job better, wider networks, and fewer walls between teams.",
    learning_style="Learning by comparison: seeing how it is done over there, and choosing what to take home.",
    benefits=(
        "Advice from someone who knows the job but not the quarrels; useful contacts; good practice travels. "
        "Managers find the equals they lack in their own team."
    ),
    challenges=(
        "Two people of one level may compete for the next post, teams’ secrets have to stay theirs, and "
        "without an open question it stays at small talk."
    ),
    size=Size(least=2, most=3, usual_least=2, usual_most=2),
    months=4,
    sessions=4,
    cadence_days=30,
    session_minutes=45,
    triads=True,
    first_contact=PEER,
    agenda=(
        AgendaItem(10, "Context swap: what is going on in each team"),
        AgendaItem(15, "First person’s question", FIRST),
        AgendaItem(15, "Second person’s question", SECOND, third="Third person’s question"),
        AgendaItem(5, "Connections: whom should each meet?"),
    ),
    risks=(
        Risk("Rivalry: both want the same post.", "one_sided_feedback"),
        Risk("Confidences about a team travel to the other.", "safeguarding"),
    ),
    safeguards=(
        Safeguard("conflict_check", "A conflict check before the match: nobody is paired with a rival for a post"),
        Safeguard("confidentiality_agreement", "A confidentiality agreement covers both teams’ affairs"),
    ),
    recipe=Recipe(
        rules=(
            levels_apart_at_most(0),
            different("team", "Another team", "must"),
            no_rivals("post_aimed_at", "Not after the same post"),
            SKILLS,
            GOALS,
            times(45),
            LANGUAGE,
        ),
    ),
    questions=(
        "What does your team do better than mine, as far as you know?",
        "Which part of your job would you hand over if you could?",
        "What about our teams stays between us?",
    ),
    goals=(
        "Take over one practice from the other team and tell them what came of it",
        "Introduce each other to three people worth knowing",
        "Sit in on one of the other’s team meetings and say what stood out",
    ),
    agreement=AgreementTemplate(
        goals=(
            "Each of us names one question on which a view from another team would help, and one contact they "
            "would like to make."
        ),
        cadence="We meet about every {every} for {minutes}, with equal time for each question.",
        channel="We meet by video or over a coffee, away from both teams’ rooms.",
        confidentiality=(
            "What we hear about the other’s team, plans and people stays with us. Papers are shown and not passed "
            "on, and neither of us uses what was said in a dispute between teams."
        ),
        boundaries=(
            "We compare how we work; we do not negotiate for our teams. If one of us applies for a post that the "
            "other wants too, we say so and pause."
        ),
        exit=(
            "Either of us may end this at any time, without a reason and without blame, also because our teams "
            "have come into conflict. A word to the other or to the coordinator is enough."
        ),
    ),
)
