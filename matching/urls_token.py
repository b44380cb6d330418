"""Behind t/<str:tok>/: one person, one offer, no sign-in."""

from django.urls import path

from matching.views import offers

app_name = "match_links"

urlpatterns = [path("match/", offers.offer, name="offer")]
