from django.urls import path

from mentorship.own_data import views

app_name = "privacy"

urlpatterns = [path("privacy/", views.privacy, name="retention")]
