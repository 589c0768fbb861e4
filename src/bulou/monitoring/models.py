"""People under home health monitoring, their five seats and where they are."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from bulou.kernel import seal
from bulou.kernel.fields import InstantField, SealedField
from bulou.kernel.privacy import Privacy
from bulou.kernel.retention import ERASED
from bulou.people.models import Person
from bulou.places.models import Post

EVIDENCE = "text"
NO_EVIDENCE = 40
"""Bytes of an empty reason when it is sealed: key version, nonce, tag, and `{"text":""}`."""


class Case(models.Model):
    """One stay under monitoring. Without ground, evidence, end, decision-maker and appeal it cannot be saved.

    `starts_at` is included, `ends_at` (24:00 of the last day) is not. `ended_at` is when what is owed ended
    earlier: by release, death, hospital or transfer. After `ends_at` the restriction has lapsed by itself.
    `sealed` holds where and how the person is reached during the stay, and from where they came;
    `evidence_sealed` why this person, which tells it too. `row_key` tells an unchanged workbook row.
    `changed_seq` is the last event that changed term, place or end.
    """

    number = models.CharField(max_length=24, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    place = models.CharField(max_length=26, db_index=True)
    measure = models.CharField(max_length=40)
    ground = models.CharField(max_length=200)
    evidence_sealed = SealedField()
    decided_by = models.CharField(max_length=64)
    appeal = models.CharField(max_length=200)
    starts_at = InstantField()
    ends_at = InstantField()
    ended_at = InstantField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, default="", blank=True)
    admitted_at = InstantField()
    changed_seq = models.BigIntegerField(default=0)
    sealed = SealedField(null=True, blank=True)
    row_key = models.BinaryField(max_length=16, null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "number": Privacy.PUBLIC,
        "person": Privacy.HEALTH,
        "place": Privacy.PLACE,
        "measure": Privacy.HEALTH,
        "ground": Privacy.HEALTH,
        "evidence_sealed": Privacy.HEALTH,
        "decided_by": Privacy.DUTY,
        "appeal": Privacy.PUBLIC,
        "starts_at": Privacy.HEALTH,
        "ends_at": Privacy.HEALTH,
        "ended_at": Privacy.HEALTH,
        "end_reason": Privacy.HEALTH,
        "admitted_at": Privacy.DUTY,
        "changed_seq": Privacy.PUBLIC,
        "sealed": Privacy.CONTACT,
        "row_key": Privacy.IDENTITY,
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["starts_at"], name="case_by_start"),
            models.Index(fields=["changed_seq"], name="case_by_change"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(ground=""), name="case_has_a_legal_ground"),
            # What is sealed shows its length: nothing but what was erased is as short as an empty reason.
            models.CheckConstraint(
                condition=models.Q(GreaterThan(Length("evidence_sealed"), NO_EVIDENCE))
                | models.Q(ground=ERASED, evidence_sealed=b""),
                name="case_has_evidence",
            ),
            models.CheckConstraint(condition=~models.Q(decided_by=""), name="case_has_a_decision_maker"),
            models.CheckConstraint(condition=~models.Q(appeal=""), name="case_says_how_to_appeal"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="case_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=(models.Q(ended_at__isnull=True) & models.Q(end_reason=""))
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_reason="")),
                name="case_ended_has_its_reason",
            ),
            models.UniqueConstraint(fields=["person", "starts_at"], name="one_case_per_person_and_start"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def evidence(self) -> str:
        """Why this person, for whoever may see them; empty once it was erased. Raises `seal-broken`."""
        return str(seal.unseal(self.evidence_sealed).get(EVIDENCE, ""))


def seal_evidence(text: str) -> bytes:
    """What `Case.evidence_sealed` keeps of a reason."""
    return seal.seal({EVIDENCE: text})


class CaseStay(models.Model):
    """A stay that was decided elsewhere and is carried out as a case (`facts.stays`).

    `journey` is the subject by which the other room knows it. A case that stood already when it was told of
    the stay is not its `own`: its term is left as it was. `over`: nothing more is told of it.
    """

    stay = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stays")
    journey = models.BigIntegerField()
    own = models.BooleanField()
    over = models.BooleanField(default=False)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "stay": Privacy.PUBLIC,
        "case": Privacy.PUBLIC,
        "journey": Privacy.PUBLIC,
        "own": Privacy.PUBLIC,
        "over": Privacy.PUBLIC,
    }

    def __str__(self) -> str:
        return f"stay {self.stay} of case {self.case_id}"


class CaseTest(models.Model):
    """A day on which a sample is owed by the decision about this person, whatever the directive's days are.

    `day` is 00:00 of the day.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tests")
    day = InstantField()

    privacy: ClassVar = {"id": Privacy.PUBLIC, "case": Privacy.PUBLIC, "day": Privacy.HEALTH}

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "day"], name="one_test_per_case_and_day")
        ]

    def __str__(self) -> str:
        return f"test of case {self.case_id}"


class CasePlace(models.Model):
    """Where the person of a case was from one instant until another."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="places")
    place = models.CharField(max_length=26)
    starts_at = InstantField()
    ends_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "case": Privacy.PUBLIC,
        "place": Privacy.PLACE,
        "starts_at": Privacy.PLACE,
        "ends_at": Privacy.PLACE,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "starts_at"], name="one_place_per_case_and_time")
        ]

    def __str__(self) -> str:
        return f"place of case {self.case_id}"


class Seat(models.TextChoices):
    """The seats that a directive may choose from; which five are owed is data."""

    TOWNSHIP_CADRE = "township_cadre", _("乡镇干部")
    VILLAGE_CADRE = "village_cadre", _("村(社区)干部")
    GRID_WORKER = "grid_worker", _("网格员")
    DOCTOR = "doctor", _("医务人员")
    POLICE = "police", _("民警")
    MILITIA = "militia", _("民兵")
    VOLUNTEER = "volunteer", _("志愿者")
    RELATIVE = "relative", _("亲友")


class CaseSeat(models.Model):
    """A post has one of the seats of a case from one instant until another."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="seats")
    seat = models.CharField(max_length=20, choices=Seat)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="seats")
    starts_at = InstantField()
    ends_at = InstantField(null=True, blank=True)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "case": Privacy.PUBLIC,
        "seat": Privacy.DUTY,
        "post": Privacy.DUTY,
        "starts_at": Privacy.DUTY,
        "ends_at": Privacy.DUTY,
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seat", "starts_at"], name="one_post_per_seat_and_time")
        ]

    def __str__(self) -> str:
        return f"{self.seat} of case {self.case_id}"


class AbnormalReport(models.Model):
    """A report of 37.3 °C or more (the directive's value) or of symptoms: a clinician must answer it.

    `event` is the report that says so now; `voided_at` is when a correction took it back. `changed_seq` is
    the event that made, changed or voided it.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="abnormal_reports")
    event = models.UUIDField(unique=True)
    happened_at = InstantField()
    voided_at = InstantField(null=True, blank=True)
    changed_seq = models.BigIntegerField(default=0)

    privacy: ClassVar = {
        "id": Privacy.PUBLIC,
        "case": Privacy.HEALTH,
        "event": Privacy.PUBLIC,
        "happened_at": Privacy.HEALTH,
        "voided_at": Privacy.HEALTH,
        "changed_seq": Privacy.PUBLIC,
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["changed_seq"], name="abnormal_by_change")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "happened_at"], name="one_abnormal_report_per_time")
        ]

    def __str__(self) -> str:
        return f"abnormal report {self.pk}"
