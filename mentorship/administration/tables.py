"""What superusers look after: accounts that are shut, lost second factors, and what the machinery says of itself.

Nothing that people wrote, answered, were matched by or are reported for stands here, nor their names.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from mail.models import Heartbeat, Hold, Tick
from mentorship.administration.site import site
from participants.models import RetentionChoice, User
from participants.services import record

if TYPE_CHECKING:
    Only = admin.ModelAdmin[Any]
else:
    Only = admin.ModelAdmin


class Table(Only):
    """Nothing can be added; who changed what goes into the record of who did what, and not into Django's own log."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> None:  # type: ignore[override]  # it goes elsewhere
        self._record(request, "maintenance: changed", obj)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Model]) -> None:  # type: ignore[override]  # as above
        for obj in queryset:
            self._record(request, "maintenance: deleted", obj)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: object = None) -> HttpResponse:
        raise Http404("The history stands in the record of who did what")

    def _record(self, request: HttpRequest, verb: str, obj: Model) -> None:
        by: User = request.user  # type: ignore[assignment]  # the site lets nobody else in
        record(by=by, verb=verb, now=timezone.now(), subject=obj, table=obj._meta.label)


@admin.register(User, site=site)
class Accounts(Table):
    """An account is shut or opened again, and made a superuser or one no more. What is in it is nobody's business."""

    list_display = ("email", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email",)
    fields = ("email", "is_active", "is_staff", "is_superuser", "last_login")
    readonly_fields = ("email", "last_login")
    ordering = ("email",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return not (isinstance(obj, User) and obj.erased_at)

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:  # noqa: FBT001  # Django's signature
        obj.save(update_fields=form.changed_data)


@admin.register(Authenticator, site=site)
class SecondFactors(Table):
    """Deleted for somebody who has lost theirs."""

    list_display = ("user_id", "type", "created_at", "last_used_at")
    fields = readonly_fields = ("user_id", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True


@admin.register(Tick, site=site)
class Ticks(Table):
    list_display = fields = ("name", "slot")


@admin.register(Heartbeat, site=site)
class Heartbeats(Table):
    list_display = fields = ("component", "at")


@admin.register(Hold, site=site)
class Holds(Table):
    list_display = fields = ("since",)


@admin.register(RetentionChoice, site=site)
class Retentions(Table):
    list_display = fields = ("key", "days")


# With everything above registered.
urls = site.urls
