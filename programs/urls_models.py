"""The mentoring models: to read for everybody who is signed in, and to choose from with help."""

from django.urls import path

from programs.views import choosing, models

app_name = "models"

urlpatterns = [
    path("", models.model_list, name="list"),
    path("compare/", models.compare, name="compare"),
    path("question/<slug:name>/", choosing.question, name="question"),
    path("more/", choosing.more, name="more"),
    path("advice/", choosing.advice, name="advice"),
    path("<slug:model>/", models.model, name="model"),
]
