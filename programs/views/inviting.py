"""Which of two ways somebody goes whom lots have invited to one of them."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from participants.models import User
from programs.catalogue import registry
from programs.errors import ProgramError
from programs.forms.basics import put_error
from programs.forms.inviting import WayForm
from programs.queries.drawing import my_invitation
from programs.services.drawing import follow_invitation


@require_http_methods(["GET", "HEAD", "POST"])
def way(request: HttpRequest, lot: int) -> HttpResponse:
    """Both ways beside each other, the one somebody is in marked. A POST goes the chosen one."""
    user = cast("User", request.user)
    found = my_invitation(user, lot)
    if found is None:
        raise Http404("There is no such page")
    mine, here = found
    tracks = [track for track in (mine.draw.first, mine.draw.second) if track is not None]
    data = request.POST if request.method == "POST" else None
    form = WayForm(data, tracks=tracks, initial={"track": here.track_id})
    if request.method == "POST" and form.is_valid():
        track = next(each for each in tracks if str(each.pk) == form.cleaned_data["track"])
        try:
            follow_invitation(lot=mine, track=track, by=user, now=timezone.now())
        except ProgramError as error:
            put_error(form, error)
        else:
            messages.info(request, f"You are in {track.name}.")
            return redirect("joining:way", lot=mine.pk)
    ways = [(each, registry.get(each.model)) for each in tracks]
    context = {"lot": mine, "here": here, "program": mine.program, "ways": ways, "form": form}
    return render(request, "programs/joining_way.html", context, status=422 if form.errors else 200)
