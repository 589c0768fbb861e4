"""What the pages of the workbench show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bulou.command.asked import Page
from bulou.command.imports import uploads, work
from bulou.command.imports.findings import Checked, is_bad_cell
from bulou.command.imports.grid import ACTIONS, grids
from bulou.command.imports.titles import title_of, titles_of_columns
from bulou.command.imports.uploads import Upload
from bulou.command.jobs.views import shown
from bulou.kernel.models import Job, JobState
from bulou.people.queries import mask_identity, mask_phone
from bulou.places.queries import name_paths
from bulou.rights.models import Mandate
from bulou.sheets.changes import Change
from bulou.sheets.choices import Choice
from bulou.sheets.columns import SheetKind, kind_named
from bulou.sheets.problems import sentence
from bulou.web.access import OfficeRequest

MASKS = {"identity": mask_identity, "phone": mask_phone}
CHANGES = ("changed", "new", "gone")


def titled(kinds: list[SheetKind]) -> list[dict[str, str]]:
    """Kinds to choose from, their titles in the reader's language."""
    return [{"name": kind.name, "title": title_of(kind)} for kind in kinds]


def pending(mandate: Mandate) -> list[dict[str, Any]]:
    """One's uploads with how far they are."""
    found = uploads.pending(mandate)
    under_way = work.latest(one.id for one in found)
    return [
        {
            "upload": one,
            "kind": title_of(kind_named(one.kind)) if one.kind else "",
            "state": state_of(one, under_way.get(one.id)),
            "job": under_way.get(one.id),
        }
        for one in found
    ]


def state_of(upload: Upload, job: Job | None) -> str:
    """done, checking, importing, failed, unknown (kind) or checked."""
    if upload.is_done:
        return "done"
    if job is not None and work.is_active(job):
        return "importing" if job.kind == work.BRING_IN else "checking"
    if job is not None and job.state == JobState.FAILED:
        return "failed"
    return "checked" if (upload.folder / "found").exists() else "unknown"


def of_upload(request: OfficeRequest, upload: Upload) -> dict[str, Any]:
    """The page of one upload."""
    job = work.latest([upload.id]).get(upload.id)
    checked = upload.checked
    context: dict[str, Any] = {
        "upload": upload,
        "state": state_of(upload, job),
        "progress": shown(job) if job else None,
        "checked": checked,
        "kinds": titled(uploads.choices(request.mandate)),
        "kind": title_of(kind_named(upload.kind)) if upload.kind else "",
    }
    if checked:
        context |= _found(request, upload, checked)
    return context


def _found(request: OfficeRequest, upload: Upload, checked: Checked) -> dict[str, Any]:
    counts = dict(checked.actions)
    for name in ("new", "changed"):
        counts[name] = checked.counts["updated" if name == "changed" else name]
    counts["gone"] = checked.changes.gone_count
    names = [*ACTIONS[:1], *(() if upload.is_done else CHANGES), *ACTIONS[1:]]
    tabs = [(name, counts[name]) for name in names if counts.get(name)]
    asked = request.GET.get("show", "")
    show = asked if asked in dict(tabs) else (tabs[0][0] if tabs else "")
    area = name_paths([checked.area])[checked.area] if checked.area else ""
    listed = (
        _changes(request, upload, checked, show) if show in CHANGES else _grid(request, upload, checked, show)
    )
    alarms = [sentence(found) for found in checked.alarms]
    return {"tabs": tabs, "show": show, "alarms": alarms, "area": area, **listed}


def _grid(request: OfficeRequest, upload: Upload, checked: Checked, show: str) -> dict[str, Any]:
    """The grid of one kind of findings, a page of rows at a time; mended cells stay in sight."""
    mends = upload.mends
    chosen = [found for found in checked.problems if found.action == show]
    refs = {(found.sheet, found.row) for found in chosen}
    if show == "refused":
        refs |= {ref for ref in checked.rows if mends.of_row(*ref)}
    rows = sorted(refs)
    page = Page.of(request, len(rows))
    on_page = set(rows[page.offset : page.offset + page.size])
    on_grid = [found for found in checked.problems if (found.sheet, found.row) in on_page]
    kind = kind_named(upload.kind)
    return {
        "page": page,
        "grids": grids(on_grid, on_page, checked, mends, kind),
        "may_mend": not upload.is_done and any(is_bad_cell(found) for found in on_grid),
    }


def _changes(request: OfficeRequest, upload: Upload, checked: Checked, show: str) -> dict[str, Any]:
    """The first rows that would be new or changed, or the persons whom a whole list does not have."""
    listed: list[Any] = getattr(checked.changes, show)
    page = Page.of(request, len(listed))
    part = listed[page.offset : page.offset + page.size]
    kind = kind_named(upload.kind)
    if show == "gone":
        rows: list[dict[str, Any]] = [one._asdict() for one in part]
    else:
        paths = name_paths({one.place for one in part if one.place})
        rows = [_change(one, kind) | {"place": paths.get(one.place, "")} for one in part]
    return {"page": page, "rows": rows}


def _change(one: Change, kind: SheetKind) -> dict[str, Any]:
    """One change, its values in the words of a workbook, masked as everywhere."""
    titles, columns = titles_of_columns(kind), {column.name: column for column in kind.columns}

    def worded(name: str, value: str) -> str:
        parse = columns[name].parse if name in columns else None
        return masked(name, str(parse.write(value)) if value and isinstance(parse, Choice) else value)

    fields = [(titles.get(name, name), worded(name, old), worded(name, new)) for name, old, new in one.fields]
    return {"sheet": one.sheet, "number": one.row, "who": one.who, "fields": fields}


def masked(column: str, value: str) -> str:
    """A value as pages show it."""
    mask = MASKS.get(column)
    return mask(value) if mask and value else value or _("(空)")
