from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants.permissions import is_admin
from safeguarding import queries, services
from safeguarding.access import CaseRequest, settings_view
from safeguarding.forms import WordingForm


@require_http_methods(["GET", "HEAD", "POST"])
@settings_view
def settings(request: CaseRequest) -> HttpResponse:
    """Who reads concerns, and what to do when somebody is in danger; for leads and admins."""
    form = WordingForm(request.POST or None, initial={"emergency": queries.emergency_words()})
    if request.method == "POST" and form.is_valid():
        services.set_emergency_words(words=form.cleaned_data["emergency"], by=request.user, now=timezone.now())
        messages.info(request, "Saved.")
        return redirect("safeguarding:settings")
    context = {"form": form, "leads": queries.leads(), "is_admin": is_admin(request.user)}
    return render(request, "safeguarding/settings.html", context, status=422 if form.errors else 200)
