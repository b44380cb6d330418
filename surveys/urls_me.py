from django.urls import path

from surveys.views import answering as views

app_name = "own_surveys"

urlpatterns = [path("surveys/", views.mine, name="mine")]
