"""Somebody's words leave the audit chain: a commitment takes their place, the words are sealed beside it.

The hashes of the lines that stand are left as they are; a line behind them holds the root over their
commitments, by which they are provable when their words are erased.
"""

from django.db import migrations, models

from bulou.kernel import audit, clock, reasons, seal
from bulou.kernel.database import allow_change_beside, forbid_change, run_many, unguard

AT_ONCE = 1_000
TABLE = "kernel_auditline"
KEPT = ("seq", "at", "actor", "action", "subject", "place", "commitment", "detail", "previous", "hash")


def take_guards(apps, editor) -> None:
    unguard(editor, TABLE)


def put_guards(apps, editor) -> None:
    forbid_change(editor, TABLE)


def put_guards_beside(apps, editor) -> None:
    forbid_change(editor, TABLE)
    allow_change_beside(editor, TABLE, KEPT)


def seal_what_stands(apps, editor) -> None:
    lines, root, count, last = apps.get_model("kernel", "AuditLine"), audit.FIRST, 0, None
    while batch := list(lines.objects.filter(seq__gt=last.seq if last else 0).order_by("seq")[:AT_ONCE]):
        for line in batch:
            line.commitment, line.sealed = reasons.sealed(line.reason)
            root = audit.folded(root, line)
        run_many(
            f"UPDATE {TABLE} SET commitment = %s, sealed = %s WHERE seq = %s",
            [(line.commitment, line.sealed, line.seq) for line in batch if line.sealed],
        )
        count, last = count + len(batch), batch[-1]
    if last is not None:
        detail = {"lines": count, "last": last.seq, "root": root}
        made = lines(at=clock.now(), actor="system", action=audit.KEPT_APART, detail=detail)
        made.previous = last.hash
        made.hash = audit.hash_of(made)
        made.save(force_insert=True)


def unseal_again(apps, editor) -> None:
    for line in apps.get_model("kernel", "AuditLine").objects.filter(sealed__isnull=False).iterator(AT_ONCE):
        line.reason = seal.unseal(line.sealed).get("words", "")
        line.save(update_fields=["reason"])


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_erasure")]
    operations = [
        migrations.RunPython(take_guards, put_guards),
        migrations.AddField(
            "auditline", "commitment", models.CharField(max_length=64, default="", blank=True)
        ),
        migrations.AddField("auditline", "sealed", models.BinaryField(null=True, blank=True)),
        migrations.RunPython(seal_what_stands, unseal_again),
        migrations.RemoveField("auditline", "reason"),
        migrations.RunPython(put_guards_beside, take_guards),
    ]
