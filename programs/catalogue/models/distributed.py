"""A network of mentors and peers around each person."""

from programs.catalogue.base import (
    MENTEE,
    MENTOR,
    PEER,
    AgendaItem,
    Direction,
    Family,
    MentoringModel,
    Network,
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
    different,
)
from programs.catalogue.working import AgreementTemplate

MODEL = MentoringModel(
    slug="distributed",
    version=2,
    position=120,
    name="Distributed mentoring",
    short_name="Distributed",
    one_line="Each person has several helpers of different kinds, and asks the one who fits.",
    family=Family.PEER,
    shape=Shape.CONSTELLATION,
    direction=Direction.MANY_TO_MANY,
    roles=(MENTOR, MENTEE, PEER),
    words=Words("network", "networks", giver="helper"),
    definition=(
        "Instead of one mentor, each person has a small network: for example a mentor, a near-peer and two "
        "peers. Questions are written down and routed to three to five people who can help."
    ),
    relationship=(
        "A web instead of a pair: several light relationships, some senior, some equal, each for another need."
    ),
    expertise_level="Mixed on purpose: a senior for direction, a near-peer for the next step, peers for the everyday.",
    focus="The right help for each question, whenever it comes up, across places and time zones.",
    learning_style=(
        "Learning by asking: short written questions with context, several answers, and one’s own judgement "
        "between them."
    ),
    benefits=(
        "Nobody depends on one person’s calendar or opinion; load is shared; it works across time zones and "
        "grows with the organisation."
    ),
    challenges=(
        "Too many questions become noise, a few helpers carry most of the load, answers can pile up on one "
        "question, and nobody feels responsible for one person’s path."
    ),
    size=Size(least=4, most=9, usual_least=5, usual_most=5, mentors_least=1, mentors_most=3),
    months=12,
    sessions=12,
    cadence_days=30,
    session_minutes=30,
    capacity=4,
    capacity_most=8,
    rolling=True,
    agenda=(
        AgendaItem(5, "Ask: the context, in a few sentences"),
        AgendaItem(5, "Ask: the question itself"),
        AgendaItem(5, "Ask: what kind of help is wanted"),
        AgendaItem(5, "Reply: a strength seen in what was asked"),
        AgendaItem(5, "Reply: a question back"),
        AgendaItem(5, "Reply: a suggestion"),
    ),
    risks=(
        Risk("Noise: questions reach people who cannot help.", "one_sided_feedback"),
        Risk("Uneven load: the same few always answer.", "overload"),
        Risk("Pile-on: ten answers to one question, none to the next.", "group"),
    ),
    safeguards=(
        Safeguard("moderation", "Asks can be reported, and a moderator looks at them"),
        Safeguard("reply_norms", "Reply norms: a strength, a question, a suggestion"),
        Safeguard(
            "response_time", "Every ask is to be answered within 48 hours; the coordinator sees those that are not"
        ),
        Safeguard("helper_cap", "No helper gets more than two asks a week"),
    ),
    recipe=Recipe(
        rules=(
            SKILLS,
            GOALS,
            LANGUAGE,
            different("department", "Another department", "low"),
            RecipeRule(
                "near_peer",
                "gap",
                "Who counts as a near-peer: one or two levels ahead",
                "level",
                "level",
                "off",
                params={"min_gap": 1, "max_gap": 2, "unit": "level"},
            ),
        ),
    ),
    questions=(
        "Which kinds of help do you already have, and which is missing?",
        "What can others ask you for?",
        "How would you like to be asked: by message, by call, at what time of day?",
    ),
    goals=(
        "Have someone to ask for each of the four things I need most",
        "Ask one good question a month and say what came of the answers",
        "Answer two questions a month within 48 hours",
    ),
    agreement=AgreementTemplate(
        goals=(
            "The person in the middle keeps a short list of what they want to learn, and asks each helper for "
            "what that helper is good at."
        ),
        cadence=(
            "There is no fixed rhythm: an ask is answered within two days, if only by “not me”, and a talk lasts "
            "{minutes} at most. No helper gets more asks in a week than the program allows."
        ),
        channel=(
            "Asks and replies go through the program, so that nobody is asked twice for the same thing. Talks are "
            "by video or telephone, as the two agree."
        ),
        confidentiality=(
            "An ask is read by those it is sent to and by nobody else. What is told in a talk stays between the "
            "two, also towards the other helpers."
        ),
        boundaries=(
            "An ask says the context, the question and the help that is wanted; a reply names a strength, asks a "
            "question and makes a suggestion. Helpers may say no to any ask without explaining."
        ),
        exit=(
            "Each helper may step back, and the person in the middle may let a helper go, at any time, without a "
            "reason and without blame. The network goes on; a word to the coordinator is enough."
        ),
    ),
    network=Network(
        mix={"mentor": 1, "near_peer": 1, "peer": 2}, weekly_cap=2, answer_hours=48, routed_least=3, routed_most=5
    ),
)
