from django.urls import path

from mail import views

app_name = "mail"
urlpatterns = [
    path("t/<str:tok>/mail/", views.preferences, name="preferences"),
    path("t/<str:tok>/unsubscribe/", views.unsubscribe, name="unsubscribe"),
]
