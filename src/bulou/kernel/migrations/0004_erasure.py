"""The ledger's one exception: what is personal in an event may be erased, and only that."""

from django.db import migrations

from bulou.kernel.database import allow_erasure, forbid_erasure


def allow(apps, editor) -> None:
    allow_erasure(editor, "kernel_event")


def forbid(apps, editor) -> None:
    forbid_erasure(editor, "kernel_event")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_jobs")]
    operations = [migrations.RunPython(allow, forbid, elidable=False)]
