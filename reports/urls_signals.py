"""Behind programs/<slug:slug>/."""

from django.urls import path

from reports.views import signals

app_name = "signals"

urlpatterns = [
    path("pairs/signals/", signals.rules, name="rules"),
    path("pairs/<int:match>/", signals.pair, name="pair"),
    path("pairs/<int:match>/mute/", signals.mute, name="mute"),
]
