"""Log-in, log-out and the choice of language."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from bulou.web import views

urlpatterns = [
    path("login", views.LogIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("language", views.choose_language, name="language"),
]
