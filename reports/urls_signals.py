"""Behind programs/<slug:slug>/."""

from django.urls import path

from reports.views import asks, signals

app_name = "signals"

urlpatterns = [
    path("pairs/signals/", signals.rules, name="rules"),
    path("pairs/asks/signals/", asks.asks, name="asks"),
    path("pairs/<int:match>/", signals.pair, name="pair"),
    path("pairs/<int:match>/mute/", signals.mute, name="mute"),
]
