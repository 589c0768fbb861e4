"""Who asks: somebody of the office under a mandate, or a program with its token. Both say where and what."""

from __future__ import annotations

from bulou.rights.models import Mandate
from bulou.sync.models import Token

Power = Mandate | Token
"""Has `scope`, `may(capability)`, `covers(code)` and `is_of_county`."""
