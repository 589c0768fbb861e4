"""What passes between the program and the process that reads workbooks: frames of pickled plain values.

The reading process has handled a file from outside, so what comes back from it is unpickled with nothing
but dates and decimals allowed.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any

from bulou.sheets.checking import Batch
from bulou.sheets.raw import RawRow
from bulou.sheets.reading import Problem, Progress

_LENGTH = struct.Struct(">I")
LONGEST = 256 << 20
"""Bytes of one frame; more is no frame of ours."""
TOGETHER = 1_000
"""Problems in one frame."""
_ALLOWED: dict[tuple[str, str], Any] = {
    ("datetime", "date"): date,
    ("datetime", "datetime"): datetime,
    ("datetime", "time"): time,
    ("datetime", "timedelta"): timedelta,
}
_ALLOWED |= {("decimal", "Decimal"): Decimal}


class BadFrame(Exception):
    """What came is no frame: the other side died in the middle of one, or is not ours."""


class _Plain(pickle.Unpickler):
    """Gives back plain values, dates and decimals; nothing else can be made by a pickle."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise BadFrame(f"{module}.{name}") from None


def send(out: IO[bytes], tag: str, content: Any) -> None:
    """Write one frame."""
    payload = pickle.dumps((tag, content), protocol=5)
    out.write(_LENGTH.pack(len(payload)) + payload)
    out.flush()


def receive(source: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Frames until the other side closes. Raises `BadFrame`."""
    while head := source.read(_LENGTH.size):
        if len(head) < _LENGTH.size or (length := _LENGTH.unpack(head)[0]) > LONGEST:
            raise BadFrame("length")
        payload = source.read(length)
        if len(payload) < length:
            raise BadFrame("cut off")
        try:
            tag, content = _Plain(io.BytesIO(payload)).load()
        except (pickle.UnpicklingError, EOFError, ValueError, TypeError, IndexError, AttributeError) as error:
            raise BadFrame("content") from error
        yield tag, content


Item = Batch | Problem | Progress | RawRow


def packed(items: Iterable[Item]) -> Iterator[tuple[str, Any]]:
    """Items as frames, in their order; problems go by the thousand."""
    problems: list[tuple[Any, ...]] = []
    for item in items:
        if isinstance(item, Problem):
            problems.append((*item[:6], dict(item.params), item.at))
        if problems and (len(problems) >= TOGETHER or not isinstance(item, Problem)):
            yield "problems", problems
            problems = []
        if not isinstance(item, Problem):
            yield _pack(item)
    if problems:
        yield "problems", problems


def _pack(item: Batch | Progress | RawRow) -> tuple[str, Any]:
    """An item as a tag and plain values. Batches go by columns, which is shorter and quicker."""
    if isinstance(item, Batch):
        sheets, numbers = zip(*item.refs, strict=True)
        columns = [list(column) for column in zip(*item.rows, strict=True)]
        return "batch", (columns, list(sheets), list(numbers), item.headers, item.places)
    return ("row" if isinstance(item, RawRow) else "progress"), tuple(item)


def unpack(tag: str, content: Any) -> list[Item]:
    """The items of a frame. Raises `BadFrame`."""
    try:
        if tag == "batch":
            columns, sheets, numbers, headers, places = content
            rows = list(zip(*columns, strict=True))
            return [Batch(rows, list(zip(sheets, numbers, strict=True)), dict(headers), dict(places))]
        if tag == "problems":
            return [Problem(*fields) for fields in content]
        if tag == "row":
            return [RawRow(*content)]
        if tag == "progress":
            return [Progress(*content)]
    except (TypeError, ValueError) as error:
        raise BadFrame(tag) from error
    raise BadFrame(tag)
