"""Behind me/: one's own applications and wishes."""

from django.urls import path

from programs.views import enrolling_mine as mine
from programs.views import enrolling_wishing as wishing
from programs.views import inviting

app_name = "joining"

urlpatterns = [
    path("application/<int:pk>/", mine.sent, name="sent"),
    path("application/<int:pk>/<int:step>/", mine.step, name="step"),
    path("application/<int:pk>/check/", mine.check, name="check"),
    path("application/<int:pk>/withdraw/", mine.withdraw, name="withdraw"),
    path("application/<int:pk>/orientation/", mine.orientation, name="orientation"),
    path("way/<int:lot>/", inviting.way, name="way"),
    path("wishes/<int:enrolment>/", wishing.wishes, name="wishes"),
    path("apart/<slug:slug>/", wishing.apart, name="apart"),
    path("apart/<slug:slug>/<int:pk>/remove/", wishing.remove, name="remove"),
]
