"""Behind programs/<slug:slug>/."""

from django.urls import path

from sessions.views import closing_all

app_name = "closing"

urlpatterns = [path("closing/", closing_all.everything, name="all")]
