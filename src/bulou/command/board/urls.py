"""The board."""

from django.urls import path

from bulou.command.board import views

urlpatterns = [
    path("", views.show_board, name="board"),
    path("board/live", views.show_live, name="board_live"),
    path("board/hour", views.show_hour, name="board_hour"),
    path("board.png", views.picture, name="board_png"),
    path("board.pdf", views.paper, name="board_pdf"),
    path("board.txt", views.words, name="board_text"),
]
