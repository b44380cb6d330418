from django.urls import path

from reports.views import organisation

app_name = "organisation"

urlpatterns = [
    path("", organisation.organisation, name="programs"),
    path("roles/", organisation.roles, name="roles"),
    path("roles/<int:pk>/remove/", organisation.revoke_role, name="revoke_role"),
]
