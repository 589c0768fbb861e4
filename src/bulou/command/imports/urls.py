"""Bringing workbooks in."""

from django.urls import path

from bulou.command.imports import views

urlpatterns = [
    path("imports", views.imports, name="imports"),
    path("imports/history", views.runs, name="import_runs"),
    path("imports/runs/<uuid:id>", views.run, name="import_run"),
    path("imports/runs/<uuid:id>/undo", views.undo, name="import_undo"),
    path("imports/<uuid:id>", views.upload, name="upload"),
    path("imports/<uuid:id>/kind", views.choose, name="upload_kind"),
    path("imports/<uuid:id>/mend", views.mend, name="upload_mend"),
    path("imports/<uuid:id>/confirm", views.confirm, name="upload_confirm"),
    path("imports/<uuid:id>/discard", views.discard, name="upload_discard"),
    path("imports/<uuid:id>/problems.xlsx", views.problems, name="upload_problems"),
]
