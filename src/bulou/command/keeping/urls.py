"""Keeping: one page to read, and the proofs of purges."""

from django.urls import path

from bulou.command.keeping import views

urlpatterns = [
    path("keeping", views.keeping, name="keeping"),
    path("keeping/purges/<int:seq>", views.proof, name="keeping_proof"),
]
