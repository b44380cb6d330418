from django.urls import path

from reports.views import across, cohorts, organisation, papers, sharing

app_name = "organisation"

urlpatterns = [
    path("", organisation.organisation, name="programs"),
    path("report/", across.report, name="report"),
    path("report/comparison/", across.comparison, name="comparison"),
    path("report/cohorts/", cohorts.cohorts, name="cohorts"),
    path("report/links/", sharing.all_links, name="links"),
    path("report/links/<int:pk>/withdraw/", sharing.withdraw_of_all, name="withdraw_link"),
    path("report/report.pdf", papers.across_pdf, name="pdf"),
    path("roles/", organisation.roles, name="roles"),
    path("roles/<int:pk>/remove/", organisation.revoke_role, name="revoke_role"),
]
