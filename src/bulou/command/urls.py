"""The office's pages: each area has its own folder, with its addresses in it."""

from django.urls import include, path

AREAS = (
    "board",
    "worklists",
    "persons",
    "imports",
    "jobs",
    "exports",
    "registers",
    "rights_pages",
    "audit_pages",
    "directives",
    "me",
    "keeping",
    "arrivals",
)

urlpatterns = [path("", include(f"bulou.command.{area}.urls")) for area in AREAS]
