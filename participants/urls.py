from django.urls import path

from participants import views

app_name = "participants"

urlpatterns = [
    path("sign-in/link/", views.send_link, name="sign_in_link"),
    path("t/<str:tok>/sign-in/", views.sign_in_by_link, name="sign_in_by_link"),
    path("theme/", views.theme, name="theme"),
    path("me/profile/", views.profile, name="profile"),
]
