"""Workbooks on their way in: kept until they are brought in, at most a day, for the eyes of who sent them.

Each lies in a folder of its own. What the check found and what was mended by hand are kept sealed beside
it, so that pages show them in either language without reading the workbook again.
"""

from __future__ import annotations

import json
import shutil
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from bulou.command.imports.findings import Checked, unpacked
from bulou.command.powers import Power, actor_of, owner_of
from bulou.kernel import clock, seal
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import problem
from bulou.sheets.columns import SheetKind, kind_named, kinds
from bulou.sheets.importing import ENDINGS, ORDER
from bulou.sheets.mends import Mends

NOT_A_WORKBOOK = problem(
    "upload-not-a-workbook", _("“{name}”不是工作簿:请上传 .xlsx、.xls 或 .csv 文件。"), status=422
)
UPLOAD_TOO_BIG = problem(
    "upload-too-big", _("“{name}”有 {size} MB,超过 {limit} MB:请按乡镇或小区分开上传。"), status=422
)
TOO_MANY_FILES = problem(
    "upload-too-many-files", _("一次选了 {count} 份,最多 {limit} 份:请分几次上传。"), status=422
)
KIND_NOT_CHOSEN = problem("upload-kind-not-chosen", _("看不出这是哪一种表:请先选择表的种类。"), status=422)

LARGEST_BYTES = 50 << 20
MOST_FILES = 20
KEPT_SECONDS = 24 * 3600
NAME_LENGTH = 120
LOCAL_KINDS = ("places", "posts", "residents", "arrivals", "monitoring", "health_reports")
"""Kinds whose every row has a place; the others are for accounts of the whole county."""


@dataclass(frozen=True)
class Upload:
    """One workbook on its way. `by` acts, `owner` alone may see it (a token of the post, a log-in).

    `whole`: it claims to be the whole list of the area that its rows are in.
    """

    id: UUID
    folder: Path
    name: str
    kind: str
    by: str
    owner: str
    at: datetime
    whole: bool = False

    @property
    def file(self) -> Path:
        return self.folder / "file" / self.name

    @property
    def errors(self) -> Path:
        """The workbook with the column 问题."""
        return self.folder / "problems.xlsx"

    @property
    def is_done(self) -> bool:
        """Whether it was brought in."""
        return (self.folder / "done").exists()

    @property
    def kind_title(self) -> str:
        return kind_named(self.kind).title if self.kind else ""

    @property
    def checked(self) -> Checked | None:
        """What was found, or None before the check."""
        found = self.sealed("found")
        return unpacked(found) if found else None

    @property
    def mends(self) -> Mends:
        """What was mended by hand."""
        return Mends.of_plain(self.sealed("mends").get("cells", []))

    def sealed(self, name: str) -> dict[str, Any]:
        """What is kept sealed under a name; {} when nothing is."""
        path = self.folder / name
        return seal.unseal(path.read_bytes()) if path.exists() else {}

    def keep_sealed(self, name: str, content: dict[str, Any]) -> None:
        """Keep something sealed, in the place of what stood, at once and whole."""
        beside = self.folder / f".{name}.new"
        beside.write_bytes(seal.seal(content))
        beside.replace(self.folder / name)

    def noted(self, **changes: Any) -> Upload:
        """The upload with something changed, written down."""
        changed = replace(self, **changes)
        about = {name: getattr(changed, name) for name in ("name", "kind", "by", "owner", "whole")}
        about["at"] = changed.at.isoformat()
        (self.folder / "about.json").write_text(json.dumps(about, ensure_ascii=False))
        return changed


def root() -> Path:
    """Where uploads lie."""
    return Path(settings.BULOU_HOME) / "files" / "uploads"


def choices(power: Power) -> list[SheetKind]:
    """The kinds that somebody may bring in, in the order in which they build on each other."""
    known = [kind for kind in kinds() if kind.apply is not None]
    if not power.is_of_county:
        known = [kind for kind in known if kind.name in LOCAL_KINDS]
    ranks = {name: rank for rank, name in enumerate(ORDER)}
    return sorted(known, key=lambda kind: ranks.get(kind.name, len(ranks)))


def check_number(count: int) -> None:
    """Raises `upload-too-many-files`."""
    if count > MOST_FILES:
        raise TOO_MANY_FILES.error(count=count, limit=MOST_FILES)


def keep(file: UploadedFile, *, power: Power, kind: str = "") -> Upload:
    """Keep a file that was sent. Raises `upload-not-a-workbook`, `upload-too-big`."""
    name, size = _clean(file.name or ""), file.size or 0
    if Path(name).suffix.lower() not in ENDINGS:
        raise NOT_A_WORKBOOK.error(name=name)
    if size > LARGEST_BYTES:
        raise UPLOAD_TOO_BIG.error(name=name, size=-(-size >> 20), limit=LARGEST_BYTES >> 20)
    id = uuid7()
    folder = root() / str(id)
    (folder / "file").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    upload = Upload(id, folder, name, kind, actor_of(power), owner_of(power), clock.now())
    with upload.file.open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return upload.noted()


def _clean(name: str) -> str:
    """A file's name without its path and without signs that cannot be seen."""
    plain = "".join(sign for sign in Path(name).name if unicodedata.category(sign)[0] != "C").lstrip(".~ ")
    stem, suffix = Path(plain).stem, Path(plain).suffix
    return f"{stem[: NAME_LENGTH - len(suffix)]}{suffix}"


def find(id: UUID, power: Power) -> Upload | None:
    """An upload of one's own."""
    upload = read(id)
    return upload if upload and upload.owner == owner_of(power) else None


def pending(power: Power) -> list[Upload]:
    """One's own uploads that are still here, the latest first."""
    found = (_read(folder) for folder in sorted(_folders(), reverse=True))
    return [upload for upload in found if upload and upload.owner == owner_of(power)]


def read(id: UUID) -> Upload | None:
    """An upload, whoever sent it; None when it is not here any longer."""
    return _read(root() / str(id))


def _folders() -> Iterator[Path]:
    return root().iterdir() if root().is_dir() else iter(())


def _read(folder: Path) -> Upload | None:
    try:
        about = json.loads((folder / "about.json").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    at = datetime.fromisoformat(about["at"])
    # Uploads of the first released version have the log-in's number alone.
    by = about.get("by") or f"user:{about['user']}"
    whole, owner = bool(about.get("whole")), about.get("owner", by)
    return Upload(UUID(folder.name), folder, about["name"], about["kind"], by, owner, at, whole)


def sweep() -> int:
    """Delete what has lain here for a day (by the machine's clock); how many."""
    old = [folder for folder in _folders() if _age(folder / "about.json") > KEPT_SECONDS]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _age(path: Path) -> float:
    """Seconds since a file was written; a file that is not there is very old."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def discard(upload: Upload) -> None:
    """Delete a workbook and all that was found in it."""
    shutil.rmtree(upload.folder, ignore_errors=True)
