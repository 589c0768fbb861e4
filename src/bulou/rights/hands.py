"""Whether two acts were done by two people, however their actors are written (four eyes).

One human may act as a log-in ("user:3") and as a program with the token of a post ("post:12"): whoever holds
the post at that moment has its token. Two log-ins of one worker are one human too, and so are two entries of
the staff register with one identity number, or of which one was merged into the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum

from django.db.models import Q

from bulou.places.models import Worker
from bulou.places.queries import holdings_at
from bulou.rights.models import Account

Human = dict[str, object]
"""By what a human is told: a log-in, an entry of the staff register, the keyed hash of the number."""
USER = "user:"
ANSWERS = ("user", "worker")
"""What tells two humans apart when both have it, and it differs."""


class Hands(Enum):
    """What can be said of two actors."""

    TWO = "two"
    ONE = "one"
    UNKNOWN = "unknown"


def compare(first: str, second: str, *, first_at: datetime | None = None) -> Hands:
    """Whether `second`, acting now, is another human than `first`, who acted at `first_at`.

    UNKNOWN when it cannot be told: nobody holds the post, a job or an import acted, or a log-in that is tied
    to no worker meets a post whose holder has no log-in. Whoever asks for four eyes refuses that, too.
    """
    if first == second:
        return Hands.ONE
    tied = _tied(first, second)
    pairs = [(one, other) for one in _humans(first, first_at, tied) for other in _humans(second, None, tied)]
    if any(_shared(one, other) for one, other in pairs):
        return Hands.ONE
    return Hands.TWO if pairs and all(_told_apart(one, other) for one, other in pairs) else Hands.UNKNOWN


def log_ins(actor: str) -> set[int]:
    """The users of every log-in of the human behind an actor (of a program: of who may stand behind it)."""
    humans = _humans(actor, None, _tied(actor))
    users, workers, numbers = (
        [one[name] for one in humans if name in one] for name in ("user", "worker", "identity")
    )
    theirs = (
        Q(user__in=users)
        | Q(worker__in=workers)
        | Q(worker__merged_into__in=workers)
        | Q(worker__id_key__in=numbers)
    )
    return set(Account.objects.filter(theirs).values_list("user_id", flat=True))


def _shared(one: Human, other: Human) -> bool:
    return any(other.get(name) == value for name, value in one.items())


def _told_apart(one: Human, other: Human) -> bool:
    return any(name in one and name in other for name in ANSWERS)


def _tied(*actors: str) -> dict[int, Worker]:
    """The workers to whom these log-ins are tied."""
    users = [int(text) for text in (actor.removeprefix(USER) for actor in actors) if text.isdecimal()]
    found = Account.objects.filter(user__in=users, worker__isnull=False).select_related("worker")
    return {one.user_id: one.worker for one in found if one.worker is not None}


def _humans(actor: str, at: datetime | None, tied: Mapping[int, Worker]) -> list[Human]:
    """Who may stand behind an actor at an instant."""
    kind, _colon, number = actor.partition(":")
    if not number.isdecimal():
        return []
    if kind == "user":
        return [{"user": int(number), **_worker(tied.get(int(number)))}]
    if kind == "post":
        return _holders(int(number), at)
    return []


def _holders(post: int, at: datetime | None) -> list[Human]:
    """Holder and deputies of a post, with the log-ins of each."""
    workers = [
        holding.worker for holding in holdings_at(at).filter(post=post).order_by().select_related("worker")
    ]
    log_ins = Account.objects.filter(worker__in=workers).values_list("worker_id", "user_id")
    return [human for worker in workers for human in _with_log_ins(worker, log_ins)]


def _with_log_ins(worker: Worker, log_ins: Iterable[tuple[int | None, int]]) -> list[Human]:
    theirs = [user for of, user in log_ins if of == worker.pk]
    return [{**_worker(worker), "user": user} for user in theirs] or [_worker(worker)]


def _worker(worker: Worker | None) -> Human:
    if worker is None:
        return {}
    marks: Human = {"worker": worker.merged_into_id or worker.pk}
    return marks | {"identity": bytes(worker.id_key)} if worker.id_key else marks
