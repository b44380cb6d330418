from django.urls import path

from reports.views import program

app_name = "reports"

urlpatterns = [
    path("", program.program_overview, name="overview"),
    path("pairs/", program.pairs, name="pairs"),
    path("messages/", program.messages, name="messages"),
    path("reports/", program.outcome_report, name="outcome"),
    path("reports/outcome.<str:ending>", program.export, name="export"),
]
