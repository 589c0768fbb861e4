"""Where everything is reached."""

from __future__ import annotations

from django.urls import include, path

from bulou.command.api import server as api
from bulou.command.operation import health, metrics

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", api.urls()),
    path("", include("bulou.web.urls")),
    path("", include("bulou.command.urls")),
]

handler400 = "bulou.web.views.bad_request"
handler403 = "bulou.web.views.denied"
handler404 = "bulou.web.views.not_found"
handler500 = "bulou.web.views.server_error"
