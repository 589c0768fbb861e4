"""The language of a page, as the reader chose it, whatever the browser asks; and which log-ins are in use."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from bulou.rights import log_ins


def chosen_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: speak the language of the reader's cookie."""
    known = dict(settings.LANGUAGES)

    def speak(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response

    return speak


def sessions_in_use(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: note that a log-in is in use; on a shared phone half an hour without that ends it."""

    def note(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # Pages that never looked at the session have nothing to tell, and must not be made to ask for it.
        if request.session.accessed and log_ins.KEY in request.session:
            log_ins.seen(request)
        return response

    return note
