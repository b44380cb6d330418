from django.urls import path

from surveys import views

app_name = "surveys"

urlpatterns = [
    path("surveys/", views.survey_list, name="list"),
    path("surveys/questions/", views.questions, name="questions"),
    # The page behind a mail's link stands under /t/<token>/: see urls_token.
]
