"""The board."""

from django.urls import path

from bulou.command.board import views

urlpatterns = [
    path("", views.show_board, name="board"),
]
