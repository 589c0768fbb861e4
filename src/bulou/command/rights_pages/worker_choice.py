"""Whose account it is: a worker found by name, phone or initials, masked; several are offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from bulou.command.registers import candidates, staff
from bulou.kernel.problems import BulouError, problem
from bulou.people.queries import mask_name, mask_phone
from bulou.places.models import Worker
from bulou.rights.models import Mandate

NO_WORKER_MEANT = problem(
    "worker-not-meant", _("没有找到“{words}”:请写工作人员的姓名、手机号或拼音首字母,或先在岗位里登记。")
)
SEVERAL_WORKERS = problem("worker-several", _("“{words}”可能指几个人:请从列表里选一个。"))


@dataclass(frozen=True)
class WorkerChoice:
    """What a form's field of a worker shows: the words, or several to choose from, and what is wrong."""

    words: str = ""
    offered: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""


class WorkerUnclear(BulouError):
    """The words mean nobody or several; `choice` is what the field shows next."""

    choice: WorkerChoice


def chosen(given: Mapping[str, str], giver: Mandate) -> Worker | None:
    """The worker of the giver's scope that `who` means; None for no words. Raises `WorkerUnclear`."""
    words = given.get("who", "").strip()
    if not words:
        return None
    ids = [int(words)] if words.isdecimal() and len(words) < 10 else candidates.search(words, giver.scope)
    found = [one for id in ids if (one := staff.worker_in_scope(id, giver)) and not one.merged_into_id]
    if len(found) == 1:
        return found[0]
    error = WorkerUnclear(SEVERAL_WORKERS if found else NO_WORKER_MEANT, {"words": words})
    offered = [(str(one.id), title_of(one)) for one in candidates.candidates_of([one.pk for one in found])]
    error.choice = WorkerChoice(words, offered, str(error))
    raise error


def title_of(one: candidates.Candidate) -> str:
    """Enough to tell two workers apart, and no more."""
    return " · ".join(filter(None, (mask_name(one.name), mask_phone(one.phone), "、".join(one.posts))))


def said(worker: int | None) -> str:
    """The worker of an account, masked, with the posts; "" for none."""
    found = candidates.candidates_of([worker]) if worker else []
    return title_of(found[0]) if found else ""
