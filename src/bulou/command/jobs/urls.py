"""Long work."""

from django.urls import path

from bulou.command.jobs import views

urlpatterns = [
    path("jobs", views.jobs, name="jobs"),
    path("jobs/<uuid:id>", views.job, name="job"),
]
