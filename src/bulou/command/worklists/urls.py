"""Work lists."""

from django.urls import path

from bulou.command.worklists import bulk_views, gap_views, unknown_views, view_views, views

urlpatterns = [
    path("duties", views.show_duties, name="duties"),
    path("gaps", views.show_gaps, name="gaps"),
    path("gaps/views", view_views.keep, name="keep_view"),
    path("gaps/views/<int:id>/remove", view_views.remove, name="remove_view"),
    path("gaps/bulk", bulk_views.preview, name="gaps_bulk"),
    path("gaps/bulk/do", bulk_views.do, name="gaps_bulk_do"),
    path("gaps/unknown/<int:id>", unknown_views.show, name="unknown"),
    path("gaps/unknown/<int:id>/settle", unknown_views.settle, name="settle_unknown"),
    path("gaps/unknown/<int:id>/look", unknown_views.look, name="look_unknown"),
    path("gaps/<int:id>", gap_views.show, name="gap"),
    path("gaps/<int:id>/call", gap_views.call, name="gap_call"),
    path("gaps/<int:id>/later", gap_views.later, name="gap_later"),
    path("gaps/<int:id>/hand", gap_views.hand, name="gap_hand"),
    path("gaps/<int:id>/back", gap_views.take_back, name="gap_back"),
    path("gaps/<int:id>/done", gap_views.done, name="gap_done"),
]
