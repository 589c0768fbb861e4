"""A small county with the posts of custody, and journeys to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bulou.arrivals.models import Journey
from bulou.arrivals.registration import Registration, register
from bulou.facts.arrivals import Gave, Took
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.obligations import directives
from bulou.places.models import Place, Post
from bulou.sync.intake import receive

COUNTY, TOWNSHIP, OTHER_TOWNSHIP = "141022", "141022100", "141022101"
VILLAGE, OTHER_VILLAGE = "141022100003", "141022101001"
NOON = datetime.fromisoformat("2022-04-09T12:00:00+08:00")


def minutes(count: int) -> datetime:
    """So many minutes after noon of the 9th of April."""
    return NOON + timedelta(minutes=count)


@dataclass
class Posts:
    """Who may have somebody."""

    desk: Post
    other_desk: Post
    station: Post
    driver: Post
    other_driver: Post
    point: Post
    village: Post
    hospital: Post

    def all(self) -> list[Post]:
        """In the order of their fields."""
        return list(vars(self).values())


def county() -> Posts:
    """The places, and the posts of custody."""
    for code, level in ((COUNTY, "county"), (TOWNSHIP, "township"), (OTHER_TOWNSHIP, "township")):
        parent = None if level == "county" else COUNTY
        Place.objects.create(code=code, level=level, name=code, plain=code, parent_id=parent)
    for code in (VILLAGE, OTHER_VILLAGE):
        Place.objects.create(code=code, level="village", name=code, plain=code, parent_id=code[:9])
    directives.start_defaults(COUNTY)
    return Posts(
        desk=post("pickup_desk", TOWNSHIP),
        other_desk=post("pickup_desk", OTHER_TOWNSHIP),
        station=post("station_desk", COUNTY),
        driver=post("driver", TOWNSHIP),
        other_driver=post("driver", OTHER_TOWNSHIP),
        point=post("isolation_point", COUNTY),
        village=post("village_cadre", VILLAGE),
        hospital=post("hospital", COUNTY),
    )


def post(role: str, place: str) -> Post:
    return Post.objects.create(role=role, place=place)


def registration(number: int = 1, **values: Any) -> Registration:
    """What one source says; the identity number is made up from `number`."""
    given = {
        "origin": "community",
        "name": f"王某{number}",
        "identity": identity(number),
        "phone": f"1990000{number:04}",
        "place": VILLAGE,
        "arrives_at": minutes(60),
        "details": {"from": "外省某市", "trip": "D1234"},
    }
    return Registration(**{**given, **values})


def identity(number: int) -> str:
    """A number of a division that is nowhere, with its check digit (GB 11643)."""
    body = f"14109919900101{number:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def journey(number: int = 1, at: int = 0, **values: Any) -> Journey:
    """Somebody who was registered so many minutes after noon."""
    with clock.at(minutes(at)):
        return register(registration(number, **values), by="test")


def gave(of: Journey, by: Post, to: Post | None, at: int, **told: Any) -> UUID:
    """The giver's phone tells its side, at once."""
    return tell(of, Gave.kind, by, {"to": to.pk} if to else {}, at, **told)


def took(of: Journey, by: Post, giver: Post | None, at: int, **told: Any) -> UUID:
    """The receiver's phone tells its side, at once."""
    return tell(of, Took.kind, by, {"giver": giver.pk} if giver else {}, at, **told)


def tell(
    of: Journey,
    kind: str,
    by: Post,
    other: dict[str, int],
    at: int,
    *,
    handover: UUID | None = None,
    received: int | None = None,
    clock_off: int = 0,
    id: UUID | None = None,
) -> UUID:
    """One side through the intake; the id of its hand-over."""
    uid = handover or uuid4()
    data: dict[str, Any] = {"handover": str(uid), "post": by.pk, **other}
    if clock_off:
        data["clock_off"] = clock_off
    item = {
        "id": str(id or uuid7()),
        "kind": kind,
        "subject": of.number,
        "happened_at": (minutes(at) + timedelta(seconds=clock_off)).isoformat(),
        "data": data,
    }
    with clock.at(minutes(at if received is None else received)):
        (answer,) = receive([item], actor=f"post:{by.pk}", scope=COUNTY)
    assert answer["status"] in ("new", "identical"), answer
    return uid


def timeline(of: Journey) -> list[tuple[str, int | None, float, float | None]]:
    """State, post, and from and until which minute after noon."""
    return [
        (
            one.state,
            one.post_id,
            (one.starts_at - NOON).total_seconds() / 60,
            one.ends_at and (one.ends_at - NOON).total_seconds() / 60,
        )
        for one in of.stretches.order_by("starts_at")
    ]
