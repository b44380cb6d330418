from django.urls import path

from programs.views import enrolling_coordinating as enrolling

urlpatterns = [
    path("set-up/enrolment/", enrolling.enrolment, name="enrolment"),
    path("set-up/enrolment/<slug:track>/", enrolling.intake, name="intake"),
    path("people/applications/", enrolling.applications, name="applications"),
    path("people/applications/accept/", enrolling.accept, name="accept_applications"),
    path("people/applications/undo/", enrolling.undo, name="undo_applications"),
    path("people/applications/<int:pk>/", enrolling.application, name="application"),
    path("people/wishes/", enrolling.wishes, name="wishes"),
    path("people/wishes/<int:pk>/lift/", enrolling.lift, name="lift_exclusion"),
]
