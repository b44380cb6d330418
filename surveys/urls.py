from django.urls import path

from surveys.views import coordinating as views

app_name = "surveys"

urlpatterns = [
    path("surveys/", views.survey_list, name="list"),
    path("surveys/<slug:kind>/", views.survey, name="survey"),
    path("surveys/<slug:kind>/preview/", views.preview, name="preview"),
    path("surveys/<slug:kind>/questions/", views.questions, name="questions"),
    path("surveys/<slug:kind>/add/", views.add_question, name="add_question"),
    path("surveys/<slug:kind>/scale/", views.add_scale, name="add_scale"),
    path("surveys/<slug:kind>/remove/", views.remove_question, name="remove_question"),
    path("surveys/<slug:kind>/times/", views.timing, name="timing"),
    # The pages behind a mail's link stand under /t/<token>/: see urls_token.
]
