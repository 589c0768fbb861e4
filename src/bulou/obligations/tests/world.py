"""Three small kinds about persons of the register, so that the engine is tested without any capability.

A person owes from `registered_at` until `left_at` (the term), unless `died_at` ends it before. The post that
answers stands in `birth_month`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import BigIntegerField, Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce

from bulou.facts.base import Fact
from bulou.kernel import clock, events
from bulou.kernel.fields import InstantField, micros
from bulou.kernel.ids import uuid7
from bulou.obligations import directives, engine
from bulou.obligations.kinds import KINDS, NEVER, DailyKind, OnceKind
from bulou.obligations.models import Escalation, Obligation, RollUp
from bulou.obligations.reconcile import reconcile
from bulou.people.models import Person
from bulou.places.models import Holding, Level, Place, Post, Worker

COUNTY, TOWN, VILLAGE = "141022", "141022100", "141022100003"
GRID, NEXT_GRID = VILLAGE + "00101", VILLAGE + "00102"
DOOR, NEXT_DOOR = GRID + "001010101", NEXT_GRID + "001010101"
OTHER_TOWN = "141022101"
CHANGED = events.declare("testing.changed")
COLUMNS = ("subject", "starts_at", "ends_at", "ended_at", "excuse")


class Shown(Fact):
    """Somebody was seen to be well."""

    kind: ClassVar[str] = "testing.shown"
    subject_type: ClassVar[str] = "testing.person"
    from_outside: ClassVar[bool] = False


class Told(Fact):
    """Somebody said so; proves as well as being seen."""

    kind: ClassVar[str] = "testing.told"
    subject_type: ClassVar[str] = "testing.person"
    from_outside: ClassVar[bool] = False


class OfPersons:
    """Who owes, by the register; `changes` are the persons that an event changed, with its number."""

    subject_type = "testing.person"
    changed_by = frozenset({CHANGED})

    def __init__(self) -> None:
        self.changes: list[tuple[int, int]] = []

    def changed(self, seq: int) -> list[int]:
        return [person for at, person in self.changes if at > seq]

    def owed_since(self, seq: int) -> datetime | None:
        found = Person.objects.filter(pk__in=self.changed(seq)).values_list("registered_at", flat=True)
        return min(found, default=None)

    def endings(self, seq: int) -> Any:
        # Person's own fields have other names than those asked for, so no annotation collides.
        return (
            Person.objects.filter(pk__in=self.changed(seq))
            .annotate(
                subject=F("pk"),
                starts_at=F("registered_at"),
                ends_at=Coalesce(F("left_at"), Value(NEVER, InstantField())),
                ended_at=F("died_at"),
                excuse=Value("died", CharField()),
            )
            .values(*COLUMNS)
        )

    @staticmethod
    def owing(who: Any, opens: Any, due: Any) -> Any:
        early = Q(died_at__lt=F("due_at"))
        return (
            who.annotate(opens_at=opens, due_at=due)
            .filter(Q(died_at__isnull=True) | Q(died_at__gt=F("opens_at")))
            .values(
                "place",
                "opens_at",
                "due_at",
                subject=F("pk"),
                post=Cast(F("birth_month"), BigIntegerField()),
                excused_at=Case(When(early, then=F("died_at")), output_field=InstantField()),
                excuse=Case(When(early, then=Value("died")), default=Value(""), output_field=CharField()),
            )
        )


class DailyOfPersons(OfPersons, DailyKind, abstract=True):
    """Owed in each window that opens within the term."""

    def universe(self, window: Any, params: Any) -> Any:
        who = Person.objects.filter(
            Q(left_at__isnull=True) | Q(left_at__gt=window.opens_at), registered_at__lte=window.opens_at
        )
        return self.owing(who, Value(window.opens_at, InstantField()), Value(window.due_at, InstantField()))


class Twice(DailyOfPersons, abstract=True):
    """Two windows a day that a proof may name."""

    name, title = "testing.twice", "两次"
    proofs = (Shown, Told)
    default: ClassVar = {"windows": [["am", "06:00", "12:00"], ["pm", "12:00", "20:00"]]}


class Once(DailyOfPersons, abstract=True):
    """One window a day without a name."""

    name, title = "testing.daily", "每日"
    proofs = (Told,)
    default: ClassVar = {}


class Notice(OfPersons, OnceKind, abstract=True):
    """Owed once, within an hour of the registration."""

    name, title = "testing.notice", "一次"
    proofs = (Shown,)
    default: ClassVar = {"minutes": 60}

    def universe(self, window: Any, params: Any) -> Any:
        who = Person.objects.filter(registered_at__gte=window.opens_at, registered_at__lt=window.closes_at)
        due = Cast(F("registered_at"), BigIntegerField()) + Value(
            micros(timedelta(minutes=params.minutes)), BigIntegerField()
        )
        return self.owing(who, F("registered_at"), Cast(due, InstantField()))


class EarlyNotice(Notice, abstract=True):
    """The same; done in advance counts too."""

    name, title = "testing.early_notice", "可提前"
    early = True


def at(text: str) -> datetime:
    """ "16 08:30" is that time of April 2022 in the county; "16" is its 00:00; "16 24:00" its end."""
    day, _, hours = text.partition(" ")
    if hours == "24:00":
        return clock.end_of(clock.parse_instant(f"2022-04-{int(day):02}").date())
    return clock.parse_instant(f"2022-04-{int(day):02}T{hours or '00:00'}")


def said(moment: datetime | None) -> str:
    """The reverse of `at`."""
    return f"{clock.local(moment):%d %H:%M}" if moment else ""


def places() -> None:
    """A county, a town, a village, two grids with a door each, and another town."""
    names = {COUNTY: "翼城县", TOWN: "唐兴镇", OTHER_TOWN: "南梁镇", VILLAGE: "文昌社区"}
    parents = {TOWN: COUNTY, OTHER_TOWN: COUNTY, VILLAGE: TOWN, GRID: VILLAGE, NEXT_GRID: VILLAGE}
    levels = {6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE, 17: Level.GRID, 26: Level.DOOR}
    for code in (COUNTY, TOWN, OTHER_TOWN, VILLAGE, GRID, NEXT_GRID, DOOR, NEXT_DOOR):
        name = names.get(code, code[-4:])
        parent = parents.get(code) or (None if code == COUNTY else code[:17])
        Place.objects.create(code=code, level=levels[len(code)], name=name, plain=name, parent_id=parent)


def post(place: str = GRID, since: str | None = "1", until: str | None = None) -> Post:
    """A post, held by somebody from one time to another; with `since=None` by nobody."""
    made = Post.objects.create(role="网格员", place=place, number=Post.objects.count() + 1)
    if since:
        key = made.pk.to_bytes(16, "big")
        worker = Worker.objects.create(sealed=b"", phone_key=key, name_key=key)
        Holding.objects.create(
            post=made, worker=worker, starts_at=at(since), ends_at=at(until) if until else None
        )
    return made


def _due(one: Obligation) -> str:
    """When it is due; the day only where it is another than that of the opening."""
    opens, due = said(one.opens_at), said(one.due_at)
    return due[3:] if due[:2] == opens[:2] else due


class Books:
    """What a test does with the books of one kind, and reads of them."""

    def __init__(self, kind: str) -> None:
        self.kind = KINDS[kind]

    def person(
        self,
        since: str = "16",
        *,
        until: str | None = None,
        died: str | None = None,
        place: str = DOOR,
        post: Post | None = None,
    ) -> Person:
        """Somebody who owes from one time to another."""
        made = Person.objects.create(
            place=place,
            sealed=b"",
            name_key=b"n",
            registered_at=at(since),
            left_at=at(until) if until else None,
            died_at=at(died) if died else None,
            birth_month=post.pk if post else None,
        )
        self.tell(made)
        return made

    def change(self, person: Person, **times: str | None) -> None:
        """Change when somebody's duty starts (`since`), ends (`until`) or is cut short (`died`)."""
        names = {"since": "registered_at", "until": "left_at", "died": "died_at"}
        for name, text in times.items():
            setattr(person, names[name], at(text) if text else None)
        person.save()
        self.tell(person)

    def tell(self, person: Person) -> None:
        """Let the engine know that a noun changed."""
        event = self.event(CHANGED, person, "1")
        for kind in KINDS.values():
            if isinstance(kind, OfPersons):
                kind.changes.append((engine.newest_event(), person.pk))
        assert event.kind == CHANGED

    def event(
        self, kind: str, person: Person | int, when: str, window: str = "", corrects: Any = None
    ) -> events.NewEvent:
        """Append an event, whose books follow at the next tick."""
        subject = person if isinstance(person, int) else person.pk
        return events.record(
            events.NewEvent(
                kind=kind,
                subject=subject,
                place=DOOR,
                actor="post:1",
                happened_at=at(when),
                window=window,
                corrects=corrects,
                id=uuid7(),
            )
        )

    def prove(self, person: Person, when: str, window: str = "", corrects: Any = None) -> events.NewEvent:
        """A proof, whose books follow at the next tick."""
        return self.event(self.kind.proofs[0].kind, person, when, window, corrects)

    def prove_at_once(self, person: Person, when: str, window: str = "", corrects: Any = None) -> int:
        """A proof that the books follow at once; how many obligations it newly met."""
        before = engine.newest_event()
        made = self.prove(person, when, window, corrects)
        return engine.settle({made.kind}, before)

    def tick(self, when: str) -> tuple[int, int, int]:
        """Run the engine; how many it opened, met and escalated of all kinds."""
        done = engine.tick(at(when))
        return done.opened, done.met, done.escalated

    def lines(self) -> list[str]:
        """Each obligation as "opens-due[ met …][ why …]", by subject and opening."""
        return [
            f"{said(one.opens_at)}-{_due(one)}"
            + (f" met {said(one.met_at)}" if one.met_at else "")
            + (f" {one.excuse} {said(one.excused_at)}" if one.excused_at else "")
            for one in self.obligations()
        ]

    def obligations(self) -> Any:
        number = directives.kind_id(self.kind.name)
        return Obligation.objects.filter(window__kind_id=number).order_by("subject", "opens_at", "pk")

    def levels(self) -> list[int]:
        """How far each obligation has climbed."""
        return [one.level for one in self.obligations()]

    def steps(self) -> list[tuple[int, str]]:
        """Each step that was climbed, and when that was recorded."""
        found = Escalation.objects.filter(obligation__in=self.obligations()).order_by("obligation", "step")
        return [(one.step, said(one.at)) for one in found]

    def cells(self) -> list[tuple[str, str, int, int, int, int, int]]:
        """Each roll-up: opening, place, post, universe, met, late, excused."""
        number = directives.kind_id(self.kind.name)
        found = RollUp.objects.filter(window__kind_id=number).order_by("opens_at", "place", "post")
        return [
            (said(one.opens_at), one.place, one.post, one.universe, one.met, one.late, one.excused)
            for one in found
        ]

    def differences(self) -> list[str]:
        return [one.what for one in reconcile()]
