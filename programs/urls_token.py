"""Behind t/<str:tok>/: the link that confirms an address and starts an application."""

from django.urls import path

from programs.views import enrolling_public as public

app_name = "join_links"

urlpatterns = [path("join/", public.confirm, name="confirm")]
