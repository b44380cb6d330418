"""Three to five equals with one learning goal."""

from programs.catalogue.base import (
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
    times,
)
from programs.catalogue.working import AgreementTemplate, WeekTemplate

MODEL = MentoringModel(
    slug="pod",
    version=2,
    position=90,
    name="Peer learning pods",
    short_name="Peer learning pod",
    one_line="Three to five people learn the same thing, week by week, and teach it to each other.",
    family=Family.PEER,
    shape=Shape.GROUPS,
    direction=Direction.MANY_TO_MANY,
    roles=(PEER,),
    words=Words("pod", "pods", taker=PEER, giver=PEER),
    definition=(
        "A small group of equals with the same learning goal works through a plan together: every week each "
        "learns a part and teaches it to the others."
    ),
    relationship="Equal, close and practical; held together by a shared plan and a weekly rhythm.",
    expertise_level="Anyone from beginner to advanced, as long as the goal is shared; a spread of skill helps.",
    focus="One practical skill or subject, learned in eight to twelve weeks with something to show for each week.",
    learning_style=(
        "Learning by teaching: teach-back, feedback, homework, and the gentle pressure of a group that waits "
        "for one’s part."
    ),
    benefits=(
        "Fast progress, company against giving up, hardly any cost, and skills that were explained out loud are kept."
    ),
    challenges=(
        "Without a plan a pod loses its direction, errors can be passed on where no expert looks, and weekly "
        "time is a lot."
    ),
    size=Size(least=3, most=5, usual_least=4, usual_most=5),
    months=3,
    sessions=12,
    cadence_days=7,
    session_minutes=60,
    first_contact=PEER,
    agenda=(
        AgendaItem(10, "Recap: what did we learn last week?"),
        AgendaItem(35, "Teach-back: each explains their part, the others ask"),
        AgendaItem(10, "Feedback: what was clear, what was not?"),
        AgendaItem(5, "Homework: who prepares what"),
    ),
    risks=(
        Risk("Lack of direction: nobody knows what comes next.", "lack_of_direction"),
        Risk("Mistakes go round, since nobody knows better.", "limited_expertise"),
    ),
    safeguards=(
        Safeguard("curriculum", "A curriculum with something to hand in every week"),
        Safeguard("expert_drop_in", "An expert drops in, in week three and in the last week"),
    ),
    recipe=Recipe(
        rules=(
            RecipeRule("goal", "among", "The same learning goal", "skills_wanted", "skills_wanted", "must"),
            times(60),
            RecipeRule(
                "spread",
                "covered",
                "Something to teach each other",
                "skills_wanted",
                "skills_offered",
                "mid",
                instead="overlap",
            ),
            LANGUAGE,
        ),
    ),
    questions=(
        "What do you want to be able to do in twelve weeks that you cannot do today?",
        "What have you tried already, and where did you stop?",
        "What shall we do when someone has not prepared their part?",
    ),
    goals=(
        "Finish the twelve parts of the plan and teach three of them",
        "Build one small thing with the new skill and show it to the pod",
        "Explain the subject to a newcomer in ten minutes",
    ),
    agreement=AgreementTemplate(
        goals=(
            "We share one learning goal and follow the curriculum. Each of us hands in the deliverable of the "
            "week and shows it to the others, finished or not."
        ),
        cadence=(
            "We meet about every {every} for {minutes}. Whoever misses a week catches up on the deliverable and "
            "gets no lecture about it."
        ),
        channel=(
            "We meet by video or in one room. Deliverables are put where all of us can see them the day before, "
            "and questions in between go to the whole pod."
        ),
        confidentiality=(
            "Unfinished work and wrong answers stay in the pod. Nobody shows somebody else’s deliverable outside it."
        ),
        boundaries=(
            "Each does their own work; explaining is helping, doing it for somebody is not. What none of us knows "
            "is kept for the expert’s visit."
        ),
        exit=(
            "Anybody may leave the pod at any time, without a reason and without blame. They say so before the "
            "next session, so that the parts can be shared out again; a word to the pod or to the coordinator is "
            "enough."
        ),
    ),
    curriculum=(
        WeekTemplate("Where we start", "A page on what you can do already and what you want to be able to do"),
        WeekTemplate("The ground", "A summary of the first source in your own words, half a page"),
        WeekTemplate("First attempt", "A small piece of work, and one question for the expert who drops in this week"),
        WeekTemplate("Going deeper", "A worked example with every step explained"),
        WeekTemplate("Teach a part", "Ten minutes of teaching material on a part of the topic that is yours"),
        WeekTemplate("Half-way", "What you know now, against the page of the first week"),
        WeekTemplate("A real case", "The topic applied to something from your own work or studies"),
        WeekTemplate("Review", "Written feedback on the work of one other member"),
        WeekTemplate("Second attempt", "The work of week three again, as you would do it today"),
        WeekTemplate("Show it", "The finished piece, shown to the pod and to the expert who drops in this week"),
    ),
)
