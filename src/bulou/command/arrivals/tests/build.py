"""People who come to the county of `world`: posts of custody, registrations, hand-overs, risk areas."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bulou.arrivals import actions, areas
from bulou.arrivals.models import Journey, Station
from bulou.arrivals.registration import Registration, Stop, register
from bulou.command.tests.world import COUNTY, HOME, TOWN, VILLAGE, identity, worker
from bulou.kernel import clock
from bulou.places.models import Holding, Post

RISKY, RISKY_NAME = "310115", "上海市浦东新区"
DAY = dt.date(2022, 4, 16)
BY = "test:arrivals"


@dataclass(frozen=True)
class Hands:
    """The posts that may have somebody, all of them held."""

    desk: Post
    station: Post
    driver: Post
    point: Post
    village: Post


def queries(browser: Client, path: str) -> int:
    """How many queries a page asks, not counting what only keeps order."""
    browser.get(path)
    with CaptureQueriesContext(connection) as asked:
        browser.get(path)
    return sum("SAVEPOINT" not in one["sql"] for one in asked.captured_queries)


def hands() -> Hands:
    """The posts of custody, and the station of the county."""
    found = Hands(
        desk=_held("pickup_desk", TOWN, 31),
        station=_held("station_desk", COUNTY, 32),
        driver=_held("driver", TOWN, 33),
        point=_held("isolation_point", COUNTY, 34),
        village=_held("village_cadre", VILLAGE, 35),
    )
    Station.objects.create(name="翼城东站", kind="train", longitude=111.7, latitude=35.7, post=found.station)
    return found


def _held(role: str, place: str, serial: int) -> Post:
    post, _made = Post.objects.get_or_create(role=role, place=place)
    starts_at = clock.parse_instant("2022-04-01T00:00+08:00")
    Holding.objects.create(post=post, worker=worker(f"接手{serial}", serial), starts_at=starts_at)
    return post


def registration(serial: int = 50, **values: Any) -> Registration:
    """Somebody who comes in two hours, as the community tells."""
    given = {
        "origin": "community",
        "name": f"归某{serial:02d}",
        "identity": identity(serial),
        "phone": f"1990000{serial:04d}",
        "place": HOME,
        "arrives_at": clock.now() + dt.timedelta(hours=2),
        "way": "train",
        "station": Station.objects.values_list("pk", flat=True).first(),
        "details": {"from": "外省某市某街", "trip": "D2521", "health": "无症状"},
    }
    return Registration(**{**given, **values})


def journey(serial: int = 50, **values: Any) -> Journey:
    """The same, registered."""
    return register(registration(serial, **values), by=BY)


def stop(code: str = RISKY, name: str = RISKY_NAME, since: int = 5, until: int = 1) -> Stop:
    """Somewhere, from so many days ago until so many days ago."""
    today = clock.today()
    return Stop(code, name, today - clock.DAY * since, today - clock.DAY * until)


def area(code: str = RISKY, level: str = "medium", days_ago: int = 3, **values: Any) -> areas.Area:
    """A risk area that began some days ago."""
    given = {"name": RISKY_NAME, "until": None, "source": "国务院客户端", "since": clock.today()}
    given["since"] -= clock.DAY * days_ago
    return areas.Area(code=code, level=level, **{**given, **values})


def risky(**values: Any) -> int:
    """A risk area that is recorded; its number."""
    return areas.record([area(**values)], by=BY)[0]


def take(of: Journey, post: Post, giver: Post | None = None, **told: Any) -> None:
    """The receiver's side alone."""
    giver_id = giver.pk if giver else None
    actions.take(
        journey=of, handover=told.pop("handover", uuid4()), post=post.pk, giver=giver_id, by=BY, **told
    )


def give(of: Journey, post: Post, to: Post | None = None, **told: Any) -> None:
    """The giver's side alone."""
    to_id = to.pk if to else None
    actions.give(journey=of, handover=told.pop("handover", uuid4()), post=post.pk, to=to_id, by=BY, **told)
