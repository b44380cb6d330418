"""One short session with an expert."""

from programs.catalogue.base import (
    MENTEE,
    MENTOR,
    AgendaItem,
    Booking,
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
    skill_known,
    times,
)
from programs.catalogue.working import AgreementTemplate, PreparationField, PreparationForm

MODEL = MentoringModel(
    slug="flash",
    version=2,
    position=110,
    name="Flash mentoring",
    short_name="Flash",
    one_line="One session of half an hour with someone who knows, on one question.",
    family=Family.MENTOR_LED,
    shape=Shape.SLOTS,
    direction=Direction.DOWN,
    roles=(MENTOR, MENTEE),
    words=Words("session", "sessions", taker="asker", giver="expert"),
    definition=(
        "Someone with a question meets someone with experience, once, for half an hour. The question is sent "
        "in advance; afterwards both are free, or go on if both want to."
    ),
    relationship="Brief and to the point: expert and asker, no further duty on either side.",
    expertise_level="The expert knows the topic well; level and age do not matter.",
    focus="One question, one decision or one obstacle.",
    learning_style="Learning on the spot: a well-prepared question, an honest answer and one action to take.",
    benefits=(
        "Costs little time, so that busy experts take part; quick help when it is needed; a low step towards a longer "
        "mentoring relationship."
    ),
    challenges=(
        "It stays on the surface, good advice may not be followed through, and popular experts are soon booked out."
    ),
    size=Size(least=2, most=2, usual_least=2, usual_most=2, mentors_least=1, mentors_most=1),
    months=6,
    sessions=1,
    cadence_days=14,
    session_minutes=30,
    capacity=2,
    capacity_most=8,
    rolling=True,
    agenda=(
        AgendaItem(5, "The question, sent in advance: what is it really about?", MENTEE),
        AgendaItem(20, "Answer and talk: experience, options, pitfalls", MENTOR),
        AgendaItem(5, "One action, and whether to go on", MENTEE),
    ),
    risks=(
        Risk("The session stays shallow: general advice for a vague question.", "low_pulse"),
        Risk("Nothing follows: the action is never taken.", "lack_of_direction"),
    ),
    safeguards=(
        Safeguard("preparation_form", "A preparation form asks for the question before a slot can be booked"),
        Safeguard("did_it_help", "After 14 days: “Did it help?”"),
        Safeguard("longer_model", "A way on to a longer model, if both want it"),
    ),
    recipe=Recipe(
        rules=(
            skill_known("topic", "The expert knows the topic"),
            SKILLS,
            times(30, forbids=False),
            LANGUAGE,
        ),
    ),
    questions=(
        "What have you tried so far, and what happened?",
        "What would be a good outcome of this half-hour?",
        "What will you do by the end of the week?",
    ),
    goals=(
        "Leave with one decision made",
        "Know the first three steps towards a new task",
        "Have an honest opinion on one piece of my work",
    ),
    agreement=AgreementTemplate(
        goals="The asker sends one question in advance and leaves with one action. That is all this session has to do.",
        cadence=(
            "We meet once for {minutes}, and begin and end on time. Whoever cannot come says so a day ahead, so "
            "that the time goes to somebody else."
        ),
        channel="We meet as the booking says. There is no duty to answer messages before or after.",
        confidentiality=(
            "The question and what is told about it stay between the two of us. The mentor’s own stories are not "
            "passed on either."
        ),
        boundaries=(
            "The mentor gives an honest opinion from experience; the decision and the work are the asker’s. "
            "References, introductions and a second session are not part of it and may be asked for openly."
        ),
        exit=(
            "Either of us may call it off or stop early, without a reason and without blame. If both want to go "
            "on, a longer match is asked for; nobody is bound to it."
        ),
    ),
    preparation=PreparationForm(
        "The question",
        "What do you want to ask?",
        "Three short answers, sent before you meet, so that the half-hour goes into the answer.",
        (MENTEE,),
        (
            PreparationField("question", "My question", "One sentence, if you can"),
            PreparationField("context", "What I have tried, and what happened"),
            PreparationField("outcome", "What would be a good outcome of the session"),
        ),
    ),
    booking=Booking(monthly_cap=2, notice_hours=24, request_days=5, no_repeat_days=14, follow_up_days=14),
)
