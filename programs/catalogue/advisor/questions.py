"""What the advisor asks. Every answer may be left open: the rules that ask for it then stay silent."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

CAREER, PROBLEMS, SKILL, ONBOARDING = "career", "problems", "skill", "onboarding"
BELONGING, INSIGHT, SILOS = "belonging", "insight", "silos"
ONE_LEVEL, SEVERAL_LEVELS = "one", "several"
DEPENDENCY, NO_DIRECTION = "dependency", "direction"
ONE_OFF = 0
"""As a duration in months: a single conversation."""

Answer = str | float | bool
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers offered, as a radio button; numbers between the options may be given too."""

    value: Answer
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """`kind`: "choice", "number" or "yesno". `main` questions are asked one a page, the others on one page together."""

    name: str
    text: str
    kind: str
    options: tuple[Option, ...]
    main: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known about the plan; None is an open question.

    seniors: mentors per learner. hours: what one mentor gives in a month. months: 0 is a single conversation.
    learners: how many people are to be mentored.
    """

    goal: str | None = None
    levels: str | None = None
    seniors: float | None = None
    hours: float | None = None
    months: float | None = None
    learners: float | None = None
    expertise: bool | None = None
    collaboration: bool | None = None
    inclusion: bool | None = None
    sensitive: bool | None = None
    zones: bool | None = None
    problem: str | None = None

    def get(self, name: str) -> Answer | None:
        """The answer to the question of this name."""
        answer: Answer | None = asdict(self)[name]
        return answer

    def with_answer(self, name: str, answer: Answer | None) -> "Answers":
        """The same plan with one answer changed."""
        changed: dict[str, Any] = {name: answer}
        return replace(self, **changed)


_YES_NO = (Option(value=True, label="Yes"), Option(value=False, label="No"))

QUESTIONS: tuple[Question, ...] = (
    Question(
        "goal",
        "What should change?",
        "choice",
        (
            Option(CAREER, "People grow in their careers over the long run"),
            Option(PROBLEMS, "People solve current problems and share their skills"),
            Option(SKILL, "People learn a practical skill, with material to follow"),
            Option(ONBOARDING, "New people settle in, or people master a transition"),
            Option(BELONGING, "People of an under-represented group belong and are heard"),
            Option(INSIGHT, "Leaders gain digital or cultural insight"),
            Option(SILOS, "Departments understand each other and work together"),
        ),
        main=True,
    ),
    Question(
        "levels",
        "Who takes part?",
        "choice",
        (
            Option(ONE_LEVEL, "People who are all on one level"),
            Option(SEVERAL_LEVELS, "People on several levels"),
        ),
        main=True,
    ),
    Question(
        "seniors",
        "How many mentors can you find for each learner?",
        "number",
        (
            Option(0.0, "None"),
            Option(0.05, "One for about twenty"),
            Option(0.2, "One for about five"),
            Option(0.5, "One for two"),
            Option(1.0, "One each"),
        ),
        main=True,
        unit="mentors for each learner",
    ),
    Question(
        "hours",
        "How much time does one mentor have in a month?",
        "number",
        (
            Option(0.5, "Half an hour"),
            Option(1.0, "One hour"),
            Option(2.0, "Two hours"),
            Option(4.0, "Four hours or more"),
        ),
        main=True,
        unit="hours a month",
    ),
    Question(
        "months",
        "How long should it last?",
        "number",
        (
            Option(float(ONE_OFF), "One conversation"),
            Option(3.0, "Up to three months"),
            Option(6.0, "About six months"),
            Option(12.0, "A year or longer"),
        ),
        main=True,
        unit="months",
    ),
    Question(
        "learners",
        "How many people are to be mentored?",
        "number",
        (
            Option(6.0, "Fewer than eight"),
            Option(20.0, "8 to 30"),
            Option(60.0, "More than 30"),
        ),
        unit="people",
    ),
    Question("expertise", "Do learners need specialised expertise?", "yesno", _YES_NO),
    Question("collaboration", "Should learners also work together?", "yesno", _YES_NO),
    Question("inclusion", "Is it meant for an under-represented group?", "yesno", _YES_NO),
    Question("sensitive", "Will people talk about sensitive matters?", "yesno", _YES_NO),
    Question("zones", "Are people spread over distant time zones?", "yesno", _YES_NO),
    Question(
        "problem",
        "What went wrong in an earlier program?",
        "choice",
        (
            Option(DEPENDENCY, "Mentees leaned on their mentors too much"),
            Option(NO_DIRECTION, "Nobody knew where it was going"),
        ),
    ),
)
BY_NAME: Mapping[str, Question] = {question.name: question for question in QUESTIONS}


def as_query(answers: Answers) -> dict[str, str]:
    """The answers as parameters of an address, so that a result can be shared; open questions are left out."""
    given = {name: answers.get(name) for name in BY_NAME}
    return {name: _written(answer) for name, answer in given.items() if answer is not None}


def from_query(query: Mapping[str, str]) -> tuple[Answers, dict[str, str]]:
    """Answers from an address, and for each parameter that could not be read what is wrong with it.

    What cannot be read stays open; parameters that are no questions are not looked at.
    """
    read = {name: _read(question, query[name]) for name, question in BY_NAME.items() if query.get(name, "").strip()}
    problems = {
        name: f"“{query[name][:40]}” is no answer to “{BY_NAME[name].text}”"
        for name, answer in read.items()
        if answer is None
    }
    answers = Answers()
    for name, answer in read.items():
        answers = answers.with_answer(name, answer)
    return answers, problems


def _written(answer: Answer) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return f"{answer:g}" if isinstance(answer, float | int) else answer


def _read(question: Question, text: str) -> Answer | None:
    text = text.strip()
    if question.kind == "yesno":
        return {"yes": True, "no": False}.get(text)
    if question.kind == "number":
        return _number(text)
    return text if text in {option.value for option in question.options} else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= _LARGEST else None
