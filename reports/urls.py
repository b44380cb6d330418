from django.urls import path

from reports.views import comparing, program

app_name = "reports"

urlpatterns = [
    path("", program.program_overview, name="overview"),
    path("pairs/", program.pairs, name="pairs"),
    path("messages/", program.messages, name="messages"),
    path("reports/", program.outcome_report, name="outcome"),
    path("reports/comparison/", comparing.plan, name="comparison_plan"),
    path("reports/comparison/<str:kind>/open/", comparing.open_look, name="open_look"),
    path("reports/outcome.<str:ending>", program.export, name="export"),
]
