from django.urls import path

from safeguarding.views import concerns

app_name = "concern"

urlpatterns = [
    path("", concerns.report, name="report"),
    path("<str:receipt>/", concerns.receipt, name="receipt"),
]
