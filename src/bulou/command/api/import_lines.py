"""Workbooks, what was found in them and imports, as answers say them."""

from __future__ import annotations

from typing import Any

from bulou.command.api.frame import (
    told,
)
from bulou.command.imports import history, pages, work
from bulou.command.imports.uploads import Upload
from bulou.kernel.models import Job
from bulou.sheets.changes import Change
from bulou.sheets.models import ImportRun
from bulou.sheets.problems import sentence
from bulou.sheets.reading import Problem as Finding


def upload_line(one: Upload, job: Job | None) -> dict[str, Any]:
    """A workbook on its way."""
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": one.kind,
        "whole": one.whole,
        "at": told(one.at),
        "state": pages.state_of(one, job),
        "job": str(job.pk) if job else None,
    }


def upload_one(upload: Upload) -> dict[str, Any]:
    """The same with what its check found."""
    checked = upload.checked
    return upload_line(upload, work.latest([upload.id]).get(upload.id)) | {
        "counts": checked.counts if checked else None,
        "gone": checked.changes.gone_count if checked else 0,
        "to_mend": checked.to_mend if checked else 0,
        "stale": bool(checked and checked.stale),
        "fatal": bool(checked and checked.fatal),
        "alarms": [sentence(found) for found in checked.alarms] if checked else [],
        "area": checked.area if checked else "",
    }


def finding_line(one: Finding) -> dict[str, Any]:
    """What was not taken literally, in words."""
    names = ("sheet", "row", "at", "column", "value", "action", "code")
    return {name: getattr(one, name) for name in names} | {"sentence": sentence(one)}


def change_line(one: Change, titles: dict[str, str], paths: dict[str, str]) -> dict[str, Any]:
    """What one row would register or change, masked."""
    fields = [
        {"column": titles.get(name, name), "old": pages.masked(name, old), "new": pages.masked(name, new)}
        for name, old, new in one.fields
    ]
    place = paths.get(one.place, "")
    return {"sheet": one.sheet, "row": one.row, "who": one.who, "place": place, "fields": fields}


def run_line(one: ImportRun) -> dict[str, Any]:
    """An import that was done."""
    names = ("kind", "file_name", "by", "place", "rows", "new", "updated", "unchanged", "refused", "gone")
    return {
        "id": str(one.pk),
        "taken_back": one.taken_back,
        "kept": one.kept,
        "may_undo": history.may_undo(one),
        **{name: getattr(one, name) for name in names},
        **{name: told(getattr(one, name)) for name in ("started_at", "ended_at", "undone_at")},
    }
