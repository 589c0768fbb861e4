"""The ledger and the audit chain are only ever added to."""

from django.db import migrations

from bulou.kernel.database import forbid_change


def guard(apps, editor) -> None:
    forbid_change(editor, "kernel_event")
    forbid_change(editor, "kernel_auditline")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(guard, elidable=False)]
