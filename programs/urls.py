from django.urls import include, path

from programs.views import parts, people, programs

app_name = "programs"

urlpatterns = [
    path("", programs.program_list, name="list"),
    path("new/", programs.new, name="new"),
    path("new/models/", programs.new_with_models, name="new_with_models"),
    path("<slug:slug>/set-up/details/", programs.details, name="details"),
    path("<slug:slug>/set-up/coordinators/", programs.coordinators, name="coordinators"),
    path("<slug:slug>/set-up/coordinators/<int:pk>/remove/", programs.remove_coordinator, name="remove_coordinator"),
    path("<slug:slug>/set-up/close/", programs.close, name="close"),
    path("<slug:slug>/set-up/delete/", programs.delete, name="delete"),
    path("<slug:slug>/set-up/tracks/new/", parts.add_track, name="add_track"),
    path("<slug:slug>/set-up/tracks/<slug:track>/", parts.edit_track, name="track"),
    path("<slug:slug>/set-up/tracks/<slug:track>/remove/", parts.remove_track, name="remove_track"),
    path("<slug:slug>/set-up/fields/", parts.fields, name="fields"),
    path("<slug:slug>/set-up/fields/new/", parts.add_field, name="add_field"),
    path("<slug:slug>/set-up/fields/<slug:field>/", parts.edit_field, name="field"),
    path("<slug:slug>/set-up/fields/<slug:field>/change/", parts.change_field_list, name="change_field_list"),
    path("<slug:slug>/", include("programs.urls_enrolling")),
    path("<slug:slug>/people/", people.people, name="people"),
    path("<slug:slug>/people/<int:pk>/", people.person, name="person"),
    path("<slug:slug>/people/<int:pk>/leave/", people.leave, name="leave"),
    path("<slug:slug>/people/import/", include("programs.urls_import")),
    path("<slug:slug>/history/", programs.history, name="history"),
]
