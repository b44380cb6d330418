"""Behind t/<str:tok>/: one person, one session (or the calendar of them all), no sign-in."""

from django.urls import path

from sessions.views import asks, calendars, links, slots

app_name = "session_links"

urlpatterns = [
    path("session/", links.session, name="session"),
    path("session/move/", links.move, name="move"),
    path("session/saved/", links.saved, name="saved"),
    path("session/undo/", links.undo, name="undo"),
    path("time/", links.time, name="time"),
    path("ask/", asks.link, name="ask"),
    path("slot/", slots.answer, name="slot"),
    path("review/", slots.review, name="review"),
    path("calendar.ics", calendars.feed, name="feed"),
]
