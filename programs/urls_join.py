"""Pages anybody may see: what a program offers, and how to apply."""

from django.urls import path

from programs.views import enrolling_public as public

app_name = "join"

urlpatterns = [
    path("<slug:slug>/", public.program, name="program"),
    path("<slug:slug>/apply/", public.apply, name="apply"),
]
