"""The server as `bulou serve` starts it, with workers, ticker and jobs; it knows the mass duty as well."""

from __future__ import annotations

from bulou.config.worker import application  # isort: split

# Models can be read once the application stands.
import bench.duty  # noqa: F401
from bulou.command.operation import serve

__all__ = ["application", "start"]


def start(port: int) -> None:
    """Serve until the benchmark ends."""
    serve.APPLICATION = "bench.served:application"
    serve.serve(port)
