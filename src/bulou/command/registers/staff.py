"""Workers and organisations as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from bulou.command.powers import Power
from bulou.command.registers.terms import Term
from bulou.kernel import seal
from bulou.places import codes
from bulou.places.models import Holding, Organisation, Worker
from bulou.places.queries import holdings_at, labels

AT_ONCE = 1_000


def workers_of(scope: str, *, county: bool) -> QuerySet[Worker, Worker]:
    """The workers of a scope: who hold or held a post there, or live there; in the county everybody."""
    found = Worker.objects.filter(merged_into__isnull=True).exclude(sealed=b"").order_by("id")
    if county:
        return found
    here = Holding.objects.filter(codes.within("post__place", scope), worker=OuterRef("pk"))
    return found.filter(Exists(here) | codes.within("home", scope))


def worker_in_scope(id: int, power: Power) -> Worker | None:
    """A worker of the scope, merged ones too."""
    found = Worker.objects.filter(pk=id).select_related("organisation", "merged_into").first()
    if found is None or power.is_of_county:
        return found
    theirs = Holding.objects.filter(codes.within("post__place", power.scope), worker=found)
    return found if power.covers(found.home) or theirs.exists() else None


@dataclass(frozen=True)
class WorkerRow:
    """One worker as a list shows them."""

    id: int
    name: str
    phone: str
    title: str
    organisation: str
    posts: tuple[str, ...]


def rows_of(workers: Iterable[Worker]) -> list[WorkerRow]:
    """Workers with the posts that they hold now, however many with as many queries."""
    found = list(workers)
    held: dict[int, list[int]] = {}
    running = holdings_at().filter(worker__in=[one.pk for one in found]).order_by("post_id")
    for worker, post in running.values_list("worker_id", "post_id"):
        held.setdefault(worker, []).append(post)
    titles = labels(post for some in held.values() for post in some)
    return [_row(one, tuple(titles[post] for post in held.get(one.pk, ()))) for one in found]


def _row(worker: Worker, posts: tuple[str, ...]) -> WorkerRow:
    who = seal.unseal(worker.sealed)
    organisation = worker.organisation.name if worker.organisation else ""
    return WorkerRow(worker.pk, who.get("name", ""), who.get("phone", ""), worker.title, organisation, posts)


def in_batches(workers: QuerySet[Worker, Worker]) -> Iterator[WorkerRow]:
    """The whole list, a thousand at a time."""
    last = 0
    while True:
        found = rows_of(workers.select_related("organisation").filter(pk__gt=last)[:AT_ONCE])
        yield from found
        if len(found) < AT_ONCE:
            return
        last = found[-1].id


@dataclass(frozen=True)
class Held:
    """A post that a worker holds or held."""

    post: int
    label: str
    term: Term

    def runs(self, now: datetime) -> bool:
        return self.term.runs(now)


def posts_over_time(worker: Worker) -> list[Held]:
    """What a worker held, the latest first."""
    found = list(Holding.objects.filter(worker=worker).order_by("-starts_at", "-id")[:200])
    titles = labels(one.post_id for one in found)
    return [
        Held(
            one.post_id, titles[one.post_id], Term(worker.pk, "", "", one.starts_at, one.ends_at, one.deputy)
        )
        for one in found
    ]


def organisations(words: str) -> QuerySet[Organisation, Organisation]:
    """Organisations by name, with how many workers each has."""
    found = Organisation.objects.annotate(
        people=Count("worker", filter=Q(worker__merged_into__isnull=True))
    ).order_by("name")
    return found.filter(name__contains=words) if words else found


def choices() -> list[tuple[str, str]]:
    """Organisations to choose from."""
    return [
        ("", "—"),
        *((str(id), name) for id, name in Organisation.objects.order_by("name").values_list("id", "name")),
    ]
