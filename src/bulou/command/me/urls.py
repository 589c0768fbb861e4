"""A resident's own page, and the office's side of it."""

from django.urls import path, re_path

from bulou.command.me import coming, office_views, views

LINK = r"^me/(?P<token>[A-Za-z0-9_-]{43})"

urlpatterns = [
    re_path(rf"{LINK}$", views.me, name="me"),
    re_path(rf"{LINK}/open$", views.open_door, name="me_open"),
    re_path(rf"{LINK}/ask/(?P<about>[a-z]{{1,12}})$", views.ask, name="me_ask"),
    re_path(rf"{LINK}/requests/(?P<id>[0-9]{{1,15}})/back$", views.take_back, name="me_back"),
    re_path(rf"{LINK}/paper$", views.paper, name="me_paper"),
    re_path(rf"{LINK}/release$", views.release_note, name="me_release"),
    re_path(rf"{LINK}/end$", views.end, name="me_end"),
    re_path(rf"{LINK}/leave$", views.leave, name="me_leave"),
    path("me/coming", coming.coming, name="me_coming"),
    path("requests", office_views.requests, name="requests"),
    path("requests/<int:id>", office_views.request_, name="request"),
    path("people/<uuid:uid>/link", office_views.link, name="resident_link"),
    path("people/<uuid:uid>/ask", office_views.ask, name="resident_ask"),
    path("people/<uuid:uid>/paper", office_views.paper, name="resident_paper"),
]
