"""Behind t/<str:tok>/."""

from django.urls import path

from reports.views.sharing import shared

app_name = "report_links"

urlpatterns = [path("report/", shared, name="report")]
