from django.urls import path

from reports.views import comparing, lots, papers, pricing, program, sharing, standards, waiting

app_name = "reports"

urlpatterns = [
    path("", program.program_overview, name="overview"),
    path("pairs/", program.pairs, name="pairs"),
    path("messages/", program.messages, name="messages"),
    path("reports/", program.outcome_report, name="outcome"),
    path("reports/comparison/", comparing.plan, name="comparison_plan"),
    path("reports/comparison/lots/", lots.lots, name="lots"),
    path("reports/comparison/lots/<int:pk>/undo/", lots.undo, name="undo_draw"),
    path("reports/comparison/change-over/", lots.change, name="change_over"),
    path("reports/comparison/places/", waiting.places, name="places"),
    path("reports/comparison/places/aside/", waiting.aside, name="set_aside"),
    path("reports/comparison/places/<int:pk>/next/", waiting.next_round, name="next_round"),
    path("reports/comparison/<str:kind>/open/", comparing.open_look, name="open_look"),
    path("reports/price/", pricing.price, name="price"),
    path("reports/standards/", standards.standards, name="standards"),
    path("reports/links/", sharing.links, name="links"),
    path("reports/links/<int:pk>/withdraw/", sharing.withdraw, name="withdraw_link"),
    path("reports/outcome.pdf", papers.outcome_pdf, name="pdf"),
    path("reports/outcome.<str:ending>", program.export, name="export"),
]
