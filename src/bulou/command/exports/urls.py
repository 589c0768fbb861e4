"""Lists taken out."""

from django.urls import path

from bulou.command.exports import views

urlpatterns = [
    path("exports", views.history, name="exports"),
    path("exports/new", views.new, name="export_new"),
    path("exports/<uuid:id>", views.show, name="export"),
    path("exports/<uuid:id>/file", views.file, name="export_file"),
    path("exports/<uuid:id>/print", views.printed, name="export_print"),
]
