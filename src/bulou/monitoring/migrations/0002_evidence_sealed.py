"""Why somebody is restricted tells where they were: it is sealed, what stands too."""

from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

from bulou.kernel import seal

AT_ONCE = 1_000
ERASED = "erased"


def seal_what_stands(apps, _editor) -> None:
    """In batches: a county's stays of years are some ten thousand."""
    case = apps.get_model("monitoring", "Case")
    seal_one = seal.sealer()
    waiting = case.objects.filter(evidence_sealed=b"").exclude(ground=ERASED)
    while batch := list(waiting.only("pk", "evidence")[:AT_ONCE]):
        for one in batch:
            one.evidence_sealed = seal_one({"text": one.evidence})
        case.objects.bulk_update(batch, ["evidence_sealed"])


def unseal_again(apps, _editor) -> None:
    case = apps.get_model("monitoring", "Case")
    for one in case.objects.only("pk", "ground", "evidence_sealed").iterator(chunk_size=AT_ONCE):
        one.evidence = seal.unseal(one.evidence_sealed).get("text", ERASED)
        one.save(update_fields=["evidence"])


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]
    operations = [
        migrations.AddField(
            "case", "evidence_sealed", models.BinaryField(default=b""), preserve_default=False
        ),
        migrations.RemoveConstraint("case", "case_has_evidence"),
        migrations.RunPython(seal_what_stands, unseal_again),
        # Whoever goes back needs a value for the column until it is filled.
        migrations.AlterField("case", "evidence", models.CharField(max_length=200, default="")),
        migrations.RemoveField("case", "evidence"),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=models.Q(GreaterThan(Length("evidence_sealed"), 40))
                | models.Q(ground=ERASED, evidence_sealed=b""),
                name="case_has_evidence",
            ),
        ),
    ]
