"""A copy of a demo home, to be changed freely, and the log-ins of those who open its pages."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

    from bulou.rights.models import Mandate

DATABASE = "bulou.sqlite3"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36"
BACKEND = "django.contrib.auth.backends.ModelBackend"
NOT_COPIED = shutil.ignore_patterns(f"{DATABASE}*", "static", "backups")


def move_into_copy(home: Path, target: Path) -> None:
    """Copy a demo home and start Django in the copy: what pictures need done leaves no trace in the home."""
    if not (home / "drill").is_dir() or not (home / DATABASE).is_file():
        raise SystemExit(f"{home} holds no demo county on SQLite: `bulou demo --scale tiny --no-serve`")
    shutil.copytree(home, target, dirs_exist_ok=True, ignore=NOT_COPIED)
    with closing(sqlite3.connect(home / DATABASE)) as old, closing(sqlite3.connect(target / DATABASE)) as new:
        old.backup(new)
    os.environ |= {
        "BULOU_HOME": str(target),
        "BULOU_DEMO": "1",
        "BULOU_SECOND_FACTOR": "off",
        "BULOU_LOG": "ERROR",
        "DJANGO_SETTINGS_MODULE": "bulou.config.settings",
        # Playwright's loop runs in this thread, where Django would refuse to ask the database.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }
    for name in ("BULOU_KEY_FILE", "BULOU_DATABASE_URL", "BULOU_COLLECTED"):
        os.environ.pop(name, None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


@cache
def client(name: str) -> Client:
    """A browser of a demo log-in; of nobody for ""."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    made = Client(raise_request_exception=False, headers={"Host": "localhost", "User-Agent": AGENT})
    if name:
        made.force_login(get_user_model().objects.get(username=name), backend=BACKEND)
    return made


@cache
def power(name: str) -> Mandate:
    """What a demo log-in acts under."""
    from bulou.rights.models import Mandate

    return Mandate.objects.select_related("account__user").get(account__user__username=name, adds=[])


def by(name: str) -> str:
    """A demo log-in, as the books write who acts."""
    return f"user:{power(name).account.user_id}"


def post(name: str, path: str, body: Any) -> Any:
    """What somebody gets for a form, and where it leads."""
    return client(name).post(path, body)


def led_to(name: str, path: str, body: Any) -> str:
    """The last part of the address that a form led to: the id of what it made."""
    answer = post(name, path, body)
    if "Location" not in answer:
        raise RuntimeError(f"{path} answers {answer.status_code} to {body}")
    return str(answer["Location"]).rsplit("/", 1)[-1]
