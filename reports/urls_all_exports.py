"""Behind org/exports/."""

from django.urls import path

from reports.views import exporting

app_name = "all_exports"

urlpatterns = [
    path("", exporting.whole_page, name="page"),
    path("progress/", exporting.whole_progress, name="progress"),
    path("files/<int:pk>/fetch/", exporting.fetch_whole, name="fetch"),
    path("files/<int:pk>/cancel/", exporting.cancel_whole, name="cancel"),
    path("<slug:table>.<str:ending>", exporting.take_whole, name="take"),
]
