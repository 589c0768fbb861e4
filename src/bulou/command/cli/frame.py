"""What every command shares: start-up, the clock, one JSON document on standard output, exit codes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import django
import typer
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import DatabaseError, InterfaceError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

from bulou.kernel import clock, outages
from bulou.kernel.problems import BulouError, problem

DONE, INPUT_ERRORS, WRONG_USE, COULD_NOT_RUN = 0, 1, 2, 3

NO_SUCH_FILE = problem("no-such-path", gettext_lazy("找不到文件或文件夹 {path}:请核对路径。"), status=404)

At = Annotated[str | None, typer.Option("--at", metavar="TIME", help="按这一时刻运行 (as of this instant)")]
Json = Annotated[bool, typer.Option("--json", help="在标准输出给出一份 JSON (one JSON document)")]
PlaceCode = Annotated[str | None, typer.Option("--place", metavar="CODE", help="地点编码 (place code)")]

app = typer.Typer(
    name="bulou",
    help="不漏:一县疫情防控的账,笔笔能对上。 (Bulou: books that balance.)",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
messages = Console(stderr=True, highlight=False)


def run() -> int:
    """Set up and run the command that was asked for; every failure is one sentence and an exit code."""
    try:
        django.setup()
        translation.activate(os.environ.get("BULOU_LANG", "zh-hans"))
        _register()
        app()
    except SystemExit as done:  # how typer ends, after it has named wrong use
        return int(done.code or DONE)
    except (BulouError, DatabaseError, InterfaceError, ImproperlyConfigured, OSError) as error:
        say(_sentence(error))
        return COULD_NOT_RUN
    return DONE


def _sentence(error: Exception) -> str:
    """What went wrong and what to do."""
    if isinstance(error, BulouError):
        return str(error)
    if outages.kind_of(error) is outages.DISK_FULL:
        return str(outages.DISK_FULL.error())
    if isinstance(error, OSError):
        return _("读写文件出错:{reason}。请检查磁盘空间和权限,再运行一次。").format(reason=error)
    return _("数据库不能用:{reason}。请检查 BULOU_DATABASE_URL 和磁盘,再运行一次。").format(reason=error)


def _register() -> None:
    # Each adds its commands to `app`.
    from bulou.command.cli import (  # noqa: F401
        books,
        cases,
        entry,
        gaps,
        handover,
        house,
        jobs,
        keeping,
        keys,
        registers,
    )


def say(text: str) -> None:
    """A message for the person at the console; never on standard output."""
    messages.print(text, markup=False, soft_wrap=True)


def answer(document: Any, as_json: bool, text: str) -> None:
    """The result: one JSON document, or words."""
    if as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, default=str) + "\n")
    else:
        sys.stdout.write(text.rstrip("\n") + "\n")


@contextmanager
def started(at: str | None = None) -> Iterator[datetime]:
    """The program made ready (safe database, tables up to date, keys), its clock stopped at `--at`."""
    from bulou.command.operation.startup import make_ready

    make_ready()
    if at is None:
        yield clock.now()
    else:
        with clock.at(at) as moment:
            yield moment


def existing(path: Path) -> Path:
    """The path, which must be there. Raises `no-such-file`."""
    from bulou.sheets.importing import NO_SUCH_FILE

    if not path.exists():
        raise NO_SUCH_FILE.error(file=path)
    return path


def place_or_county(code: str | None) -> str:
    """The place asked for, or the county. Raises `no-such-place`."""
    from django.conf import settings

    from bulou.places.models import Place
    from bulou.places.queries import NO_SUCH_PLACE

    place = code or settings.BULOU_COUNTY
    if code and not Place.objects.filter(code=code).exists():
        raise NO_SUCH_PLACE.error(code=code)
    return str(place)
