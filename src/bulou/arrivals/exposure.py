"""What the areas known mean for journeys: asked in sets, for whoever a change concerns.

A stay counts when it lies within the area's days, or up to the directive's days before the first of them, and
not longer than so many days before the arrival. The nearest area counts; what it means is a question
(`Proposal`) that somebody entitled decides, never a change of status by itself (trust P16).
"""

from __future__ import annotations

from collections.abc import Sequence

from bulou.arrivals.models import Exposure
from bulou.kernel import clock
from bulou.kernel.database import among, in_parts, is_postgres, run
from bulou.kernel.fields import to_micros

KIND = "arrivals.decide"
SCRATCH = "bulou_asked_again"
JOURNEY, PROPOSAL = "arrivals_journey", "arrivals_proposal"
VISIT, VISIT_KEY = "arrivals_visit", "arrivals_visitkey"
AREA, AREA_KEY = "arrivals_riskarea", "arrivals_areakey"


def ask(journeys: Sequence[int], seq: int) -> None:
    """Ask about journeys just registered, or of which more is known; what stands the same stays."""
    _scratch()
    for part in in_parts(journeys):
        condition, ids = among("j.id", part)
        run(f"INSERT INTO {SCRATCH} (id) SELECT j.id FROM {JOURNEY} j WHERE {condition}", (ids,))
    _ask_again(seq)


def ask_again(areas: Sequence[int], seq: int) -> None:
    """Ask about every open journey whose person was in, or near, one of these areas."""
    _scratch()
    condition, ids = among("k.area_id", areas)
    run(
        f"INSERT INTO {SCRATCH} (id) SELECT DISTINCT vk.journey_id FROM {AREA_KEY} k "
        f"JOIN {VISIT_KEY} vk ON vk.key = k.key JOIN {JOURNEY} j ON j.id = vk.journey_id "
        f"WHERE {condition} AND j.ended_at IS NULL",
        (ids,),
    )
    _ask_again(seq)


def _scratch() -> None:
    number, ends = ("bigint", " ON COMMIT DELETE ROWS") if is_postgres() else ("integer", "")
    run(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {SCRATCH} (id {number} PRIMARY KEY, "
        f"exposure integer, area bigint, visit bigint, was integer){ends}"
    )
    run(f"DELETE FROM {SCRATCH}")


NEAREST = (
    "SELECT v.journey_id, k.exposure, k.area_id, v.id AS visit, row_number() OVER (PARTITION BY v.journey_id "
    "ORDER BY k.exposure DESC, k.area_id, v.id) AS n "
    f"FROM {SCRATCH} s JOIN {JOURNEY} j ON j.id = s.id JOIN {VISIT} v ON v.journey_id = s.id "
    f"JOIN {VISIT_KEY} vk ON vk.visit_id = v.id JOIN {AREA_KEY} k ON k.key = vk.key "
    f"JOIN {AREA} a ON a.id = k.area_id WHERE v.until >= a.reaches_back_to "
    "AND (a.until IS NULL OR v.since <= a.until) AND v.until >= j.exposed_since"
)
"""SQL: the areas of each journey asked about, the nearest first."""


def _ask_again(seq: int) -> None:
    """Leave in the scratch table only those for whom the answer is another one, and write it down."""
    run(
        f"UPDATE {SCRATCH} SET exposure = found.exposure, area = found.area_id, visit = found.visit "
        f"FROM ({NEAREST}) found WHERE found.journey_id = {SCRATCH}.id AND found.n = 1"
    )
    run(f"UPDATE {SCRATCH} SET exposure = {Exposure.NONE.value} WHERE exposure IS NULL")
    run(
        f"UPDATE {SCRATCH} SET was = p.exposure FROM {PROPOSAL} p "
        f"WHERE p.journey_id = {SCRATCH}.id AND p.superseded_at IS NULL"
    )
    run(f"DELETE FROM {SCRATCH} WHERE exposure = was")
    now = to_micros(clock.now())
    run(
        f"UPDATE {PROPOSAL} SET superseded_at = %s, changed_seq = %s "
        f"WHERE superseded_at IS NULL AND journey_id IN (SELECT id FROM {SCRATCH})",
        (now, seq),
    )
    run(
        f"INSERT INTO {PROPOSAL} (journey_id, exposure, before, area_id, visit_id, made_at, decided_by, "
        f"changed_seq) SELECT id, exposure, was, area, visit, %s, '', %s FROM {SCRATCH}",
        (now, seq),
    )
