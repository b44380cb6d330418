"""Putting every confidential text under the newest key, so that an older one can be thrown away."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models, transaction
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast

from participants.confidential import ConfidentialTextField, Unreadable, renewed


@dataclass(slots=True)
class Count:
    """What became of the texts of one field: how many each, and the keys of the rows nothing here can read."""

    name: str
    renewed: int = 0
    already: int = 0
    unreadable: list[int] = field(default_factory=list)


def confidential_fields() -> Iterator[tuple[type[models.Model], ConfidentialTextField]]:
    """Every encrypted column of the installation."""
    for model in apps.get_models(include_auto_created=True):
        for each in model._meta.local_fields:
            if isinstance(each, ConfidentialTextField):
                yield model, each


def rotate(model: type[models.Model], column: ConfidentialTextField, *, batch: int) -> Count:
    """Put one field's texts under the newest key, `batch` rows a transaction.

    Stopped in between, it goes on where it was: what is under the newest key already is only read. A text that no key
    opens stays as it is and is counted.
    """
    count, last = Count(f"{model._meta.label}.{column.name}"), 0
    while (reached := _rotate_batch(model, column, last, batch, count)) is not None:
        last = reached
    return count


@transaction.atomic
def _rotate_batch(
    model: type[models.Model], column: ConfidentialTextField, after: int, size: int, count: Count
) -> int | None:
    """The key of the last row looked at; None where there was none."""
    # Locked, so that a text saved meanwhile is not overwritten with the one before.
    rows: QuerySet[models.Model] = QuerySet(model).select_for_update().filter(pk__gt=after).order_by("pk")
    # A cast reads the column as it is stored, which the field itself would decrypt.
    found = list(rows.annotate(_stored=Cast(column.name, TextField())).values_list("pk", "_stored")[:size])
    for pk, token in found:
        _renew(model, column, pk, token, count)
    return found[-1][0] if found else None


def _renew(model: type[models.Model], column: ConfidentialTextField, pk: int, token: str | None, count: Count) -> None:
    if not token:
        return
    try:
        new = renewed(token)
    except Unreadable:
        count.unreadable.append(pk)
        return
    if new is None:
        count.already += 1
        return
    QuerySet(model).filter(pk=pk).update(**{column.name: Value(new, output_field=TextField())})
    count.renewed += 1


@transaction.atomic
def rotate_second_factors() -> Count:
    """Put the secrets of second factors under the newest key; there are few, so all at once."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 - its models are read once apps are ready

    count = Count("second factors")
    for each in Authenticator.objects.select_for_update().order_by("pk"):
        name = "secret" if "secret" in each.data else "seed"
        try:
            fresh = renewed(each.data[name])
        except Unreadable:
            count.unreadable.append(each.pk)
            continue
        count.already += fresh is None
        count.renewed += fresh is not None
        if fresh is not None:
            each.data[name] = fresh
            each.save(update_fields=["data"])
    return count
