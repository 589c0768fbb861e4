"""Persons."""

from django.urls import path

from bulou.command.persons import case_views, correct_views, find_views, views

urlpatterns = [
    path("search", find_views.show, name="search"),
    path("people", views.people, name="people"),
    path("people/<uuid:uid>", views.person, name="person"),
    path("people/<uuid:uid>/identity", views.show_masked, name="unmask"),
    path("people/<uuid:uid>/release-note", views.release_note, name="release_note"),
    path("people/<uuid:uid>/release", case_views.release, name="release"),
    path("people/<uuid:uid>/events/<uuid:event>/correct", correct_views.correct, name="correct"),
    path("people/<uuid:uid>/end", case_views.end, name="end_case"),
]
