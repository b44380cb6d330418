"""Behind programs/<slug:slug>/exports/."""

from django.urls import path

from reports.views import exporting

app_name = "exports"

urlpatterns = [
    path("", exporting.page, name="page"),
    path("progress/", exporting.progress, name="progress"),
    path("files/<int:pk>/fetch/", exporting.fetch, name="fetch"),
    path("files/<int:pk>/cancel/", exporting.cancel, name="cancel"),
    path("<slug:table>.<str:ending>", exporting.take_table, name="take"),
]
