"""Workbooks on their way in: kept until they are brought in, at most a day, for the eyes of who sent them.

Each lies in a folder of its own. What the check found is kept sealed beside it, so that the page can show it
in either language without reading the workbook again.
"""

from __future__ import annotations

import json
import shutil
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from bulou.command.imports.findings import Checked, packed, unpacked
from bulou.kernel import clock, seal
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import problem
from bulou.rights.models import Mandate
from bulou.sheets import child
from bulou.sheets.checking import Batch
from bulou.sheets.columns import SheetKind, kind_named, kind_of_file, kinds
from bulou.sheets.importing import ENDINGS, ORDER, import_file

NOT_A_WORKBOOK = problem(
    "upload-not-a-workbook", _("“{name}”不是工作簿:请上传 .xlsx、.xls 或 .csv 文件。"), status=422
)
UPLOAD_TOO_BIG = problem(
    "upload-too-big", _("“{name}”有 {size} MB,超过 {limit} MB:请按乡镇或小区分开上传。"), status=422
)
KIND_NOT_CHOSEN = problem("upload-kind-not-chosen", _("看不出这是哪一种表:请先选择表的种类。"), status=422)
KEPT_SECONDS = 24 * 3600
STALE_CLAIM_SECONDS = 1800
"""After so long an import that never ended was killed; it may be begun again (it repeats nothing)."""
NAME_LENGTH = 120
LOCAL_KINDS = ("places", "posts", "residents", "monitoring", "health_reports")
"""Kinds whose every event names a place; the others are for accounts of the whole county."""


@dataclass(frozen=True)
class Upload:
    """One workbook on its way."""

    id: UUID
    folder: Path
    name: str
    kind: str
    user: int
    at: datetime

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
    def is_running(self) -> bool:
        """Whether it is being brought in now."""
        claim = self.folder / "claim"
        return claim.exists() and not self.is_done and _age(claim) < STALE_CLAIM_SECONDS

    @property
    def kind_title(self) -> str:
        return kind_named(self.kind).title if self.kind else ""

    @property
    def checked(self) -> Checked | None:
        """What was found, or None before the check."""
        path = self.folder / "found"
        return unpacked(seal.unseal(path.read_bytes())) if path.exists() else None


def root() -> Path:
    """Where uploads lie."""
    return Path(settings.BULOU_HOME) / "files" / "uploads"


def choices(mandate: Mandate) -> list[SheetKind]:
    """The kinds that the account may bring in, in the order in which they build on each other."""
    known = [kind for kind in kinds() if kind.apply is not None]
    if not mandate.is_of_county:
        known = [kind for kind in known if kind.name in LOCAL_KINDS]
    ranks = {name: rank for rank, name in enumerate(ORDER)}
    return sorted(known, key=lambda kind: ranks.get(kind.name, len(ranks)))


def keep(file: UploadedFile, *, mandate: Mandate, kind: str = "") -> Upload:
    """Keep a file that was sent. Raises `upload-not-a-workbook`, `upload-too-big`."""
    name = _clean(file.name or "")
    if Path(name).suffix.lower() not in ENDINGS:
        raise NOT_A_WORKBOOK.error(name=name)
    if (file.size or 0) > child.DEFAULT.file_bytes:
        limit = child.DEFAULT.file_bytes >> 20
        raise UPLOAD_TOO_BIG.error(name=name, size=(file.size or 0) >> 20, limit=limit)
    id = uuid7()
    folder = root() / str(id)
    (folder / "file").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    upload = Upload(id, folder, name, kind, mandate.account.user_id, clock.now())
    with upload.file.open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    chosen = kind or guessed(upload.file, choices(mandate))
    return _noted(upload, chosen)


def _clean(name: str) -> str:
    """A file's name without its path and without signs that cannot be seen."""
    plain = "".join(sign for sign in Path(name).name if unicodedata.category(sign)[0] != "C").lstrip(".~ ")
    stem, suffix = Path(plain).stem, Path(plain).suffix
    return f"{stem[: NAME_LENGTH - len(suffix)]}{suffix}"


def _noted(upload: Upload, kind: str) -> Upload:
    """The upload with its kind written down."""
    about = {"name": upload.name, "kind": kind, "user": upload.user, "at": upload.at.isoformat()}
    (upload.folder / "about.json").write_text(json.dumps(about, ensure_ascii=False))
    return Upload(upload.id, upload.folder, upload.name, kind, upload.user, upload.at)


def guessed(path: Path, among: list[SheetKind]) -> str:
    """The kind that a file's name says, else the one with the most columns whose table is in the file."""
    named = kind_of_file(path.name)
    if named is not None and named.name in {kind.name for kind in among}:
        return named.name
    fitting = [kind for kind in among if _fits(path, kind)]
    return max(fitting, key=_asked_columns).name if fitting else ""


def _asked_columns(kind: SheetKind) -> int:
    return sum(column.required or column.expected for column in kind.columns)


def _fits(path: Path, kind: SheetKind) -> bool:
    """Whether a table of the kind stands in the file with all the columns that it must have."""
    found = child.checked(kind, path, clock.today())
    try:
        return any(isinstance(item, Batch) and item.rows for item in found)
    finally:
        found.close()


def find(id: UUID, mandate: Mandate) -> Upload | None:
    """An upload of the account's own."""
    upload = _read(root() / str(id))
    return upload if upload and upload.user == mandate.account.user_id else None


def pending(mandate: Mandate) -> list[Upload]:
    """The account's uploads that are still here, the latest first."""
    found = (_read(folder) for folder in sorted(_folders(), reverse=True))
    return [upload for upload in found if upload and upload.user == mandate.account.user_id]


def _folders() -> Iterator[Path]:
    return root().iterdir() if root().is_dir() else iter(())


def _read(folder: Path) -> Upload | None:
    try:
        about = json.loads((folder / "about.json").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    at = datetime.fromisoformat(about["at"])
    return Upload(UUID(folder.name), folder, about["name"], about["kind"], about["user"], at)


def sweep() -> None:
    """Delete what has lain here for a day (by the machine's clock)."""
    for folder in list(_folders()):
        if _age(folder / "about.json") > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _age(path: Path) -> float:
    """Seconds since a file was written; a file that is not there is very old."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def discard(upload: Upload) -> None:
    """Delete a workbook and all that was found in it."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def choose_kind(upload: Upload, kind: str, *, mandate: Mandate, by: str) -> Upload:
    """Take the upload for another kind, and check it as that."""
    changed = _noted(upload, kind)
    check(changed, mandate=mandate, by=by)
    return changed


def check(upload: Upload, *, mandate: Mandate, by: str) -> None:
    """Do all that an import would do, and take it back; keep what was found."""
    _run(upload, mandate, by, check=True)


def bring_in(upload: Upload, *, mandate: Mandate, by: str) -> bool:
    """Bring the workbook in and delete it; False when that was done, or is being done, by another click."""
    if upload.is_done or upload.is_running or not _claim(upload):
        return False
    report = _run(upload, mandate, by, check=False)
    if not report.fatal and not report.refusal:
        (upload.folder / "done").touch()
        upload.file.unlink(missing_ok=True)
    (upload.folder / "claim").unlink(missing_ok=True)
    return True


def _claim(upload: Upload) -> bool:
    """Whether this click is the one that counts; of two at the same moment only one is."""
    claim = upload.folder / "claim"
    if claim.exists() and _age(claim) >= STALE_CLAIM_SECONDS:
        claim.unlink(missing_ok=True)
    try:
        claim.touch(exist_ok=False)
    except (FileExistsError, FileNotFoundError):
        return False
    return True


def _run(upload: Upload, mandate: Mandate, by: str, *, check: bool) -> Checked:
    if upload.kind not in {kind.name for kind in choices(mandate)}:
        raise KIND_NOT_CHOSEN.error()
    errors = upload.errors if check else None
    scope = "" if mandate.is_of_county else mandate.scope
    found = packed(import_file(upload.kind, upload.file, by=by, check=check, errors=errors, scope=scope))
    (upload.folder / "found").write_bytes(seal.seal(found))
    return unpacked(found)
