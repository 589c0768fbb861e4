"""The same act about many lines: what it would do, and doing it, at once or as a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.command.subjects import with_needs
from bulou.command.worklists.duties import CASE
from bulou.kernel import clock, jobs, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import CATALOGUE, problem
from bulou.obligations import followup
from bulou.obligations.followup import Act, Call, Hand, Postpone, Result, TakeBack
from bulou.obligations.models import Obligation
from bulou.places import codes

AT_ONCE = 500
MOST = 20_000
JOB = "worklists.bulk"

TOO_MANY = problem(
    "bulk-too-many", _("一次最多处理 {most} 条,选中的有 {count} 条:请先用筛选缩小范围。"), status=413
)
NOTHING_CHOSEN = problem("bulk-nothing-chosen", _("没有选中任何一条:请先在清单里选中。"))
NO_SUCH_ACT = problem("bulk-no-such-act", _("请选择要做什么:推迟、转交、收回或记录电话。"))


@dataclass(frozen=True)
class Plan:
    """An act about many lines, as a form says it and a job keeps it. No words about anybody stand open."""

    act: str
    until: str = ""
    why: str = ""
    post: int = 0
    outcome: str = ""
    words: str = ""

    def read(self) -> Act:
        """The act. Raises `bulk-no-such-act`, `bad-instant`."""
        if self.act == "later":
            at = clock.parse_instant(self.until) if self.until else None
            return Postpone(words=self.words, until=at, why=self.why, apart=_with_needs())
        if self.act == "hand":
            return Hand(words=self.words, post=self.post)
        if self.act == "back":
            return TakeBack(words=self.words)
        if self.act == "call":
            return Call(words=self.words, outcome=self.outcome)
        raise NO_SUCH_ACT.error()

    def as_args(self) -> dict[str, Any]:
        """What a job keeps."""
        open_ = {name: value for name, value in vars(self).items() if name != "words"}
        return open_ | {"sealed": seal.seal({"words": self.words}).hex()}

    @classmethod
    def of_args(cls, args: dict[str, Any]) -> Plan:
        """The plan that `as_args` kept."""
        words = seal.unseal(bytes.fromhex(args["sealed"])).get("words", "")
        return cls(**{name: args[name] for name in ("act", "until", "why", "post", "outcome")}, words=words)


def _with_needs() -> frozenset[int]:
    """Those under monitoring with needs: nobody postpones them together with others."""
    return frozenset(row["pk"] for row in with_needs()[CASE])


@dataclass(frozen=True)
class Refusal:
    """How many lines refuse, and why."""

    count: int
    why: str


def refusals(result: Result) -> list[Refusal]:
    """Why lines are left out, in the reader's words."""
    return [Refusal(count, CATALOGUE[code].say()) for code, count in result.refused.most_common()]


def in_scope(ids: Sequence[int], scope: str) -> list[int]:
    """Of these lines those of a scope, in their order. Raises `bulk-nothing-chosen`, `bulk-too-many`."""
    if len(ids) > MOST:
        raise TOO_MANY.error(most=MOST, count=len(ids))
    found: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        here = Obligation.objects.filter(codes.within("place", scope), pk__in=ids[start : start + AT_ONCE])
        found.update(here.values_list("pk", flat=True))
    if not found:
        raise NOTHING_CHOSEN.error()
    return [id for id in dict.fromkeys(ids) if id in found]


def preview(plan: Plan, ids: Sequence[int]) -> Result:
    """What would be done about how many lines. Raises what the act's check raises."""
    act, total = plan.read(), Result()
    for start in range(0, len(ids), AT_ONCE):
        total.add(followup.preview(act, ids[start : start + AT_ONCE]))
    return total


def do(plan: Plan, ids: Sequence[int], *, by: str, key: UUID) -> tuple[Result | None, UUID | None]:
    """Do it at once, or put it in as a job when there are many: (what was done, None) or (None, the job)."""
    act = plan.read()
    act.check(clock.now())
    if len(ids) <= AT_ONCE:
        return followup.apply(act, ids, by=by, key=key), None
    with atomic():
        args = plan.as_args() | {"ids": list(ids), "key": str(key), "by": by}
        return None, jobs.enqueue(JOB, args, by=by, key=str(key)).pk


@jobs.job(JOB)
def _work(args: dict[str, Any], tell: jobs.Tell) -> dict[str, Any]:
    """Part by part; a part done before is known by its events, so a repeated run changes nothing."""
    ids, total = args["ids"], Result()
    act = Plan.of_args(args).read()
    for start in range(0, len(ids), AT_ONCE):
        with atomic():
            part = followup.apply(act, ids[start : start + AT_ONCE], by=args["by"], key=UUID(args["key"]))
            jobs.hold_lease()
        total.add(part)
        tell(min(start + AT_ONCE, len(ids)), len(ids))
    return {"done": total.done + total.repeated, "refused": sum(total.refused.values())}
