"""Work lists."""

from django.urls import path

from bulou.command.worklists import views

urlpatterns = [
    path("duties", views.show_duties, name="duties"),
    path("gaps", views.show_gaps, name="gaps"),
    path("gaps/<int:id>/call", views.note_call, name="gap_call"),
]
