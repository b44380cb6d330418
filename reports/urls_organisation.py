from django.urls import path

from reports.views import across, organisation

app_name = "organisation"

urlpatterns = [
    path("", organisation.organisation, name="programs"),
    path("report/", across.report, name="report"),
    path("report/comparison/", across.comparison, name="comparison"),
    path("roles/", organisation.roles, name="roles"),
    path("roles/<int:pk>/remove/", organisation.revoke_role, name="revoke_role"),
]
