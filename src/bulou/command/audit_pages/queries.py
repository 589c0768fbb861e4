"""The audit chain as the privacy officer reads it: filtered, by key, without anybody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.command.actors import actor_titles
from bulou.command.audit_pages import words
from bulou.kernel.database import rows
from bulou.kernel.fields import from_micros, to_micros
from bulou.kernel.models import AuditLine
from bulou.people.lookups import UNMASKED
from bulou.places import codes
from bulou.rights.models import Account

PAGE = 50
MOST_ACCOUNTS = 500
MANY = 30
"""Full values looked at by one account in a day: more than a day's visits in a grid."""
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
"""County hours in which nobody has to look people up."""
HOUR = 3_600_000_000
COUNTY_OFFSET = 8 * HOUR
REASONS = {
    "many": _("一天里查看了很多次"),
    "night": _("在夜里(22 点到 6 点)查看"),
    "far": _("查看的人不在自己的辖区(受委托或紧急提权时)"),
}


@dataclass(frozen=True)
class Asked:
    """What of the chain is asked for. Empty parts ask for everything; `actors` are those that words named."""

    scope: str
    actor: str = ""
    actors: tuple[str, ...] | None = None
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None

    def lines(self) -> QuerySet[AuditLine, AuditLine]:
        """The lines, the latest first. Those of no place are the county's."""
        found = AuditLine.objects.filter(self._within()).order_by("-seq")
        wanted = {"actor": self.actor, "action": self.action, "subject": self.subject}
        found = found.filter(**{name: value for name, value in wanted.items() if value})
        if self.actors is not None:
            found = found.filter(actor__in=self.actors)
        if self.since:
            found = found.filter(at__gte=self.since)
        if self.until:
            found = found.filter(at__lt=self.until)
        return found.filter(seq__lt=self.before) if self.before else found

    def _within(self) -> Q:
        here = codes.within("place", self.scope)
        return here | Q(place="") if len(self.scope) == codes.WIDTHS[codes.LEVELS[0]] else here


@dataclass(frozen=True)
class Line:
    """One line of the chain in words: who acted, what was done, to what, where."""

    line: AuditLine
    actor: str
    action: str
    subject: str
    place: str
    field: str

    @property
    def reason(self) -> str:
        """Why, in words."""
        return words.reason_title(self.line)


def page_of(asked: Asked) -> tuple[list[Line], int | None]:
    """A page of lines, and the key of the next page."""
    found = list(asked.lines()[: PAGE + 1])
    after = found[PAGE - 1].seq if len(found) > PAGE else None
    return _titled(found[:PAGE]), after


def who_looked(person: int) -> list[Line]:
    """Who looked at a person's full values, and why: for the privacy officer and for the resident's page."""
    found = AuditLine.objects.filter(action=UNMASKED, subject=f"person:{person}")
    return _titled(list(found.order_by("-seq")[:200]))


def _titled(found: list[AuditLine]) -> list[Line]:
    titles = words.subject_titles({*(line.actor for line in found), *(line.subject for line in found)})
    places = words.place_titles(line.place for line in found)
    return [
        Line(
            line,
            titles[line.actor],
            words.action_title(line.action),
            titles.get(line.subject, ""),
            places.get(line.place, ""),
            words.field_title(line.detail.get("field", "")),
        )
        for line in found
    ]


def actions() -> list[tuple[str, str]]:
    """The kinds of act that stand in the chain, with their titles."""
    codes_ = AuditLine.objects.order_by("action").values_list("action", flat=True).distinct()
    return sorted(((code, words.action_title(code)) for code in codes_), key=lambda one: one[1])


def accounts_named(text: str) -> tuple[str, ...]:
    """The actors whose account's user name or title has these words."""
    named = Q(user__username__icontains=text) | Q(title__icontains=text)
    found = Account.objects.filter(named).order_by("pk").values_list("user_id", flat=True)
    return tuple(f"user:{user}" for user in found[:MOST_ACCOUNTS])


@dataclass(frozen=True)
class Unusual:
    """Something to ask about: what was seen and why it is shown. Nothing is added up, nobody is ranked."""

    reason: Any
    actor: str
    title: str
    count: int
    last_at: datetime


def unusual(scope: str, since: datetime) -> list[Unusual]:
    """Looks at full values that are many in a day, at night, or beyond the account's own mandates."""
    low, high = codes.scope(scope)
    found = rows(
        f"""
        WITH looks AS (
            SELECT actor, at, place, (at + {COUNTY_OFFSET}) / {24 * HOUR} AS day,
                   ((at + {COUNTY_OFFSET}) / {HOUR}) %% 24 AS hour
            FROM kernel_auditline
            WHERE action = %s AND at >= %s AND place >= %s AND place < %s
        )
        SELECT 'many', actor, count(*), max(at) FROM looks GROUP BY actor, day HAVING count(*) >= {MANY}
        UNION ALL
        SELECT 'night', actor, count(*), max(at) FROM looks
        WHERE hour >= {NIGHT_BEGINS} OR hour < {NIGHT_ENDS} GROUP BY actor
        UNION ALL
        SELECT 'far', actor, count(*), max(at) FROM looks
        WHERE actor LIKE 'user:%%' AND NOT EXISTS (
            SELECT 1 FROM rights_mandate m JOIN rights_account a ON a.id = m.account_id
            WHERE actor = 'user:' || a.user_id AND m.delegated_from_id IS NULL AND m.starts_at <= looks.at
              AND (m.ends_at IS NULL OR m.ends_at > looks.at)
              AND substr(looks.place, 1, length(m.scope)) = m.scope
        ) GROUP BY actor
        ORDER BY 4 DESC, 2
        """,
        [UNMASKED, to_micros(since), low, high],
    )
    titles = actor_titles(actor for _reason, actor, _count, _at in found)
    return [
        Unusual(REASONS[reason], actor, titles[actor], count, from_micros(at))
        for reason, actor, count, at in found
    ]
