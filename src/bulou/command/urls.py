"""The office's pages."""

from django.urls import path

from bulou.command import person_views, views

urlpatterns = [
    path("", views.show_board, name="board"),
    path("duties", views.show_duties, name="duties"),
    path("gaps", views.show_gaps, name="gaps"),
    path("gaps/<int:id>/call", views.note_call, name="gap_call"),
    path("people", person_views.people, name="people"),
    path("people/<uuid:uid>", person_views.person, name="person"),
    path("people/<uuid:uid>/identity", person_views.show_masked, name="unmask"),
    path("imports", views.show_board, name="imports"),
]
