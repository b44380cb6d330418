"""Which programs a choice of models can go to, or be copied from."""

from django.db.models import QuerySet

from participants.models import User
from participants.permissions import is_admin
from programs.models import Program


def programs_to_change(user: User) -> QuerySet[Program]:
    """The programs this person runs and may still change, newest first."""
    return Program.objects.filter(coordinators__user=user).exclude(state=Program.State.CLOSED)


def programs_to_copy(user: User) -> QuerySet[Program]:
    """The programs whose set-up this person may read, closed ones too, newest first."""
    return Program.objects.all() if is_admin(user) else Program.objects.filter(coordinators__user=user)
