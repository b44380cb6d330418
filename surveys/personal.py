"""What the tables of this app hold about people, who gets it, and when it goes."""

from django.db.models import QuerySet

from participants.models import User
from participants.personal_data import Part, declare
from participants.retention import Rule
from surveys.models import Answer, Invitation, Response
from surveys.services.cutting import cut_links
from surveys.services.erasing import forget_words

_COUNTED = "figures of five people or more are counted from it"
_KEY = "it makes the pseudonyms of a program, and is destroyed when the last survey has been closed for its time"
_CUT = "a pseudonym that leads to nobody once the program's key is destroyed; comparisons are counted from it"

DECLARED = declare(
    {
        "surveys.Survey": {"none": "id program kind name version active"},
        "surveys.Timing": {"none": "id program kind on after_days reminder_days"},
        "surveys.Question": {
            "none": (
                "id survey slug position kind text lowest points options construct source low_label high_label scored"
            ),
        },
        "surveys.Invitation": {
            f"pseudonymous, export, keep: {_COUNTED}": "session match created_at closes_at answered_at cut_at",
            f"pseudonymous, keep: {_COUNTED}": "id survey user with_core early mail_at",
        },
        "surveys.AnswerKey": {
            "none": "id program destroyed_at",
            f"pseudonymous, keep: {_KEY}": "key",
        },
        "surveys.Respondent": {
            f"pseudonymous, keep: {_CUT}": ("id program code sent unit arm arm_by_model chosen chosen_by_model again"),
        },
        "surveys.Response": {
            "personal, export, erase": "contact_me consent",
            f"pseudonymous, export, keep: {_COUNTED}": "submitted_at",
            f"pseudonymous, keep: {_COUNTED}": "id invitation survey respondent about number closed_in",
        },
        "surveys.Answer": {
            "personal, export, erase": "text",
            f"pseudonymous, export, keep: {_COUNTED}": "value",
            f"pseudonymous, keep: {_COUNTED}": "id response question",
        },
        "surveys.Publication": {"none": "id survey as_of people answers figures"},
    }
)


def _invitations(user: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(user=user).select_related("survey__program").order_by("created_at", "pk")


def _what_became_of_it(row: Invitation) -> str:
    """What the file says of answers that are not in it."""
    if row.cut_at is None:
        return "in this file, if you gave any"
    return f"cut from your name on {row.cut_at:%Y-%m-%d}: kept without it, and in no file any more"


def _answers(user: User) -> QuerySet[Answer]:
    mine = Answer.objects.filter(response__invitation__user=user)
    return mine.select_related("question__survey", "response__invitation").order_by("response", "question__position")


PARTS = (
    Part(
        "surveys",
        "What you were asked, and when",
        DECLARED,
        _invitations,
        {
            "survey": lambda row: f"{row.survey.program.name}: {row.survey.name}",
            "number": lambda row: row.pk,
            "your_answers": _what_became_of_it,
        },
    ),
    Part(
        "responses",
        "What you said about contact and the use of your answers",
        DECLARED,
        lambda user: Response.objects.filter(invitation__user=user).order_by("pk"),
        {"survey_number": lambda row: row.invitation_id},
    ),
    Part(
        "answers",
        "What you answered",
        DECLARED,
        _answers,
        {
            "survey_number": lambda row: row.response.invitation_id,
            "question": lambda row: row.question.text,
        },
    ),
)

RULES = (
    Rule("survey_links", "Who gave which answers to a survey", "the survey was closed", 30, 1, 365, cut_links),
    Rule("survey_words", "Words that people wrote in surveys", "the survey was closed", 365, 30, 3650, forget_words),
)
