"""Behind programs/<slug:slug>/: what coordinators see and set of how people work together."""

from django.urls import path

from sessions.views import agreements, asks, curriculum, slots

app_name = "curriculum"

urlpatterns = [
    path("pairs/agreements/", agreements.signing, name="signing"),
    path("pairs/asks/", asks.figures, name="asks"),
    path("pairs/bookings/", slots.bookings, name="bookings"),
    path("set-up/tracks/<slug:track>/weeks/", curriculum.edit_weeks, name="weeks"),
    path("set-up/tracks/<slug:track>/weeks/<int:number>/", curriculum.edit_week, name="week"),
    path("set-up/tracks/<slug:track>/weeks/<int:number>/do/", curriculum.change_list, name="change_weeks"),
]
