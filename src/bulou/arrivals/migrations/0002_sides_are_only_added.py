from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bulou.kernel.database import forbid_change


def sides_stay(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    forbid_change(editor, "arrivals_side")


def sides_may_go(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """The table is dropped by the migration before; its triggers go with it."""


class Migration(migrations.Migration):
    dependencies = [("arrivals", "0001_initial"), ("kernel", "0002_append_only")]

    operations = [migrations.RunPython(sides_stay, sides_may_go)]
