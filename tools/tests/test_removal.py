"""Every control can be switched off where it is said to stand: code that moved takes its removal along."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.removal.controls import CONTROLS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/bulou"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: f"{one.promise} {one.what}")
def test_a_control_stands_where_its_removal_looks_for_it(control):
    for edit in control.edits:
        assert (SOURCE / edit.file).read_text("utf-8").count(edit.old) == 1, edit.file


def test_the_tests_that_turn_red_are_there():
    nodes = {node.partition("::")[0] for control in CONTROLS for node in control.tests}
    missing = [
        node for node in nodes if not (ROOT / node if node.startswith("tests/") else SOURCE / node).exists()
    ]
    assert not missing
