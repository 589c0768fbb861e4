"""Verbs of the place tree: registering, gates, other names, renaming, moving, merging and splitting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import audit, clock, events
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places import moves, naming
from bulou.places.book import AreaNames, PlaceBook
from bulou.places.codes import LEVELS
from bulou.places.models import Gate, Level, Place, PlaceName, Post
from bulou.places.queries import place as place_of

RENAMED = events.declare("places.renamed")
MOVED = events.declare("places.moved")
MERGED = events.declare("places.merged")
SPLIT = events.declare("places.split")

RETIRED = problem("place-retired", _("{name}已经撤并:请改用 {successor}。"), status=409)
LEVELS_DIFFER = problem("levels-differ", _("只有同一级的地点才能合并:{first}和{second}不是同一级。"))
DOORS_STAY = problem("doors-stay", _("户不能合并:请为住户办理迁移。"), status=409)
NOT_BELOW = problem("not-below", _("{name}不能放在{parent}之下。"))
NAME_EMPTY = problem("name-empty", _("名称不能为空。"))


def ensure(names: Sequence[str]) -> Place:
    """The place at the end of a path of names; what is missing below the village is made.

    Raises `unknown-township`, `unknown-village`, `village-elsewhere`, `no-village`, `no-number-left`.
    """
    with atomic():
        book = PlaceBook()
        code = book.locate(AreaNames(*names)).code
        book.flush()
    return place_of(code)


def set_gates(compound: str, count: int) -> None:
    """A compound has so many gates, numbered from 1; gates above are closed (taken off the list)."""
    Gate.objects.filter(compound_id=compound, number__gt=count).delete()
    Gate.objects.bulk_create(
        (Gate(compound_id=compound, number=number) for number in range(1, count + 1)), ignore_conflicts=True
    )


def also_called(code: str, name: str) -> None:
    """Lists call the place by another name, too."""
    found = place_of(code)
    PlaceName.objects.get_or_create(
        place=found, plain=naming.plain(Level(found.level), name), defaults={"name": naming.squeeze(name)}
    )


def rename(code: str, name: str, *, by: str) -> Place:
    """A place has another name from today; the old one still finds it. Raises `name-empty`."""
    new = naming.squeeze(name)
    if not new:
        raise NAME_EMPTY.error()
    with atomic():
        found = _standing(code)
        if found.name == new:
            return found
        PlaceName.objects.get_or_create(
            place=found, plain=found.plain, defaults={"name": found.name, "until": clock.today()}
        )
        before, found.name, found.plain = found.name, new, naming.plain(Level(found.level), new)
        found.save(update_fields=["name", "plain"])
        _record(RENAMED, found.code, by=by, data={"from": before, "to": new})
    return found


def move(code: str, parent: str, *, by: str) -> Place:
    """A place lies under another parent from now on (a building in another grid). Raises `not-below`."""
    with atomic():
        found, above = _standing(code), _standing(parent)
        if (
            LEVELS.index(Level(above.level)) >= LEVELS.index(Level(found.level))
            or above.code == found.parent_id
        ):
            raise NOT_BELOW.error(name=found.name, parent=above.name)
        planned = moves.plan(found, above.code)
        moves.carry_out(planned)
        _record(MOVED, found.code, by=by, data={"to": planned[0].code})
    return place_of(planned[0].code)


def merge(source: str, into: str, *, by: str) -> Place:
    """One place becomes part of another of its level; all that lies in it goes along.

    The old code and the old name find the new place. Raises `place-retired`, `levels-differ`, `doors-stay`.
    """
    with atomic():
        old, new = _standing(source), _standing(into)
        if old.level != new.level or old.pk == new.pk:
            raise LEVELS_DIFFER.error(first=old.name, second=new.name)
        if old.level == Level.DOOR:
            raise DOORS_STAY.error()
        for child in old.children.filter(retired_at__isnull=True).order_by("code"):
            moves.carry_out(moves.plan(child, new.code, name_prefix=old.name))
        _renumber(old, new)
        moves.follow([(old.code, new.code)])
        also_called(new.code, old.name)
        _record(MERGED, old.code, by=by, data={"into": new.code})
    return new


def _renumber(old: Place, new: Place) -> None:
    """Posts and gates of both places are told apart by number: those that come get the next ones."""
    roles = Post.objects.filter(place=new.code).values("role").annotate(last=Max("number"))
    for row in roles:
        Post.objects.filter(place=old.code, role=row["role"]).update(number=F("number") + row["last"])
    last = Gate.objects.filter(compound=new).aggregate(last=Max("number"))["last"]
    if last:
        Gate.objects.filter(compound=old).update(number=F("number") + last)


def split(source: str, parts: dict[str, Iterable[str]], *, by: str) -> list[Place]:
    """Parts of a place become places beside it: new name -> codes of the children that go there.

    Raises `not-below` for a code that is no child of the source.
    """
    with atomic():
        old = _standing(source)
        made = [_part(old, name, list(children)) for name, children in parts.items()]
        _record(SPLIT, old.code, by=by, data={"into": [place.code for place in made]})
    return made


def _part(old: Place, name: str, children: list[str]) -> Place:
    label = naming.squeeze(name)
    part = Place.objects.create(
        code=moves.free_code(str(old.parent_id), old.level),
        level=old.level,
        name=label,
        plain=naming.plain(Level(old.level), label),
        parent_id=old.parent_id,
        kind=old.kind,
        property_company_id=old.property_company_id,
    )
    for code in children:
        child = _standing(code)
        if child.parent_id != old.code:
            raise NOT_BELOW.error(name=child.name, parent=old.name)
        moves.carry_out(moves.plan(child, part.code))
    return part


def _standing(code: str) -> Place:
    """The place itself, when it has not been merged away. Raises `place-retired`, `no-such-place`."""
    current = place_of(code)
    if current.code != code:
        raise RETIRED.error(name=Place.objects.get(pk=code).name, successor=current.name)
    return current


def _record(kind: str, code: str, *, by: str, data: dict[str, Any]) -> None:
    hearers.tell([events.record(event(kind, code, by=by, data=data))])
    audit.record(kind, by=by, subject=f"place:{code}", place=code, detail=data)


def event(kind: str, code: str, *, by: str, data: dict[str, Any]) -> events.NewEvent:
    """An event about a place. Its subject is the code's first 17 digits (down to the grid) as a number."""
    return events.NewEvent(
        kind=kind, subject=int(code[:17]), place=code, actor=by, happened_at=clock.now(), data=data
    )
