from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of(request: HttpRequest, rows: QuerySet[Any], *, per_page: int, count: int | None = None) -> Page[Any]:
    """The page the address asks for; anything that is no page of this list is brought to the nearest one. `count` is
    how many rows there are, where that is known already.
    """
    paginator = Paginator(rows, per_page)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get("page", "1")[:6])
