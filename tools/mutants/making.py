"""Making mutants: every small fault that can be put into a module, in its Python and in its SQL.

The statements of the engine are texts, so a text is looked into for comparisons, conjunctions and
aggregates as the code around it is.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "+"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}
OTHER_FUNCTION = {"min": "max", "max": "min", "any": "all", "all": "any"}
TEXTS_OF_USERS = {"_", "problem"}
"""Calls whose arguments are words for a reader."""

SQL_MARK = re.compile(
    r"\b(SELECT|FROM|WHERE|AND|OR|CASE|WHEN|THEN|ELSE|UPDATE|SET|EXISTS|IS NULL|ORDER BY)\b|[<>]=?"
)
SQL_RULES: tuple[tuple[str, str], ...] = (
    (r"(?<![<>=])<(?![=>])", "<="),
    (r"<=", "<"),
    (r"(?<![<>=-])>(?!=)", ">="),
    (r">=", ">"),
    (r"<>", "="),
    (r"(?<=\w) = (?=\S)", " <> "),
    (r"\bAND\b", "OR"),
    (r"\bOR\b", "AND"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bNOT (?=EXISTS|\()", ""),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r"\bTHEN 1\b", "THEN 0"),
    (r"\bTHEN -1\b", "THEN 1"),
    (r"\bTHEN 0\b", "THEN 1"),
    (r"\bELSE 0\b", "ELSE 1"),
    (r" \+ ", " - "),
    (r" - ", " + "),
    (r"\bDISTINCT ", ""),
)
MASK = "\x00"


@dataclass(frozen=True)
class Mutant:
    """One fault: bytes `start` to `end` of a file are `text` instead. `number` tells like ones apart."""

    path: str
    start: int
    end: int
    text: str
    what: str
    line: str
    number: int = 0

    @property
    def name(self) -> str:
        """The same as long as the line is the same, wherever it stands."""
        content = [self.path, self.line.strip(), self.what, str(self.number)]
        return hashlib.blake2b("\n".join(content).encode(), digest_size=6).hexdigest()

    def apply(self, source: bytes) -> bytes:
        """The file with the fault in it."""
        return source[: self.start] + self.text.encode() + source[self.end :]

    def diff(self, source: bytes) -> str:
        """What the fault changes, as a reader sees it."""
        before, after = source.decode().splitlines(), self.apply(source).decode().splitlines()
        lines = difflib.unified_diff(before, after, self.path, self.path, lineterm="", n=1)
        return "\n".join(lines)


def sample(mutants: Iterable[Mutant], count: int, seed: str) -> list[Mutant]:
    """So many of them, by a draw that a change of other lines leaves as it was."""

    def rank(mutant: Mutant) -> bytes:
        return hashlib.blake2b(f"{seed}:{mutant.name}".encode(), digest_size=8).digest()

    drawn = sorted(mutants, key=rank)[:count]
    return sorted(drawn, key=lambda mutant: (mutant.path, mutant.start, mutant.what))


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Every mutant of a module that still compiles and is another program."""
    plain = ast.dump(ast.parse(source))
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for start, end, text, what in sorted({*_in_python(source), *_in_sql(source)}):
        line = _line_of(source, start)
        made = Mutant(path, start, end, text, what, line, seen[line.strip(), what])
        seen[line.strip(), what] += 1
        try:
            changed = ast.dump(ast.parse(made.apply(source)))
        except SyntaxError:
            continue
        if changed != plain:
            found.append(made)
    return found


def modules(folder: Path, root: Path) -> Iterator[tuple[str, bytes]]:
    """The modules of a room that hold behaviour, with their texts."""
    for path in sorted(folder.glob("*.py")):
        if path.name not in {"__init__.py", "apps.py"} and not path.stem.endswith(("model", "models")):
            yield str(path.relative_to(root)), path.read_bytes()


Change = tuple[int, int, str, str]


def _line_of(source: bytes, at: int) -> str:
    first = source.rfind(b"\n", 0, at) + 1
    return source[first : source.find(b"\n", at)].decode()


class _Python(ast.NodeVisitor):
    """Finds what can be changed in the code; does not look into annotations, texts and f-strings."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.changes: list[Change] = []
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def change(self, start: int, end: int, text: str) -> None:
        was = self.source[start:end].decode()
        what = f"{' '.join(was.split())[:60]} → {' '.join(text.split())[:60]}"
        self.changes.append((start, end, text, what))

    def between(self, left: ast.expr, right: ast.expr, was: str, text: str) -> None:
        """Change the operator that stands between two operands."""
        first = self.end(left)
        gap = self.source[first : self.start(right)].decode()
        found = re.search(rf"(?<!\w){re.escape(was)}(?!\w)" if was.isalpha() else re.escape(was), gap)
        if found:
            at = first + len(gap[: found.start()].encode())
            self.change(at, at + len(was), text)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Its parts have no places of their own (before Python 3.12); the SQL rules look into it."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """An annotation is not behaviour."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for part in (*node.args.defaults, *(one for one in node.args.kw_defaults if one), *node.body):
            self.visit(part)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in node.body:
            self.visit(part)

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            self.between(left, right, *COMPARISONS[type(op)])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC and not (_is_text(node.left) or _is_text(node.right)):
            self.between(node.left, node.right, *ARITHMETIC[type(node.op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        was, text = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between(left, right, was, text)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.change(self.start(node), self.start(node) + len("not "), "")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self.negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.negate(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self.negate(test)
        self.generic_visit(node)

    def negate(self, test: ast.expr) -> None:
        start, end = self.start(test), self.end(test)
        self.change(start, end, f"(not ({self.source[start:end].decode()}))")

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.change(self.start(node), self.end(node), str(not node.value))
        elif isinstance(node.value, int | float):
            self.change(self.start(node), self.end(node), str(node.value + 1))

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in TEXTS_OF_USERS:
            return
        if name in OTHER_FUNCTION:
            self.change(self.start(node.func), self.end(node.func), OTHER_FUNCTION[name])
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        self.change(self.start(node), self.end(node), "pass")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.change(self.start(node), self.end(node), "pass")
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self.change(self.start(node), self.end(node), "pass")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _in_python(source: bytes) -> list[Change]:
    finder = _Python(source)
    finder.visit(ast.parse(source))
    return finder.changes


def _in_sql(source: bytes) -> Iterator[Change]:
    """Changes within the texts that are SQL."""
    starts = [0]
    lines = source.decode().splitlines(keepends=True)
    for text in lines:
        starts.append(starts[-1] + len(text.encode()))
    docs = _documentation(source)
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        line, column = token.start
        if token.type != tokenize.STRING or token.start[0] in docs or not SQL_MARK.search(token.string):
            continue
        first = starts[line - 1] + len(lines[line - 1][:column].encode())
        for begin, end, other in _changes(token.string):
            was = token.string[begin:end]
            what = f"{was.strip()} → {other.strip()}"
            at = first + len(token.string[:begin].encode())
            yield at, at + len(was.encode()), other, what


def _documentation(source: bytes) -> set[int]:
    """The lines on which a text begins that only documents."""
    return {
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _changes(text: str) -> Iterator[tuple[int, int, str]]:
    masked = _without_code(text)
    for pattern, replacement in SQL_RULES:
        for found in re.finditer(pattern, masked):
            yield found.start(), found.end(), replacement


def _without_code(text: str) -> str:
    """The text with what stands in braces of an f-string blanked, so that places stay."""
    head = text[: re.search(r"['\"]", text).start()]  # type: ignore[union-attr]  # every text has its quote
    if "f" not in head.lower():
        return text
    depth = 0
    plain: list[str] = []
    for char in text:
        depth += char == "{"
        plain.append(MASK if depth else char)
        depth -= char == "}"
    return "".join(plain)
