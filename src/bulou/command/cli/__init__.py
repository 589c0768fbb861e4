"""The command `bulou`: the same verbs as the pages, for offices' servers and for scripts."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 errors in the input, 2 wrong use, 3 could not run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.config.settings")
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page must not stop a county's names from being printed.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    from bulou.command.cli import frame

    sys.exit(frame.run())
