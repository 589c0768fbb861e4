"""Write the API's OpenAPI document to `docs/api/openapi.json`: `python -m tools.schema`."""

from __future__ import annotations

import os
from pathlib import Path

import django

KEPT = Path(__file__).parents[1] / "docs" / "api" / "openapi.json"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.config.settings")
    django.setup()
    from bulou.command.api.server import schema_text

    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(schema_text())


if __name__ == "__main__":
    main()
