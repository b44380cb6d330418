from django.urls import path

from surveys.views import answering as views

app_name = "survey_links"

urlpatterns = [
    path("survey/", views.answer, name="answer"),
    path("survey/<int:n>/", views.question, name="question"),
]
