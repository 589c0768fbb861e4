"""The API can do what the office can: each page has its operation, or a reason why it has none."""

import json

from bulou.command.api import server
from bulou.command.api.coverage import NOT_FOR_PROGRAMS, OPERATIONS
from bulou.command.matrix import addresses


def declared():
    paths = json.loads(server.schema_text())["paths"]
    return {operation["operationId"] for methods in paths.values() for operation in methods.values()}


def test_every_page_and_act_has_an_operation_or_a_reason():
    pages = {one.name for one in addresses() if not one.is_api}
    assert pages - OPERATIONS.keys() - NOT_FOR_PROGRAMS.keys() == set(), "add it to command/api/coverage.py"
    assert OPERATIONS.keys() | NOT_FOR_PROGRAMS.keys() <= pages, "these pages are gone"
    assert OPERATIONS.keys() & NOT_FOR_PROGRAMS.keys() == set()
    assert all(len(why) > 10 for why in NOT_FOR_PROGRAMS.values())


def test_the_operations_that_are_named_are_there():
    assert {name for names in OPERATIONS.values() for name in names} - declared() == set()
