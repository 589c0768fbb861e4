"""Making ready: the home folder, the keys, a safe database with its tables up to date."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.kernel import seal
from bulou.kernel.database import check_build
from bulou.kernel.problems import problem
from bulou.obligations import directives
from bulou.people.models import Person
from bulou.places import divisions

KEY_FILE_GONE = problem(
    "key-file-gone",
    gettext_lazy("找不到密钥文件 {path},而数据库里已有封存的身份信息:请从备份取回它,不要另生成一个。"),
    status=503,
)


def make_ready() -> None:
    """Everything that a command or the server needs before its first query.

    Raises `unsafe-sqlite`, `wrong-pragma`, `key-file-broken`.
    """
    settings.BULOU_HOME.mkdir(parents=True, exist_ok=True)
    check_build()
    _keys()
    if _tables_are_behind():
        call_command("migrate", verbosity=0, interactive=False)
        directives.start_defaults(settings.BULOU_COUNTY)
        divisions.start(settings.BULOU_COUNTY)


def _keys() -> None:
    path = seal.key_path()
    if not path.exists():
        if _holds_sealed_rows():
            raise KEY_FILE_GONE.error(path=path)
        seal.keys()
        sys.stderr.write(
            _("已生成密钥文件 {path}。请马上备份到别处:丢了它,封存的身份信息就再也读不出来。").format(
                path=path
            )
            + "\n"
        )
    seal.keys()


def _holds_sealed_rows() -> bool:
    table = Person._meta.db_table
    return table in connection.introspection.table_names() and Person.objects.exists()


def _tables_are_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
