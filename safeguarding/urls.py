from django.urls import path

from safeguarding.views import cases, opening, settings

app_name = "safeguarding"

urlpatterns = [
    path("", cases.case_list, name="cases"),
    path("settings/", settings.settings, name="settings"),
    path("case/<str:number>/", cases.case, name="case"),
    path("case/<str:number>/read/", cases.read, name="read_case"),
    path("case/<str:number>/note/", cases.note, name="note"),
    path("case/<str:number>/assign/", cases.assign, name="assign"),
    path("case/<str:number>/close/", cases.close, name="close"),
    path("case/<str:number>/change/", cases.change, name="change"),
    path("case/<str:number>/match/", cases.name_match, name="match"),
    path("case/<str:number>/notes/", opening.open_notes, name="open"),
    path("case/<str:number>/notes/confirm/", opening.confirm, name="confirm"),
    path("case/<str:number>/notes/link/", opening.link_sent, name="link_sent"),
    path("case/<str:number>/notes/<int:pk>/later/", opening.delay, name="delay"),
    path("notes/<int:pk>/", opening.opened, name="opened"),
    path("notes/<int:pk>/read/", opening.read, name="read"),
    path("notes/<int:pk>/end/", opening.end, name="end"),
]
