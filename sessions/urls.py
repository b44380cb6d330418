from django.urls import path

from sessions.views import calendars, goals, matches, me, meetings

app_name = "sessions"

urlpatterns = [
    path("", me.home, name="home"),
    path("calendar/", calendars.address, name="calendar"),
    path("match/<int:match_id>/", matches.match, name="match"),
    path("match/<int:match_id>/answer/", me.answer, name="answer"),
    path("match/<int:match_id>/session/new/", matches.new, name="new"),
    path("match/<int:match_id>/goals/", goals.goals, name="goals"),
    path("session/<int:session_id>/", meetings.session, name="session"),
    path("session/<int:session_id>/log/", meetings.log, name="log"),
    path("session/<int:session_id>/undo/", meetings.undo, name="undo"),
    path("session/<int:session_id>/move/", meetings.move, name="move"),
    path("session/<int:session_id>/cancel/", meetings.cancel, name="cancel"),
    path("session/<int:session_id>/note/<str:visibility>/", meetings.note, name="note"),
    path("goal/<int:goal_id>/", goals.goal, name="goal"),
    path("goal/<int:goal_id>/<str:step>/", goals.step, name="goal_step"),
]
