from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from participants import services
from participants.emails import BadEmail
from participants.lasting import first, lasting, lock_admins, still_has
from participants.models import RoleGrant, User
from participants.permissions import is_admin
from reports.forms import RoleForm
from reports.queries.organisation import people_with_roles, program_lines
from safeguarding.queries import somebody_leads


def admin_view(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For admins, when they come and when what they did is kept; to everybody else the page is not there."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_admin(request.user):
            raise Http404("There is no such page")
        with lasting(request, lambda: _still_admin(request)):
            return view(request, *args, **kwargs)

    return wrapper


def _still_admin(request: HttpRequest) -> bool:
    user: User = request.user  # type: ignore[assignment]  # signed in: LoginRequiredMiddleware
    return still_has(user, [RoleGrant.Role.ADMIN])


@require_safe
@admin_view
def organisation(request: HttpRequest) -> HttpResponse:
    context = {"lines": program_lines(), "nobody_leads": not somebody_leads()}
    return render(request, "reports/organisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_view
def roles(request: HttpRequest) -> HttpResponse:
    form = RoleForm(request.POST or None, initial={"role": RoleGrant.Role.COORDINATOR})
    if request.method == "POST" and form.is_valid():
        by: User = request.user  # type: ignore[assignment]  # signed in: admin_view
        try:
            user = services.give_role(**form.cleaned_data, by=by, now=timezone.now())
        except BadEmail as error:
            form.add_error("email", str(error))
        else:
            messages.info(request, f"{user} can sign in with an e-mail link.")
            return redirect("organisation:roles")
    context = {"form": form, "people": people_with_roles(), "nobody_leads": not somebody_leads()}
    return render(request, "reports/roles.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_role(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own role too: whether one has it is looked at first, behind the lock that takes it away."""
    if not is_admin(request.user):
        raise Http404("There is no such page")
    with first(request, lock_admins, lambda: _still_admin(request)):
        return _revoke(request, pk)


def _revoke(request: HttpRequest, pk: int) -> HttpResponse:
    grant = RoleGrant.objects.select_related("user").filter(pk=pk).first()
    if grant is None:
        raise Http404("There is no such page")
    by: User = request.user  # type: ignore[assignment]  # signed in: LoginRequiredMiddleware
    try:
        services.revoke_role(user=grant.user, role=grant.role, by=by, now=timezone.now())
    except services.LastAdmin as error:
        messages.error(request, str(error))
    return redirect("home" if grant.user_id == by.pk else "organisation:roles")
