"""What is done has an index by place where it is cheap and wanted: on PostgreSQL (docs/adr/0014)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def index(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE INDEX obligation_done ON obligations_obligation (window_id, place) "
            "WHERE met_at IS NOT NULL OR excused_at IS NOT NULL"
        )


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX obligation_done")


class Migration(migrations.Migration):
    dependencies = [("obligations", "0006_left_of_post")]

    operations = [migrations.RunPython(index, drop)]
