from django.urls import path

from mentorship.own_data import views

app_name = "own_data"

urlpatterns = [
    path("me/data/", views.own_data, name="page"),
    path("me/data/file/", views.ask, name="ask"),
    path("me/data/file/progress/", views.progress, name="progress"),
    path("me/data/file/<int:pk>/", views.file, name="file"),
    path("me/data/pause/", views.pause, name="pause"),
    path("me/data/pause/end/", views.resume, name="resume"),
    path("me/data/erase/", views.erase, name="erase"),
    path("me/data/erase/confirm/", views.confirm, name="confirm"),
    path("me/data/erase/link/", views.link_sent, name="link_sent"),
    path("erased/", views.erased, name="erased"),
]
