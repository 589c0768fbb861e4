"""The county's language: in it stands what is kept, whoever's page or program brought it about."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.utils import translation

of_county = partial(translation.override, settings.LANGUAGE_CODE)
"""`with of_county():` what is put into words there is kept in the county's language."""
