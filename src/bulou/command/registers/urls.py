"""The registers."""

from django.urls import path

from bulou.command.registers import (
    home_views,
    pair_views,
    place_views,
    post_views,
    resident_views,
    worker_views,
)

urlpatterns = [
    path("places", place_views.list_places, name="places"),
    path("places/<str:code>", place_views.show_place, name="place"),
    path("places/<str:code>/change", place_views.change_place, name="place_change"),
    path("households", home_views.list_households, name="households"),
    path("households/<str:code>", home_views.show_household, name="household"),
    path("residents/<uuid:uid>", resident_views.edit_resident, name="resident"),
    path("duplicates", pair_views.list_pairs, name="duplicates"),
    path("duplicates/<int:id>", pair_views.decide_pair, name="duplicate"),
    path("posts", post_views.list_posts, name="posts"),
    path("posts/<int:id>", post_views.show_post, name="post"),
    path("posts/<int:id>/handover", post_views.hand_over, name="post_handover"),
    path("posts/<int:id>/deputy", post_views.deputise, name="post_deputy"),
    path("posts/<int:id>/vacate", post_views.vacate, name="post_vacate"),
    path("handovers", post_views.list_handovers, name="handovers"),
    path("handovers/<int:id>/seen", post_views.see_handover, name="handover_seen"),
    path("workers", worker_views.list_workers, name="workers"),
    path("workers/new", worker_views.new_worker, name="worker_new"),
    path("workers/<int:id>", worker_views.show_worker, name="worker"),
    path("workers/<int:id>/edit", worker_views.edit_worker, name="worker_edit"),
    path("workers/<int:id>/leave", worker_views.leave, name="worker_leave"),
    path("workers/<int:id>/merge", worker_views.merge, name="worker_merge"),
    path("workers/<int:id>/split", worker_views.split, name="worker_split"),
    path("organisations", worker_views.organisations, name="organisations"),
]
