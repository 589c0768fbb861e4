"""Workers: registered, corrected, leaving all their posts at once, and one who was entered twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import audit, clock, events, seal
from bulou.kernel.database import atomic, run
from bulou.kernel.models import Event
from bulou.kernel.problems import problem
from bulou.places import posts, workers
from bulou.places.handing import worker_of
from bulou.places.models import Holding, Organisation, Worker
from bulou.places.naming import squeeze
from bulou.places.queries import holdings_at, labels

WORKER_LEFT = events.declare("places.worker_left")
WORKER_CHANGED = events.declare("places.worker_changed")
WORKERS_MERGED = events.declare("places.workers_merged")
WORKERS_SPLIT = events.declare("places.workers_split")

WORKER_STANDS = problem(
    "worker-stands", _("已有同名同号的工作人员:请打开那条登记,或合并两条登记。"), status=409
)
NAME_OR_PHONE_MISSING = problem("worker-name-or-phone-missing", _("姓名和电话都要填写。"))
HOLDS_NOTHING = problem("holds-nothing", _("此人现在没有担任任何岗位。"), status=409)
SAME_WORKER = problem("same-worker", _("请选择两条不同的登记。"))
MERGED_ALREADY = problem("worker-merged-already", _("其中一条登记已经并入别的登记。"), status=409)
NOT_MERGED = problem("worker-not-merged", _("这条登记没有并入别的登记。"), status=409)
ORGANISATION_STANDS = problem("organisation-stands", _("已有名为“{name}”的单位。"), status=409)
ORGANISATION_NAME_MISSING = problem("organisation-name-missing", _("单位名称不能为空。"))
NO_SUCH_ORGANISATION = problem("no-such-organisation", _("没有这个单位:请先登记。"), status=404)

_FOLLOWERS: list[tuple[str, str]] = []


def workers_follow(table: str, column: str) -> None:
    """Make a column of a room above go along when two entries of one worker are merged."""
    if (table, column) not in _FOLLOWERS:
        _FOLLOWERS.append((table, column))


@dataclass(frozen=True)
class WorkerData:
    """What is known of a worker, in normal form. `id` is the identity number, "" when not known."""

    name: str
    phone: str
    id: str = ""
    title: str = ""
    party: str = ""
    organisation: int | None = None


def data_of(worker: Worker) -> WorkerData:
    """What stands in the register."""
    who = seal.unseal(worker.sealed)
    return WorkerData(
        who.get("name", ""),
        who.get("phone", ""),
        who.get("id", ""),
        worker.title,
        worker.party,
        worker.organisation_id,
    )


def add(data: WorkerData, *, by: str) -> Worker:
    """Register a worker. Raises `worker-stands`, `worker-name-or-phone-missing`, `no-such-organisation`."""
    with atomic():
        if workers.find(data.name, data.phone) is not None:
            raise WORKER_STANDS.error()
        worker = Worker(**_columns(data))
        worker.save()
        _record(WORKER_CHANGED, worker, by=by, data={"made": True})
    return worker


def change(id: int, data: WorkerData, *, by: str) -> Worker:
    """Correct a worker. Raises like `add`, and `no-such-worker`. What is the same already is left alone."""
    with atomic():
        worker = worker_of(id)
        before = data_of(worker)
        if before == data:
            return worker
        columns = _columns(data, seal.unseal(worker.sealed))
        same = Worker.objects.filter(phone_key=columns["phone_key"], name_key=columns["name_key"])
        if same.exclude(pk=id).exists():
            raise WORKER_STANDS.error()
        for name, value in columns.items():
            setattr(worker, name, value)
        worker.row_key = None
        worker.save()
        fields = [name for name in data.__dataclass_fields__ if getattr(before, name) != getattr(data, name)]
        _record(WORKER_CHANGED, worker, by=by, data={"fields": fields})
    return worker


def _columns(data: WorkerData, sealed: dict[str, Any] | None = None) -> dict[str, Any]:
    if not (data.name and data.phone):
        raise NAME_OR_PHONE_MISSING.error()
    if data.organisation and not Organisation.objects.filter(pk=data.organisation).exists():
        raise NO_SUCH_ORGANISATION.error()
    phone_key, name_key = workers.Contact(data.name, data.phone).keys()
    content = {**(sealed or {}), "name": data.name, "phone": data.phone, "id": data.id}
    return {
        "sealed": seal.seal({name: value for name, value in content.items() if value}),
        "phone_key": phone_key,
        "name_key": name_key,
        "id_key": seal.lookup("identity", data.id) if data.id else None,
        "title": data.title[:50],
        "party": data.party[:20],
        "organisation_id": data.organisation,
    }


@dataclass(frozen=True)
class Vacated:
    """A post that somebody leaves, and whether nobody answers for it then."""

    post: int
    label: str
    deputy: bool
    unowned: bool


def leaving(worker: int, at: datetime | None = None) -> list[Vacated]:
    """What a worker's leaving at an instant (now) would vacate; for a preview."""
    moment = at or clock.now()
    held = list(_held(worker, moment).order_by("post_id"))
    ids = [holding.post_id for holding in held]
    others = set(
        holdings_at(moment).filter(post_id__in=ids).exclude(worker=worker).values_list("post_id", flat=True)
    )
    titles = labels(ids)
    return [
        Vacated(one.post_id, titles.get(one.post_id, ""), one.deputy, one.post_id not in others)
        for one in held
    ]


def _held(worker: int, at: datetime) -> Any:
    """What runs at an instant or begins after it."""
    return Holding.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), worker_id=worker)


def leave(worker: int, at: datetime | None = None, *, words: str = "", by: str) -> list[Holding]:
    """A worker leaves: every post is vacated at once. Raises `no-such-worker`, `holds-nothing`.

    What was to begin later ends where it would have begun.
    """
    moment = at or clock.now()
    with atomic():
        found = worker_of(worker)
        held = list(_held(worker, moment).select_related("post").order_by("post_id"))
        if not held:
            raise HOLDS_NOTHING.error()
        for one in held:
            one.ends_at = max(moment, one.starts_at)
        Holding.objects.bulk_update(held, ["ends_at"])
        left = [posts.left_event(one, by=by) for one in held]
        events.append(left)
        hearers.tell(left)
        _record(WORKER_LEFT, found, by=by, data={"posts": [one.post_id for one in held]}, reason=words)
    return held


def merge(keep: int, gone: int, *, by: str) -> Worker:
    """Two entries are one worker: what was held under `gone` was held by `keep`.

    Nothing is thrown away; `split` takes it back. Raises `same-worker`, `worker-merged-already`.
    """
    if keep == gone:
        raise SAME_WORKER.error()
    with atomic():
        stays, goes = worker_of(keep), worker_of(gone)
        if stays.merged_into_id or goes.merged_into_id:
            raise MERGED_ALREADY.error()
        taken = Holding.objects.filter(worker=stays).values_list("post_id", "starts_at")
        doubled = set(taken)
        moved = [
            one.pk
            for one in Holding.objects.filter(worker=goes)
            if (one.post_id, one.starts_at) not in doubled
        ]
        Holding.objects.filter(pk__in=moved).update(worker=stays)
        followed = [
            (table, column, run(_FOLLOW.format(table=table, column=column), [keep, gone]))
            for table, column in _FOLLOWERS
        ]
        goes.merged_into = stays
        goes.save(update_fields=["merged_into"])
        data = {"into": keep, "holdings": moved, "followed": sum(count for *_names, count in followed)}
        _record(WORKERS_MERGED, goes, by=by, data=data)
    return stays


_FOLLOW = "UPDATE {table} SET {column} = %s WHERE {column} = %s"


def split(gone: int, *, by: str) -> Worker:
    """Take a merge back: the holdings that went along return. Log-ins stay with the entry that was kept.

    Raises `worker-not-merged`.
    """
    with atomic():
        worker = worker_of(gone)
        if worker.merged_into_id is None:
            raise NOT_MERGED.error()
        merged = Event.objects.filter(kind__name=WORKERS_MERGED, subject=gone).order_by("-seq").first()
        moved = merged.data.get("holdings", []) if merged else []
        Holding.objects.filter(pk__in=moved, worker=worker.merged_into_id).update(worker=worker)
        before, worker.merged_into = worker.merged_into_id, None
        worker.save(update_fields=["merged_into"])
        _record(WORKERS_SPLIT, worker, by=by, data={"from": before, "holdings": moved})
    return worker


def set_organisation(id: int | None, name: str, kind: str, *, by: str) -> Organisation:
    """Register an organisation, or correct one. Raises `organisation-stands`, `organisation-name-missing`."""
    label = squeeze(name)
    if not label:
        raise ORGANISATION_NAME_MISSING.error()
    with atomic():
        if Organisation.objects.filter(name=label).exclude(pk=id or 0).exists():
            raise ORGANISATION_STANDS.error(name=label)
        found = Organisation.objects.filter(pk=id).first() if id else Organisation()
        if found is None:
            raise NO_SUCH_ORGANISATION.error()
        found.name, found.kind = label[:100], squeeze(kind)[:30]
        found.save()
        audit.record("organisation.set", by=by, subject=f"organisation:{found.pk}", detail={"name": label})
    return found


def _record(kind: str, worker: Worker, *, by: str, data: dict[str, Any], reason: str = "") -> None:
    told = events.record(
        events.NewEvent(
            kind=kind, subject=worker.pk, place=worker.home[:17], actor=by, happened_at=clock.now(), data=data
        )
    )
    hearers.tell([told])
    audit.record(kind, by=by, subject=f"worker:{worker.pk}", reason=reason[:300], detail=data)
