"""The office's pages."""

from django.urls import path

from bulou.command import case_views, import_views, person_views, views

urlpatterns = [
    path("", views.show_board, name="board"),
    path("duties", views.show_duties, name="duties"),
    path("gaps", views.show_gaps, name="gaps"),
    path("gaps/<int:id>/call", views.note_call, name="gap_call"),
    path("people", person_views.people, name="people"),
    path("people/<uuid:uid>", person_views.person, name="person"),
    path("people/<uuid:uid>/identity", person_views.show_masked, name="unmask"),
    path("people/<uuid:uid>/release-note", person_views.release_note, name="release_note"),
    path("people/<uuid:uid>/release", case_views.release, name="release"),
    path("people/<uuid:uid>/end", case_views.end, name="end_case"),
    path("imports", import_views.imports, name="imports"),
    path("imports/<uuid:id>", import_views.upload, name="upload"),
    path("imports/<uuid:id>/kind", import_views.choose, name="upload_kind"),
    path("imports/<uuid:id>/confirm", import_views.confirm, name="upload_confirm"),
    path("imports/<uuid:id>/discard", import_views.discard, name="upload_discard"),
    path("imports/<uuid:id>/problems.xlsx", import_views.problems, name="upload_problems"),
]
