"""The books: directives, windows, obligations, roll-ups, ladders. Only the engine writes them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.models import Event
from bulou.kernel.privacy import Privacy
from bulou.obligations.draft_model import DirectiveDraft
from bulou.obligations.followup_model import FollowUp
from bulou.obligations.snapshot_models import Hour, Snapshot  # noqa: F401  Django finds them here
from bulou.places.models import Post

__all__ = [
    "Cursor",
    "Directive",
    "DirectiveDraft",
    "Escalation",
    "FollowUp",
    "KindName",
    "LadderStep",
    "Obligation",
    "RollUp",
    "Tick",
    "Unknown",
    "Window",
]


class KindName(models.Model):
    """The name of a kind of obligation, so that the books carry a small number."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=64, unique=True)

    privacy: ClassVar = {"id": Privacy.PUBLIC, "name": Privacy.PUBLIC}

    def __str__(self) -> str:
        return self.name


class Directive(models.Model):
    """A signed order: for this kind, at this place and below, from then until then, these values.

    `params` is read by the kind's typed dataclass. Each obligation keeps its directive, so that yesterday is
    judged by yesterday's order. `order` is the paper it was signed on, where there is one.
    """

    kind = models.ForeignKey(KindName, on_delete=models.PROTECT)
    place = models.CharField(max_length=26)
    valid_from = InstantField()
    valid_until = InstantField(null=True, blank=True)
    params = models.JSONField(default=dict)
    number = models.CharField(max_length=60, default="", blank=True)
    signed_by = models.CharField(max_length=64)
    signed_at = InstantField()
    order = models.ForeignKey(
        DirectiveDraft, null=True, blank=True, on_delete=models.PROTECT, related_name="directives"
    )

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "place": Privacy.PUBLIC,
        "valid_from": Privacy.PUBLIC,
        "valid_until": Privacy.PUBLIC,
        "params": Privacy.PUBLIC,
        "number": Privacy.PUBLIC,
        "order": Privacy.PUBLIC,
        "signed_by": Privacy.DUTY,
        "signed_at": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="directive_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["kind", "place"],
                condition=models.Q(valid_until__isnull=True),
                name="one_standing_directive_per_kind_and_place",
            ),
        ]

    def __str__(self) -> str:
        return f"directive {self.pk} {self.kind}"


class Window(models.Model):
    """A span in which a kind is owed under one directive.

    A proof that names no window counts for the one in which it happened: `opens_at <= happened_at <
    closes_at`. `label` ("20220416am") is what a proof may name. `late_until` is the last instant at which a
    late proof still counts. Kinds whose obligations each have their own times share one window a directive,
    with an empty label.
    """

    kind = models.ForeignKey(KindName, on_delete=models.PROTECT, db_index=False)
    directive = models.ForeignKey(Directive, on_delete=models.PROTECT)
    label = models.CharField(max_length=24, default="", blank=True)
    opens_at = InstantField()
    closes_at = InstantField()
    due_at = InstantField()
    late_until = InstantField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "directive": Privacy.PUBLIC,
        "label": Privacy.PUBLIC,
        "opens_at": Privacy.PUBLIC,
        "closes_at": Privacy.PUBLIC,
        "due_at": Privacy.PUBLIC,
        "late_until": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "opens_at", "directive", "label"],
                name="one_window_per_opening",
            )
        ]

    def __str__(self) -> str:
        return f"window {self.pk} {self.label}"


class Obligation(models.Model):
    """One duty: (window, subject), owed by a post, proven by an event.

    Open, overdue and late are not stored: they follow from `due_at`, `met_at` and the clock. Met wins over
    excused: a valid proof counts whenever it comes in.
    """

    # The engine alone writes these three, in sets read from the very tables they point at; checking each
    # of a day's 300,000 rows again took longer than opening them. The price: nothing else guards them.
    window = models.ForeignKey(Window, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    subject = models.BigIntegerField()
    place = models.CharField(max_length=26)
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    opens_at = InstantField()
    due_at = InstantField()
    met_at = InstantField(null=True, blank=True)
    met_by = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    excused_at = InstantField(null=True, blank=True)
    excuse = models.CharField(max_length=20, default="", blank=True)
    level = models.PositiveSmallIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "window": Privacy.PUBLIC,
        "subject": Privacy.DUTY,
        "place": Privacy.PLACE,
        "post": Privacy.DUTY,
        "opens_at": Privacy.DUTY,
        "due_at": Privacy.DUTY,
        "met_at": Privacy.DUTY,
        "met_by": Privacy.DUTY,
        "excused_at": Privacy.DUTY,
        "excuse": Privacy.HEALTH,
        "level": Privacy.DUTY,
    }

    class Meta:
        indexes: ClassVar = [
            # Lists of gaps read what is undone of a window below a place, and nothing else.
            models.Index(
                fields=["window", "place"],
                name="obligation_undone",
                condition=models.Q(met_at__isnull=True, excused_at__isnull=True),
            )
        ]
        constraints: ClassVar = [
            # The window comes first so that a day's opening appends to the index; the subject is
            # found through the few windows that are in question.
            models.UniqueConstraint(
                fields=["window", "subject", "opens_at"],
                name="one_obligation_per_window_and_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(met_at__isnull=True, met_by__isnull=True)
                | models.Q(met_at__isnull=False, met_by__isnull=False),
                name="met_has_its_proof",
            ),
            models.CheckConstraint(
                condition=(models.Q(excused_at__isnull=True) & models.Q(excuse=""))
                | (models.Q(excused_at__isnull=False) & ~models.Q(excuse="")),
                name="excused_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"obligation {self.pk}"


class RollUp(models.Model):
    """Counts of one window, place (a grid or above), post and time: what boards add up.

    `met` is on time, `late` after `due_at`, `excused` neither met nor late; the rest of the `universe` is
    open or overdue by the clock. `post` is 0 where nobody's post answers.
    """

    pk = models.CompositePrimaryKey("window_id", "opens_at", "due_at", "place", "post")
    window = models.ForeignKey(Window, on_delete=models.CASCADE, db_index=False)
    opens_at = InstantField()
    due_at = InstantField()
    place = models.CharField(max_length=17)
    post = models.BigIntegerField()
    universe = models.IntegerField(default=0)
    met = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    excused = models.IntegerField(default=0)

    privacy: ClassVar = {
        "window": Privacy.PUBLIC,
        "opens_at": Privacy.PUBLIC,
        "due_at": Privacy.PUBLIC,
        "place": Privacy.PUBLIC,
        "post": Privacy.PUBLIC,
        "universe": Privacy.PUBLIC,
        "met": Privacy.PUBLIC,
        "late": Privacy.PUBLIC,
        "excused": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["opens_at"], name="rollup_by_opening"),
            # What is left under a post is asked for whenever it is shown or handed over.
            models.Index(
                fields=["post"],
                name="rollup_left_of_post",
                condition=models.Q(universe__gt=models.F("met") + models.F("late") + models.F("excused")),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(met__gte=0)
                & models.Q(late__gte=0)
                & models.Q(excused__gte=0)
                & models.Q(universe__gte=models.F("met") + models.F("late") + models.F("excused")),
                name="rollup_balances",
            )
        ]


class LadderStep(models.Model):
    """After so many minutes overdue, this level is told. `kind` empty: for every kind without its own."""

    kind = models.CharField(max_length=64, default="", blank=True)
    step = models.PositiveSmallIntegerField()
    after_minutes = models.PositiveIntegerField()
    told = models.CharField(max_length=20)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "step": Privacy.PUBLIC,
        "after_minutes": Privacy.PUBLIC,
        "told": Privacy.PUBLIC,
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "step"], name="one_step_per_kind")]

    def __str__(self) -> str:
        return f"step {self.step}"


class Escalation(models.Model):
    """An obligation climbed to a step of its ladder. Recorded once a step."""

    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, db_index=False)
    step = models.PositiveSmallIntegerField()
    at = InstantField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "obligation": Privacy.DUTY,
        "step": Privacy.DUTY,
        "at": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["obligation", "step"], name="one_escalation_per_step")
        ]

    def __str__(self) -> str:
        return f"escalation {self.pk}"


class Cursor(models.Model):
    """How far the engine has come with one kind."""

    kind = models.OneToOneField(KindName, primary_key=True, on_delete=models.CASCADE)
    opened_until = InstantField()
    event_seq = models.BigIntegerField(default=0)
    lapsed_until = InstantField()

    privacy: ClassVar = {
        "kind": Privacy.PUBLIC,
        "opened_until": Privacy.PUBLIC,
        "event_seq": Privacy.PUBLIC,
        "lapsed_until": Privacy.PUBLIC,
    }

    def __str__(self) -> str:
        return f"cursor {self.pk}"


class Tick(models.Model):
    """The engine's last run: the county time it was run for and the machine's time when it ended."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    for_instant = InstantField()
    ended_at = InstantField()

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "for_instant": Privacy.PUBLIC,
        "ended_at": Privacy.PUBLIC,
    }

    def __str__(self) -> str:
        return f"tick {self.for_instant}"


class Unknown(models.Model):
    """Evidence about somebody or something that no register has (底数外).

    `evidence` is a pseudonymous code of what came in (an import's row, an event's id); `sealed` holds what
    it said, for the person who finds out.
    """

    kind = models.ForeignKey(KindName, on_delete=models.PROTECT)
    place = models.CharField(max_length=26, db_index=True)
    evidence = models.CharField(max_length=64)
    sealed = SealedField(null=True, blank=True)
    seen_at = InstantField()
    settled_at = InstantField(null=True, blank=True)
    settled_by = models.CharField(max_length=64, default="", blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "kind": Privacy.PUBLIC,
        "place": Privacy.PLACE,
        "evidence": Privacy.PUBLIC,
        "sealed": Privacy.IDENTITY,
        "seen_at": Privacy.PUBLIC,
        "settled_at": Privacy.DUTY,
        "settled_by": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "evidence"], name="one_line_per_evidence")
        ]

    def __str__(self) -> str:
        return str(_("底数外线索"))
