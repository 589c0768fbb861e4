"""Planning knows neither the web framework nor, before it has to, the solver."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import bulou.planning

MODULES = [path for path in Path(bulou.planning.__file__).parent.rglob("*.py") if "tests" not in path.parts]


def imported(tree: ast.AST) -> set[str]:
    """First names of all packages that a module's text imports, wherever in it."""
    found = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    found |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in found}


def test_planning_imports_nothing_but_the_language_numpy_and_the_solver():
    packages = set[str]().union(*(imported(ast.parse(path.read_text("utf-8"))) for path in MODULES))
    assert packages - sys.stdlib_module_names == {"bulou", "numpy", "pyvrp"}


def test_only_one_module_knows_the_solver():
    knowing = [path.name for path in MODULES if "pyvrp" in imported(ast.parse(path.read_text("utf-8")))]
    assert knowing == ["solving.py"]
