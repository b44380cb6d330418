from django.urls import path

from surveys import views

app_name = "own_surveys"

urlpatterns = [path("surveys/", views.mine, name="mine")]
