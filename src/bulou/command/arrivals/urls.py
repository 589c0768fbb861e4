"""Arrivals."""

from django.urls import path

from bulou.command.arrivals import views

urlpatterns = [
    path("arrivals", views.arrivals, name="arrivals"),
]
