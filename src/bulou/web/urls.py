"""Log-out, the choice of language and theme, and the kit of components."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from bulou.web import kit, views
from bulou.web.access import public

urlpatterns = [
    path("logout", public("one may always leave")(LogoutView.as_view()), name="logout"),
    path("language", views.choose_language, name="language"),
    path("theme", views.choose_theme, name="theme"),
    path("_kit", kit.show, name="kit"),
    path("_kit/echo", kit.echo, name="kit_echo"),
]
