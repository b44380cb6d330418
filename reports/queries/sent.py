"""Which messages may be shown to those who run a program."""

from django.db.models import Q, QuerySet

from mail.models import Message
from mail.registry import all_kinds

# Whether a reminder of a survey was still sent says who has answered.
_SAYS_WHO_ANSWERED = "surveys"
# Coordinators count asks and do not read whose they are: these go to whoever has asked.
_SAYS_WHO_ASKED = ("ask-reply", "ask-close")


def shown(messages: QuerySet[Message]) -> QuerySet[Message]:
    """All but those about surveys and to whoever has asked their network; of these, the ones that could not be
    delivered, of which no answer follows."""
    surveys = [kind.slug for kind in all_kinds() if kind.group == _SAYS_WHO_ANSWERED]
    return messages.filter(~Q(kind__in=[*surveys, *_SAYS_WHO_ASKED]) | Q(state=Message.State.FAILED))
