"""A small world for the laws: steps done to Bulou through its verbs, and the same told to the oracle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bulou.facts.monitoring import EndReason
from bulou.kernel import clock, seal
from bulou.kernel.ids import uuid7
from bulou.monitoring import actions, admission
from bulou.monitoring.models import Case
from bulou.obligations import directives, engine
from bulou.obligations.models import Obligation
from bulou.people.models import Person
from bulou.places.models import Place
from bulou.sync.intake import receive
from tests.laws.oracle import CONTACT, REPORT, Due, Order, Stay, Told, Windows, expected, moment

INSTANT = timedelta(microseconds=1)
COUNTY, VILLAGES = "141022", ("141022100003", "141022100004", "141022101001")
BEGINNING = moment(datetime(2022, 4, 9).date(), "00:00")
LONG_AGO = BEGINNING - timedelta(days=365)
TWICE: Windows = (("am", "06:00", "12:00"), ("pm", "12:00", "20:00"))
DAILY: Windows = (("", "00:00", "24:00"),)
NAMES = {REPORT: "monitoring.health_reported", CONTACT: "monitoring.contacted"}
DATA: dict[str, dict[str, Any]] = {
    REPORT: {"temperature": 36.6, "symptoms": []},
    CONTACT: {"seat": "doctor", "method": "call"},
}


def make_places() -> None:
    """A county of two townships and three villages."""
    for code, level in [(COUNTY, "county"), ("141022100", "township"), ("141022101", "township")]:
        Place.objects.create(code=code, level=level, name=code, plain=code, parent_id=parent(code))
    for code in VILLAGES:
        Place.objects.create(code=code, level="village", name=code, plain=code, parent_id=parent(code))


def parent(code: str) -> str | None:
    return {6: None, 9: COUNTY, 12: code[:9]}[len(code)]


@dataclass
class World:
    """What was done so far, on both sides."""

    now: datetime = BEGINNING
    cases: list[Case] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    sent: list[tuple[int, Told, dict[str, Any]]] = field(default_factory=list)
    orders: dict[str, list[Order]] = field(
        default_factory=lambda: {REPORT: [Order(LONG_AGO, TWICE)], CONTACT: [Order(LONG_AGO, DAILY)]}
    )

    def later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def at_now(self, act: Callable[[], object]) -> None:
        with clock.at(self.now):
            act()

    def admit(self, started_before: int, hours: int, village: int) -> None:
        """Somebody is put under monitoring that began some minutes before, or begins after, now."""
        place = VILLAGES[village % len(VILLAGES)]
        starts_at = self.now - timedelta(minutes=started_before)
        ends_at = starts_at + timedelta(hours=hours)
        with clock.at(self.now):
            person = Person.objects.create(
                place=place, sealed=seal.seal({"name": "王某"}), name_key=b"n", registered_at=self.now
            )
            case = admission.admit(
                person=person.pk,
                place=place,
                starts_at=starts_at,
                ends_at=ends_at,
                measure="居家健康监测",
                ground="传染病防治法第三十九条",
                evidence="4月8日自中风险地区返回",
                decided_by="县疫情防控指挥部",
                appeal="可申请行政复议",
                by="test",
            )
        self.cases.append(case)
        self.stays.append(Stay(starts_at, ends_at, [(starts_at, place)]))

    def tell(self, who: int, kind: str, minutes_ago: int, window: str, corrects: int | None = None) -> None:
        """A proof comes in through the intake; perhaps in the place of an earlier one of the same kind."""
        if not self.cases:
            return
        who %= len(self.cases)
        earlier = self._earlier(who, kind, corrects)
        happened_at = self.now - timedelta(minutes=minutes_ago)
        item = {
            "id": str(uuid7()),
            "kind": NAMES[kind],
            "subject": self.cases[who].number,
            "happened_at": happened_at.isoformat(),
            "data": DATA[kind] | ({"window": window} if window and kind == REPORT else {}),
        }
        if earlier:
            item["corrects"] = earlier[2]["id"]
        label = f"{happened_at:%Y%m%d}{window}" if window and kind == REPORT else ""
        told = Told(len(self.sent), kind, happened_at, label, earlier[1].number if earlier else None)
        self.hand_in(item, "new")
        self.sent.append((who, told, item))
        self.stays[who].told.append(told)

    def _earlier(self, who: int, kind: str, which: int | None) -> tuple[int, Told, dict[str, Any]] | None:
        same = [one for one in self.sent if one[0] == who and one[1].kind == kind]
        return same[which % len(same)] if which is not None and same else None

    def hand_in(self, item: dict[str, Any], status: str) -> None:
        with clock.at(self.now):
            (answer,) = receive([item], actor="test", scope=COUNTY)
        assert answer["status"] == status, answer

    def replay(self, which: int) -> None:
        """The same event again."""
        if self.sent:
            self.hand_in(self.sent[which % len(self.sent)][2], "identical")

    def end(self, who: int, minutes_ago: int) -> None:
        """Somebody dies or is taken to hospital, and it is learnt later."""
        running = [one for one, stay in enumerate(self.stays) if stay.ended_at is None]
        if running:
            who = running[who % len(running)]
            at = self.now - timedelta(minutes=minutes_ago)
            self.at_now(lambda: actions.end(case=self.cases[who], reason=EndReason.DIED, by="test", at=at))
            self.stays[who].ended_at = at

    def resume(self, who: int) -> None:
        """That was a mistake."""
        ended = [one for one, stay in enumerate(self.stays) if stay.ended_at is not None]
        if ended:
            who = ended[who % len(ended)]
            self.at_now(lambda: actions.resume(case=self.cases[who], reason="误报", by="test"))
            self.stays[who].ended_at = None

    def move(self, who: int, village: int) -> None:
        """Somebody lives elsewhere from now on, or from the start of a stay that has not begun."""
        running = [one for one, stay in enumerate(self.stays) if stay.ended_at is None]
        if running:
            who, place = running[who % len(running)], VILLAGES[village % len(VILLAGES)]
            stay = self.stays[who]
            self.at_now(lambda: actions.move(case=self.cases[who], place=place, by="test"))
            since = max(self.now + INSTANT, stay.starts_at)
            stay.places = [one for one in stay.places if one[0] < since] + [(since, place)]

    def redate(self, who: int, hours: int) -> None:
        """The last moment is put right."""
        running = [one for one, stay in enumerate(self.stays) if stay.ended_at is None]
        if running:
            who = running[who % len(running)]
            stay = self.stays[who]
            ends_at = stay.starts_at + timedelta(hours=hours)
            self.at_now(
                lambda: actions.change_term(
                    case=self.cases[who], decided_by="指挥部", reason="更正", ends_at=ends_at, by="test"
                )
            )
            stay.ends_at = ends_at

    def order(self, kind: str, windows: Windows, in_minutes: int) -> None:
        """A new directive is signed, in force now or soon."""
        valid_from = self.now + timedelta(minutes=in_minutes)
        params = {"owner": "doctor", "windows": [list(window) for window in windows]}
        self.at_now(
            lambda: directives.sign(kind, place=COUNTY, params=params, valid_from=valid_from, by="test")
        )
        valid_from = max(valid_from, self.now + INSTANT)
        kept = [order for order in self.orders[kind] if order.valid_from < valid_from]
        self.orders[kind] = [*kept, Order(valid_from, windows)]

    def tick(self) -> engine.TickResult:
        with clock.at(self.now):
            return engine.tick(self.now)

    def expected(self) -> dict[tuple[str, int], dict[datetime, Due]]:
        """What the oracle says of every case."""
        return {
            (kind, case.pk): {due.opens_at: due for due in expected(kind, stay, self.orders[kind], self.now)}
            for case, stay in zip(self.cases, self.stays, strict=True)
            for kind in (REPORT, CONTACT)
        }


def books() -> dict[tuple[str, int], dict[datetime, Obligation]]:
    """What the books hold, the same way round."""
    found: dict[tuple[str, int], dict[datetime, Obligation]] = {}
    for one in Obligation.objects.select_related("window__kind"):
        lines = found.setdefault((one.window.kind.name, one.subject), {})
        assert one.opens_at not in lines, "one line for each opening"
        lines[one.opens_at] = one
    return found
