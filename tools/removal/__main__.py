"""`python -m tools.removal [WORD …]`: switches every control off in turn and wants its test red.

Works on a copy of the tree. Exit code 1 when a control could be taken out and no test noticed. A word chooses
the controls in whose description it stands.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.removal.controls import CONTROLS, Control, Edit

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "tests", "tools", "docs", "conftest.py", "pyproject.toml", "manage.py")
FAILED = 1
"""What pytest answers when tests ran and some failed; anything else is no proof."""


def main(words: Sequence[str]) -> int:
    """Run the chosen controls, tell each verdict, and the figure."""
    chosen = [
        one for one in CONTROLS if not words or any(word in f"{one.promise} {one.what}" for word in words)
    ]
    with tempfile.TemporaryDirectory(prefix="bulou-removal-") as folder:
        tree = Path(folder) / "tree"
        _copy(tree)
        red = sum(_is_red(one, tree, Path(folder) / "database") for one in chosen)
    print(f"\n{red} of {len(chosen)} red")
    return int(red < len(chosen))


def _copy(tree: Path) -> None:
    leave = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=leave)
        elif source.exists():
            tree.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, tree / name)


def _is_red(one: Control, tree: Path, database: Path) -> bool:
    started = time.monotonic()
    kept = [(tree / "src/bulou" / edit.file, edit) for edit in one.edits]
    before = {path: path.read_text("utf-8") for path, _edit in kept}
    try:
        wrong = [trouble for path, edit in kept if (trouble := _switch_off(path, edit))]
        code = -1 if wrong else _run(one, tree, database)
    finally:
        for path, text in before.items():
            path.write_text(text, "utf-8")
    word = "red  " if code == FAILED else "GREEN" if code == 0 else "?????"
    said = "; ".join(wrong) if wrong else "" if code in (0, FAILED) else f"pytest answered {code}"
    print(f"{word} {time.monotonic() - started:5.1f} s  {one.promise:11} {one.what}  {said}", flush=True)
    return code == FAILED


def _switch_off(path: Path, edit: Edit) -> str:
    """What is wrong with an edit, or "" when it was made."""
    text = path.read_text("utf-8")
    if text.count(edit.old) != 1:
        return f"{edit.file}: {text.count(edit.old)} times {edit.old[:60]!r}"
    path.write_text(text.replace(edit.old, edit.new), "utf-8")
    return ""


def _run(one: Control, tree: Path, database: Path) -> int:
    """What pytest answers. A control that is a migration needs a database of its own."""
    own = any("migrations" in edit.file for edit in one.edits)
    tests = [name if name.startswith("tests/") else f"src/bulou/{name}" for name in one.tests]
    folder = [] if own else [f"--folder={database}"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "--tb=no", *folder, *tests]
    database.mkdir(exist_ok=True)
    return subprocess.run(command, cwd=tree, capture_output=True, check=False, timeout=300).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
