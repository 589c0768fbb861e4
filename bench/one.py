"""One benchmark in this process, on the database of the environment."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path


def main(name: str, out: Path) -> None:
    """Migrate an empty home and run `bench.<name>.main()`, which gives a `Bench` or several."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bulou.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    import bench.duty  # noqa: F401  registers the mass duty before kinds are numbered

    call_command("migrate", verbosity=0)
    benches = importlib.import_module(f"bench.{name}").main()
    benches = benches if isinstance(benches, list) else [benches]
    out.write_text(json.dumps([bench.as_json() for bench in benches], ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
