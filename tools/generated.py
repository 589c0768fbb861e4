"""Documents that are made from the code: `python -m tools.generated write|check`.

A page that is older than the code it tells of fails `make check`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import get_args

from django.utils import translation

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
MADE = "<!-- Made by `make docs` from the code; do not edit. -->"


def kinds() -> Iterator[str]:
    """Every kind of obligation: who owes it, what proves it, what a directive may set."""
    from bulou.obligations.kinds import ordered_kinds

    yield from title("Kinds of obligation", "责任种类")
    yield "A directive sets the values; the defaults are what a new county starts from. How the books treat"
    yield "each window is told in [books.md](books.md)."
    for name, kind in sorted(ordered_kinds().items()):
        yield from ("", f"## `{name}` {both(kind.title)}", "", prose(type(kind)), "")
        proofs = ", ".join(f"`{fact.kind}`" for fact in kind.proofs) or "none"
        owed = f"Subject: {kind.subject_type}. Proven by: {proofs}."
        yield owed if kind.owes else "Nothing is owed under it: the program follows its values."
        if kind.early:
            yield "A proof from before the opening counts too."
        yield from ("", "| value | type | default |", "| --- | --- | --- |")
        for field in fields(kind.Params):
            yield f"| `{field.name}` | `{cell(typed(field))}` | {shown(field, kind.default)} |"


def typed(field: Field[object]) -> str:
    """A field's type; of one with bounds, its plain type."""
    return field.type if isinstance(field.type, str) else get_args(field.type)[0].__name__


def shown(field: Field[object], defaults: dict[str, object]) -> str:
    """The value that a new county's directive has for a field."""
    if field.name in defaults:
        return f"`{json.dumps(defaults[field.name], ensure_ascii=False)}`"
    return (
        "must be given" if field.default is MISSING else f"`{json.dumps(field.default, ensure_ascii=False)}`"
    )


def problems() -> Iterator[str]:
    """The catalogue of problems."""
    from bulou.kernel.problems import CATALOGUE

    yield from title("Problems", "问题目录")
    yield "Each refusal carries one of these codes. Codes are stable: programs may rely on them. In the API"
    yield "the code is the `type` of a problem document (RFC 9457)."
    yield from ("", "| code | HTTP | 中文 | English |", "| --- | --- | --- | --- |")
    for code, kind in sorted(CATALOGUE.items()):
        chinese, english = (cell(said(kind.text, language)) for language in ("zh-hans", "en"))
        yield f"| `{code}` | {kind.status} | {chinese} | {english} |"


def facts() -> Iterator[str]:
    """The kinds of event, with what each carries."""
    from bulou.facts.base import FACTS

    yield from title("Events", "事件种类")
    yield "What may be told to Bulou, and what it tells itself. `data` never carries names, numbers or"
    yield "addresses."
    for name, fact in sorted(FACTS.items()):
        yield from ("", f"## `{name}`", "", prose(fact), "", f"Subject: {fact.subject_type}.", "")
        for field, schema in fact.model_json_schema()["properties"].items() if fact.model_fields else ():
            need = "required" if fact.model_fields[field].is_required() else "may be left out"
            schema.pop("title", None)
            yield f"- `{field}` ({need}): `{json.dumps(schema, ensure_ascii=False)}`"


def command_line() -> Iterator[str]:
    """The command `bulou` with every option."""
    import typer

    from bulou.command.cli import frame

    frame._register()
    yield from title("The command `bulou`", "命令 bulou")
    yield "Exit codes: 0 done; 1 done, and there are errors in the input that it names; 2 wrong use; 3 could"
    yield "not run."
    group = typer.main.get_command(frame.app)
    for name, command in sorted(vars(group)["commands"].items()):
        yield from ("", f"## `bulou {name}`", "", inspect.cleandoc(command.help or ""), "")
        for parameter in command.params:
            words = " / ".join((*parameter.opts, *parameter.secondary_opts))
            if "--help" not in words:
                yield f"- `{words}` {getattr(parameter, 'help', None) or ''}".rstrip()


def sheets() -> Iterator[str]:
    """The workbooks' columns."""
    from bulou.sheets import docs

    yield docs.render()


def matrix() -> Iterator[str]:
    """Every address, what it asks for, and in which formats it answers."""
    from bulou.command import matrix as addresses

    yield from title("Addresses and rights", "网址与权限")
    yield from addresses.lines()


def office() -> Iterator[str]:
    """What the office does, and which operation of the API does the same."""
    from bulou.command.api import coverage

    yield from title("The office and the API", "页面与接口对照")
    yield from coverage.lines()


def controls() -> Iterator[str]:
    """The controls, and the tests that turn red without them."""
    from tools.removal.controls import CONTROLS, table

    yield from title("Controls", "控制措施")
    yield f"{len(CONTROLS)} controls, by the promise that each keeps. `make removal` switches each off in a"
    yield "copy of the tree, and wants the test beside it red; one that stays green fails the run."
    yield from (
        "",
        "| promise | control | lives in `src/bulou/` | red without it |",
        "| --- | --- | --- | --- |",
    )
    yield from table()


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "kinds.md": kinds,
    "problems.md": problems,
    "events.md": facts,
    "cli.md": command_line,
    "sheets.md": sheets,
    "matrix.md": matrix,
    "api/office.md": office,
    "controls.md": controls,
}


def title(english: str, chinese: str) -> Iterator[str]:
    """The head of a page."""
    yield from (f"# {english} {chinese}", "", MADE, "")


def both(text: object) -> str:
    """A title in both languages."""
    return f"{said(text, 'zh-hans')} ({said(text, 'en')})"


def said(text: object, language: str) -> str:
    """A translatable text in one language."""
    with translation.override(language):
        return str(text)


def prose(thing: type) -> str:
    """A class's own docstring as a paragraph."""
    return inspect.cleandoc(thing.__doc__ or "")


def cell(text: str) -> str:
    """A text that can stand in a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def pages() -> Iterator[tuple[Path, str]]:
    """Each page with what it should say."""
    with translation.override("zh-hans"):
        for name, make in PAGES.items():
            yield DOCS / name, "\n".join(make()).rstrip() + "\n"


def write() -> int:
    """Write every page."""
    DOCS.mkdir(exist_ok=True)
    for path, text in pages():
        path.write_text(text)
    return 0


def check() -> int:
    """Name every page that lags behind the code; 1 when there is one."""
    lagging = [path.name for path, text in pages() if not path.exists() or path.read_text() != text]
    sys.stderr.writelines(f"docs/{name} lags behind the code: make docs\n" for name in lagging)
    return 1 if lagging else 0


def main(command: str) -> int:
    """Run one command against a throw-away data folder."""
    import django

    import bulou

    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"BULOU_HOME": home, "DJANGO_SETTINGS_MODULE": "bulou.config.settings"}
        django.setup()
        for module in pkgutil.walk_packages(bulou.__path__, "bulou."):
            # Problems, kinds and facts are known once their modules are.
            if not {"tests", "migrations", "wsgi", "worker"} & set(module.name.split(".")):
                importlib.import_module(module.name)
        return {"write": write, "check": check}[command]()


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["check"]):
        raise SystemExit("usage: python -m tools.generated write|check")
    sys.exit(main(sys.argv[1]))
