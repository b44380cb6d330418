"""The steps of an import; included under a program's people."""

from django.urls import path

from programs.views import importing

urlpatterns = [
    path("", importing.upload, name="import_upload"),
    path("template.csv", importing.template, {"kind": "csv"}, name="import_template_csv"),
    path("template.xlsx", importing.template, {"kind": "xlsx"}, name="import_template_xlsx"),
    path("<int:pk>/map/", importing.columns, name="import_map"),
    path("<int:pk>/check/", importing.check, name="import_check"),
    path("<int:pk>/left-out.csv", importing.left_out, name="import_left_out"),
    path("<int:pk>/progress/", importing.progress, name="import_progress"),
    path("<int:pk>/done/", importing.done, name="import_done"),
    path("<int:pk>/undo/", importing.undo, name="import_undo"),
    path("<int:pk>/discard/", importing.discard, name="import_discard"),
]
