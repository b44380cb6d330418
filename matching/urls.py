"""Behind programs/<slug:slug>/."""

from django.urls import path

from matching.views import board, compare, endings, people, placing, proposals, rules, waiting, whatif

app_name = "matching"

urlpatterns = [
    path("matching/", proposals.proposals, name="proposals"),
    path("matching/rules/<slug:track>/", rules.plan, name="rules"),
    path("matching/rules/<slug:track>/new/", rules.add_rule, name="add_rule"),
    path("matching/rules/<slug:track>/<int:pk>/", rules.rule, name="rule"),
    path("matching/rules/<slug:track>/<int:pk>/do/", rules.change_list, name="change_rules"),
    path("matching/compare/", compare.compare, name="compare"),
    path("matching/over/", endings.over, name="over"),
    path("matching/match/<int:match>/", endings.match, name="match"),
    path("matching/match/<int:match>/end/", endings.end, name="end"),
    path("matching/waiting/<slug:track>/", waiting.waiting, name="waiting"),
    path("matching/waiting/<slug:track>/offer/", waiting.offer, name="offer_late"),
    path("matching/<int:number>/", board.proposal, name="proposal"),
    path("matching/<int:number>/progress/", board.progress, name="progress"),
    path("matching/<int:number>/why/<int:match>/", board.why, name="why"),
    path("matching/<int:number>/lock/<int:match>/", board.lock, name="lock"),
    path("matching/<int:number>/swap/<int:one>/<int:other>/", board.swap, name="swap"),
    path("matching/<int:number>/for/<int:person>/", people.person, name="person"),
    path("matching/<int:number>/place/<int:person>/", placing.place, name="place"),
    path("matching/<int:number>/places/<int:person>/", people.more_places, name="more_places"),
    path("matching/<int:number>/what-if/", whatif.what_if, name="what_if"),
    path("matching/<int:number>/undo/", board.undo, name="undo"),
    path("matching/<int:number>/redo/", board.redo, name="redo"),
    path("matching/<int:number>/again/", proposals.again, name="again"),
    path("matching/<int:number>/discard/", proposals.discard, name="discard"),
    path("matching/<int:number>/publish/", proposals.publish, name="publish"),
    path("matching/<int:number>/answer/<int:seat>/", board.answer, name="answer"),
    path("matching/<int:number>/withdraw/<int:match>/", board.withdraw, name="withdraw"),
]
