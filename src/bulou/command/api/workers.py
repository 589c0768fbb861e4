"""Workers and organisations: masked lists, corrections, leaving, two entries of one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.etags import check_unchanged
from bulou.command.api.fields import parsed
from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Number,
    Words,
    actor,
    keys_of,
    operation,
    page,
    token_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.registers import staff
from bulou.kernel import seal
from bulou.kernel.database import atomic
from bulou.people.queries import mask_phone
from bulou.places import handing, staffing
from bulou.places.models import Organisation, Worker
from bulou.rights.capabilities import Capability

MAY = (Capability.SEE_PERSONS, Capability.KEEP_POSTS)
FIELDS = ("name", "phone", "identity", "duty", "politics")

router = Router(tags=["workers"])


class WorkerLine(Schema):
    """Somebody who works for the county; the phone is masked. `posts`: what is held now."""

    id: int
    name: str
    phone: str
    title: str
    organisation: str
    posts: list[str]


class Workers(Schema):
    rows: list[WorkerLine]
    next: str | None


class HeldPost(Schema):
    """A post that a worker holds or held."""

    post: int
    label: str
    starts_at: str
    ends_at: str | None
    deputy: bool


class WorkerOne(WorkerLine):
    """`held`: posts over time, the latest first. `version` changes with every value, masked ones too."""

    merged_into: int | None
    version: str
    held: list[HeldPost]


class WorkerFields(Schema):
    """Written as in the cells of the workbook. What is left out stays as it is registered."""

    name: Words | None = Field(None, max_length=100)
    phone: Words | None = Field(None, max_length=100)
    identity: Words | None = Field(None, max_length=100)
    duty: Words | None = Field(None, max_length=100)
    politics: Words | None = Field(None, max_length=100)
    organisation: Number | None = None


class WorkerLeave(Schema):
    """Why somebody leaves all posts."""

    words: Words = Field("", max_length=300)


class Twin(Schema):
    """The entry that becomes part of this one."""

    gone: Number


class OrganisationLine(Schema):
    """A department, company, school, clinic or police post; `people`: how many workers it has."""

    id: int
    name: str
    kind: str
    people: int


class Organisations(Schema):
    rows: list[OrganisationLine]
    next: str | None


class OrganisationFields(Schema):
    """What an organisation is called, and of what kind it is."""

    name: Words = Field(max_length=100)
    kind: Words = Field("", max_length=30)


@router.get(
    "/workers", response={200: Workers} | PROBLEMS, **operation("list_workers", Capability.SEE_PERSONS)
)
def list_workers(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """Who holds or held a post in the scope, or lives there."""
    token, keys = token_of(request), keys_of(cursor, int)
    found = staff.workers_of(token.scope, county=token.is_of_county)
    if keys:
        found = found.filter(pk__gt=keys[0])
    rows = staff.rows_of(found.select_related("organisation")[: limit + 1])
    shown, after = page(rows, limit, lambda one: (one.id,))
    return JsonResponse({"rows": [_line(one) for one in shown], "next": after})


@router.post("/workers", **act("add_worker", WorkerOne, *MAY, status=201))
@repeatable
def add_worker(request: HttpRequest, fields: WorkerFields) -> tuple[int, object]:
    """Register somebody, checked like a row of the workbook."""
    return 201, _one(staffing.add(_data(fields, None), by=actor(request)))


@router.get(
    "/workers/{int:id}",
    response={200: WorkerOne} | PROBLEMS,
    **operation("read_worker", Capability.SEE_PERSONS),
)
def read_worker(request: HttpRequest, id: int) -> HttpResponse:
    """One worker with the posts over time."""
    return JsonResponse(_one(_worker(request, id)))


@router.post("/workers/{int:id}/correct", **act("correct_worker", WorkerOne, *MAY, checked=True))
@repeatable
def correct_worker(request: HttpRequest, id: int, fields: WorkerFields) -> tuple[int, object]:
    """Correct name, phone, identity number, duty or organisation."""
    with atomic():
        worker = _locked(request, id)
        check_unchanged(request, _one(worker))
        staffing.change(id, _data(fields, worker), by=actor(request))
    return 200, _one(_worker(request, id))


@router.post("/workers/{int:id}/leave", **act("leave_all_posts", WorkerOne, *MAY, checked=True))
@repeatable
def leave(request: HttpRequest, id: int, leaving: WorkerLeave) -> tuple[int, object]:
    """Vacate every post of a worker at once."""
    with atomic():
        check_unchanged(request, _one(_locked(request, id)))
        staffing.leave(id, words=leaving.words, by=actor(request))
    return 200, _one(_worker(request, id))


@router.post("/workers/{int:id}/merge", **act("merge_workers", WorkerOne, *MAY))
@repeatable
def merge(request: HttpRequest, id: int, twin: Twin) -> tuple[int, object]:
    """Two entries are one worker: what the other held was held by this one."""
    _worker(request, id), _worker(request, twin.gone)
    staffing.merge(id, twin.gone, by=actor(request))
    return 200, _one(_worker(request, id))


@router.post("/workers/{int:id}/split", **act("split_workers", WorkerOne, *MAY))
@repeatable
def split(request: HttpRequest, id: int) -> tuple[int, object]:
    """Take the merge of this entry into another one back."""
    _worker(request, id)
    staffing.split(id, by=actor(request))
    return 200, _one(_worker(request, id))


@router.get(
    "/organisations",
    response={200: Organisations} | PROBLEMS,
    **operation("list_organisations", Capability.SEE_NUMBERS),
)
def list_organisations(request: HttpRequest, cursor: str | None = Cursor, limit: int = Limit) -> HttpResponse:
    """The organisations of the county in the order of their numbers."""
    found, keys = staff.organisations("").order_by("id"), keys_of(cursor, int)
    if keys:
        found = found.filter(pk__gt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    rows = [_organisation(one, one.people) for one in shown]
    return JsonResponse({"rows": rows, "next": after})


@router.post(
    "/organisations",
    **act("add_organisation", OrganisationLine, Capability.SEE_NUMBERS, Capability.KEEP_PLACES, status=201),
)
@repeatable
def add_organisation(request: HttpRequest, fields: OrganisationFields) -> tuple[int, object]:
    """Register an organisation."""
    made = staffing.set_organisation(None, fields.name, fields.kind, by=actor(request))
    return 201, _organisation(made, 0)


@router.post(
    "/organisations/{int:id}/correct",
    **act("correct_organisation", OrganisationLine, Capability.SEE_NUMBERS, Capability.KEEP_PLACES),
)
@repeatable
def correct_organisation(request: HttpRequest, id: int, fields: OrganisationFields) -> tuple[int, object]:
    """What an organisation is called, and of what kind it is."""
    if id >= 2**63:
        raise staffing.NO_SUCH_ORGANISATION.error()
    made = staffing.set_organisation(id, fields.name, fields.kind, by=actor(request))
    return 200, _organisation(made, made.worker_set.filter(merged_into__isnull=True).count())


def _organisation(one: Organisation, people: int) -> dict[str, Any]:
    return {"id": one.pk, "name": one.name, "kind": one.kind, "people": people}


def _worker(request: HttpRequest, id: int) -> Worker:
    """A worker of the scope. Raises `no-such-worker`."""
    found = staff.worker_in_scope(id, token_of(request)) if id < 2**63 else None
    if found is None:
        raise handing.NO_SUCH_WORKER.error()
    return found


def _locked(request: HttpRequest, id: int) -> Worker:
    """The same, and nobody else changes it until the transaction ends."""
    _worker(request, id)
    Worker.objects.select_for_update().get(pk=id)
    return _worker(request, id)


def _data(fields: WorkerFields, worker: Worker | None) -> staffing.WorkerData:
    """What was sent, in normal form, beside what is registered."""
    before = staffing.data_of(worker) if worker else staffing.WorkerData("", "")
    given = {name: getattr(fields, name) for name in FIELDS if getattr(fields, name) is not None}
    values = parsed("workers", given, given if worker else {"name": 0, "phone": 0} | given)
    return staffing.WorkerData(
        name=values.get("name", before.name) or "",
        phone=values.get("phone", before.phone) or "",
        id=values.get("identity", before.id) or "",
        title=values.get("duty", before.title) or "",
        party=values.get("politics", before.party) or "",
        organisation=fields.organisation or before.organisation,
    )


def _one(worker: Worker) -> dict[str, Any]:
    (row,) = staff.rows_of([worker])
    held = staff.posts_over_time(worker)
    return _line(row) | {
        "merged_into": worker.merged_into_id,
        "version": seal.lookup("worker-version", repr(staffing.data_of(worker))).hex(),
        "held": [_held(one) for one in held],
    }


def _held(one: staff.Held) -> dict[str, Any]:
    times = {"starts_at": told(one.term.starts), "ends_at": told(one.term.ends)}
    return {"post": one.post, "label": one.label, "deputy": one.term.deputy} | times


def _line(one: staff.WorkerRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "phone": mask_phone(one.phone),
        "title": one.title,
        "organisation": one.organisation,
        "posts": list(one.posts),
    }
