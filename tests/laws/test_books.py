"""The laws of the books (`docs/books.md`), attacked with random worlds against the naive oracle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from bulou.obligations import balance as balances
from bulou.obligations import directives, engine, kinds
from bulou.obligations import gaps as gap_lists
from bulou.obligations import reconcile as reconciling
from bulou.obligations.balance import balance
from bulou.obligations.gaps import Gap, count
from bulou.obligations.models import Obligation
from bulou.obligations.reconcile import reconcile
from tests.laws.oracle import CONTACT, DAY, REPORT, Due
from tests.laws.world import COUNTY, DAILY, TWICE, VILLAGES, World, books, make_places

# Each example lives through days; a fifth of the usual number finds what there is.
FEWER = settings(max_examples=max(20, settings().max_examples // 5))

pytestmark = pytest.mark.django_db

THRICE = (("am", "06:00", "10:00"), ("noon", "11:00", "14:00"), ("pm", "15:00", "21:30"))
NIGHT = (("pm", "18:00", "24:00"),)

Step = Callable[[World], object]
who = st.integers(0, 2)
ago = st.one_of(st.integers(0, 300), st.integers(0, 3000), st.sampled_from([0, 360, 720, 1200, 1440]))


def _admit(before: int, hours: int, village: int) -> Step:
    return lambda world: world.admit(before, hours, village) if len(world.cases) < 3 else None


def _tell(one: int, kind: str, minutes: int, window: str, corrects: int | None) -> Step:
    return lambda world: world.tell(one, kind, minutes, window, corrects)


steps = st.one_of(
    st.builds(_admit, st.integers(-300, 1500), st.integers(1, 60), who),
    st.builds(
        _tell,
        who,
        st.sampled_from([REPORT, REPORT, CONTACT]),
        ago,
        st.sampled_from(["", "am", "pm"]),
        st.one_of(st.none(), st.none(), st.integers(0, 9)),
    ),
    st.builds(lambda which: lambda world: world.replay(which), st.integers(0, 9)),
    st.builds(lambda one, minutes: lambda world: world.end(one, minutes), who, ago),
    st.builds(lambda one: lambda world: world.resume(one), who),
    st.builds(lambda one, village: lambda world: world.move(one, village), who, who),
    st.builds(lambda one, hours: lambda world: world.redate(one, hours), who, st.integers(1, 60)),
    st.builds(
        lambda windows, soon: lambda world: world.order(REPORT, windows, soon),
        st.sampled_from([TWICE, THRICE, NIGHT, DAILY]),
        st.integers(0, 300),
    ),
    st.just(lambda world: world.tick()),
)
# Whole hours often: proofs and ticks exactly at an opening or a due time are where books go wrong.
pauses = st.one_of(st.integers(0, 90), st.sampled_from([60, 120, 360, 720, 1440]), st.just(0))


@pytest.fixture(autouse=True)
def two_kinds(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the two kinds that the oracle knows are in the books."""
    directives.start_defaults(COUNTY)
    kept = {name: kinds.KINDS[name] for name in (REPORT, CONTACT)}
    for module in (engine, balances, gap_lists, reconciling):
        monkeypatch.setattr(module, "KINDS", kept)


@FEWER
@given(script=st.lists(st.tuples(pauses, steps), max_size=25), rest=st.integers(0, 2000))
def test_books_are_what_the_oracle_says(script: list[tuple[int, Step]], rest: int) -> None:
    with transaction.atomic():
        world = World()
        make_places()
        world.admit(600, 48, 0)
        for pause, step in script:
            world.later(pause)
            step(world)
        world.later(rest)
        world.tick()
        _as_the_oracle(world)
        _balanced(world)
        again = world.tick()
        assert (again.opened, again.met, again.escalated) == (0, 0, 0)
        assert reconcile() == []
        transaction.set_rollback(True)


def _as_the_oracle(world: World) -> None:
    stands = books()
    for key, lines in world.expected().items():
        mine = stands.pop(key, {})
        for opens_at, due in lines.items():
            assert opens_at in mine, f"missing: {due}"
            _same(mine.pop(opens_at), due, world.now)
        # What opened before its ground went away is excused, never deleted; a proof may still meet it.
        assert all(one.excused_at for one in mine.values()), mine
    assert not stands


def _same(one: Obligation, due: Due, now: datetime) -> None:
    assert (one.due_at, one.met_at) == (due.due_at, due.met_at)
    assert (one.excused_at is not None and one.met_at is None) == due.excused
    assert one.place == due.place
    overdue = one.met_at is None and not due.excused and due.due_at < now
    if overdue:
        assert one.level >= 1


def _balanced(world: World) -> None:
    """Each line balances, the places below add up to the county, and what is counted can be listed."""
    lines = balance(COUNTY, now=world.now)
    for line in lines:
        assert line.universe == line.met + line.late + line.open + line.overdue + line.excused
        assert line.universe == line.owned + line.unowned
    for kind in (REPORT, CONTACT):
        county, *townships = [line for line in lines if line.kind == kind]
        assert county.universe == sum(line.universe for line in townships)
        assert county.overdue == count(COUNTY, kind=kind, gap=Gap.UNDONE, now=world.now)
        villages = [balance(code, kinds=[kind], now=world.now)[0] for code in VILLAGES]
        assert county.met == sum(line.met for line in villages)


@FEWER
@given(script=st.lists(st.tuples(pauses, steps), max_size=15))
def test_ticking_late_gives_what_ticking_often_gives(script: list[tuple[int, Step]]) -> None:
    """A day that was never ticked is caught up with, line for line; only what was learnt late may differ."""
    assert _lived(script, often=True) == _lived(script, often=False)


def _lived(script: list[tuple[int, Step]], *, often: bool) -> set[tuple[object, ...]]:
    with transaction.atomic():
        world = World()
        make_places()
        world.admit(600, 48, 0)
        for pause, step in script:
            if often:
                world.tick()
            world.later(pause)
            step(world)
        world.later(DAY.seconds // 60)
        world.tick()
        order = {case.pk: number for number, case in enumerate(world.cases)}
        found = {
            (one.window.kind.name, order[one.subject], one.opens_at, one.due_at, one.place, one.met_at)
            for one in Obligation.objects.select_related("window__kind").filter(excused_at__isnull=True)
        }
        transaction.set_rollback(True)
    return found
