"""All writes about surveys: asking, answering, publishing what five or more people said, and changing what is asked."""

from surveys.errors import AlreadySent, BadAnswer, QuestionFixed, SurveyClosed
from surveys.services.answering import answer, ask_for_contact, save_answer, send
from surveys.services.asking import invite, invite_after, mail_due, withdraw, withdraw_of_match
from surveys.services.cutting import cut_links
from surveys.services.designing import add_questions, change_questions, remove_question, set_timing
from surveys.services.pseudonymising import store_sent
from surveys.services.publishing import publish_figures

__all__ = [
    "AlreadySent",
    "BadAnswer",
    "QuestionFixed",
    "SurveyClosed",
    "add_questions",
    "answer",
    "ask_for_contact",
    "change_questions",
    "cut_links",
    "invite",
    "invite_after",
    "mail_due",
    "publish_figures",
    "remove_question",
    "save_answer",
    "send",
    "set_timing",
    "store_sent",
    "withdraw",
    "withdraw_of_match",
]
