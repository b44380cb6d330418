"""The site with the maintenance pages, as with ADMIN_PATH=inner-door."""

from django.urls import path

from mentorship.administration.tables import urls
from mentorship.urls import urlpatterns as usual

urlpatterns = [path("inner-door/", urls), *usual]
