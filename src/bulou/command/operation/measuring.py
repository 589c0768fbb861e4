"""What the server tells about itself: a log line and counters for each request, by route, never by address.

An address may hold a resident's personal link, so that only the route's name is ever written down.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from bulou.kernel.ids import uuid7

REQUESTS = Counter("bulou_requests_total", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "bulou_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
NO_ROUTE = "none"

access = structlog.get_logger("bulou.access")


def measured(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: count each request, and log it with a number that its answer carries too."""

    def measure(request: HttpRequest) -> HttpResponse:
        number, began = str(uuid7()), time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - began
        route = route_of(request)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(route, method, response.status_code).inc()
        SECONDS.labels(route).observe(seconds)
        response.headers["X-Request-Id"] = number
        access.info(
            "request",
            request=number,
            route=route,
            method=method,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
            user=getattr(getattr(request, "user", None), "pk", None),
        )
        return response

    return measure


def route_of(request: HttpRequest) -> str:
    """The name of the route that a request took."""
    match = request.resolver_match
    return (match.view_name or NO_ROUTE) if match else NO_ROUTE
