"""Directives: drafts, previews, signatures, orders."""

from django.urls import path

from bulou.command.directives import views

urlpatterns = [
    path("directives", views.directives, name="directives"),
    path("directives/new", views.new, name="directive_new"),
    path("directives/<int:id>", views.order, name="directive"),
    path("directives/<int:id>/sign", views.sign, name="directive_sign"),
    path("directives/<int:id>/reject", views.reject, name="directive_reject"),
    path("directives/<int:id>/withdraw", views.withdraw, name="directive_withdraw"),
    path("directives/<int:id>/order", views.paper, name="directive_paper"),
]
