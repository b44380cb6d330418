from django.urls import path

from sessions.views import agreements, calendars, closing, curriculum, goals, matches, me, meetings, preparing, steps

app_name = "sessions"

urlpatterns = [
    path("", me.home, name="home"),
    path("offline/", me.offline, name="offline"),
    path("calendar/", calendars.address, name="calendar"),
    path("match/<int:match_id>/", matches.match, name="match"),
    path("match/<int:match_id>/end/", closing.end, name="end"),
    path("match/<int:match_id>/closing/", closing.closing, name="closing"),
    path("match/<int:match_id>/closing/notes/", closing.notes, name="closing_notes"),
    path("match/<int:match_id>/certificate/", closing.certificate, name="certificate"),
    path("match/<int:match_id>/certificate.pdf", closing.certificate_pdf, name="certificate_pdf"),
    path("match/<int:match_id>/answer/", me.answer, name="answer"),
    path("match/<int:match_id>/session/new/", matches.new, name="new"),
    path("match/<int:match_id>/times/", matches.times, name="times"),
    path("match/<int:match_id>/series/", matches.series, name="series"),
    path("match/<int:match_id>/goals/", goals.goals, name="goals"),
    path("match/<int:match_id>/agreement/", agreements.agreement, name="agreement"),
    path("match/<int:match_id>/agreement/change/", agreements.change, name="change_agreement"),
    path("match/<int:match_id>/agreement/<int:version>/", agreements.version, name="agreement_version"),
    path("match/<int:match_id>/before/", preparing.preparation, name="preparation"),
    path("match/<int:match_id>/steps/", steps.steps, name="steps"),
    path("match/<int:match_id>/weeks/", curriculum.weeks, name="weeks"),
    path("match/<int:match_id>/weeks/<int:number>/", curriculum.tick, name="tick_week"),
    path("step/<int:step_id>/<str:step>/", steps.step, name="step"),
    path("session/<int:session_id>/given/", preparing.given, name="given"),
    path("session/<int:session_id>/", meetings.session, name="session"),
    path("session/<int:session_id>/log/", meetings.log, name="log"),
    path("session/<int:session_id>/undo/", meetings.undo, name="undo"),
    path("session/<int:session_id>/move/", meetings.move, name="move"),
    path("session/<int:session_id>/cancel/", meetings.cancel, name="cancel"),
    path("session/<int:session_id>/note/<str:visibility>/", meetings.note, name="note"),
    path("goal/<int:goal_id>/", goals.goal, name="goal"),
    path("goal/<int:goal_id>/<str:step>/", goals.step, name="goal_step"),
]
