"""The privacy officer's pages."""

from django.urls import path

from bulou.command.audit_pages import views

urlpatterns = [
    path("audit", views.chain, name="audit"),
    path("audit/check", views.check, name="audit_check"),
    path("audit/export", views.export, name="audit_export"),
    path("audit/persons/<int:id>", views.looks, name="audit_looks"),
    path("audit/emergencies", views.reviews, name="audit_reviews"),
    path("audit/emergencies/<int:id>/review", views.review, name="audit_review"),
]
