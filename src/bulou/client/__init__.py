"""A client of the API for programs: typed, with nothing but the standard library.

    client = Client("https://county.example", token)
    for gap in client.every(client.read_gaps, gap="undone"):
        print(gap["subject"], gap["owner"])

`operations.py` is made from the API's own schema (`make docs`). The drill speaks to Bulou through it.
"""

from __future__ import annotations

from bulou.client.transport import Client, RefusedError, UnreachableError

__all__ = ["Client", "RefusedError", "UnreachableError"]
