"""The English of Bulou, kept complete without GNU gettext: `python -m tools.messages update|check|compile`.

The words in the code are Chinese; each must have its English in `locale/en/LC_MESSAGES/django.po`. `update`
adds the new ones empty and drops those no longer said, `check` fails on whatever is missing, `compile`
writes the binary catalogue that Django reads.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "bulou"
PO = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
HEADER = rb"""# The English of Bulou. Kept by tools/messages.py; write only the msgstr.
msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"Content-Type: text/plain; charset=utf-8\n"

"""
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"\{(\w*)[^{}]*\}|%\((\w+)\)")
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.S)
TRANSLATED = re.compile(
    r"\{%-?\s*(blocktrans(?:late)?)\b.*?\{%\s*end\1\s*%\}|\{%\s*trans(?:late)?\s.*?%\}|_\((\"[^\"]*\"|'[^']*')\)",
    re.S,
)
OWN_NAMES = re.compile("中文|不漏")
"""Said the same in every language."""
JS_COMMENTS = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.S | re.M)


def said() -> Catalog:
    """Every message that the code and the templates say."""
    catalog = Catalog()
    for path in sources("*.py"):
        _take(catalog, path.read_bytes())
    for path in sources("*.html", "*.txt"):
        # Babel reads what this gives as Python, where a page's indentation would be an error.
        lines = templatize(path.read_text(), str(path)).splitlines()
        _take(catalog, "\n".join(line.strip() for line in lines).encode())
    return catalog


def sources(*patterns: str) -> Iterator[Path]:
    """The files whose words users read; tests and vendored files are not among them."""
    for pattern in patterns:
        for path in sorted(SOURCE.rglob(pattern)):
            if not {"tests", "vendor"} & set(path.parts):
                yield path


def _take(catalog: Catalog, source: bytes) -> None:
    options = {"encoding": "utf-8"}
    for _line, text, _comments, context in extract("python", io.BytesIO(source), KEYWORDS, (), options):
        catalog.add(text, context=context)


def written() -> Catalog:
    """What the English catalogue holds."""
    if not PO.exists():
        return Catalog(locale="en", fuzzy=False)
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def update() -> int:
    """Add what is new with an empty translation, drop what is no longer said."""
    catalog = written()
    catalog.update(said(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        file.write(HEADER)
        write_po(file, catalog, width=100, no_location=True, omit_header=True, sort_output=True)
    empty = sum(not translated(message) for message in messages(catalog))
    sys.stderr.write(f"{PO.relative_to(ROOT)}: {empty} without English\n")
    return 0


def messages(catalog: Catalog) -> list[Message]:
    """A catalogue's messages without its header."""
    return [message for message in catalog if message.id]


def key(message: Message) -> tuple[str, str]:
    """What makes two messages one."""
    single = message.id if isinstance(message.id, str) else message.id[0]
    return single, message.context or ""


def translated(message: Message) -> bool:
    """Whether every form of a message has its English."""
    forms = (message.string,) if isinstance(message.string, str) else message.string or ()
    return bool(forms) and all(forms)


def faults() -> Iterator[str]:
    """Every word that an English reader would not get, or get wrongly."""
    here, there = ({key(message): message for message in messages(part)} for part in (said(), written()))
    yield from (f"missing: {id}" for id, _ in sorted(here.keys() - there.keys()))
    yield from (f"no longer said: {id}" for id, _ in sorted(there.keys() - here.keys()))
    for id, context in sorted(here.keys() & there.keys()):
        message = there[id, context]
        if not translated(message) or message.fuzzy:
            yield f"without English: {id}"
        elif isinstance(message.id, str) and placeholders(message.id) != placeholders(str(message.string)):
            yield f"other placeholders: {id} -> {message.string}"
    yield from untagged()


def placeholders(text: str) -> set[str]:
    """The names that a sentence leaves open, `{name}` or `%(name)s`."""
    return {brace or percent for brace, percent in PLACEHOLDER.findall(text)}


def untagged() -> Iterator[str]:
    """Chinese in templates and scripts that no translation can reach."""
    for path in sources("*.html", "*.txt"):
        if path.parent.name == "kit":
            continue  # specimens, for those who make pages
        yield from _chinese(path, TRANSLATED.sub("", COMMENTS.sub("", path.read_text())))
    for path in sources("*.js"):
        yield from _chinese(path, JS_COMMENTS.sub("", path.read_text()))


def _chinese(path: Path, text: str) -> Iterator[str]:
    for line in text.splitlines():
        if CHINESE.search(OWN_NAMES.sub("", line)):
            yield f"not marked for translation: {path.relative_to(ROOT)}: {line.strip()}"


def check() -> int:
    """Name every fault; 1 when there is one."""
    found = list(faults())
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


def compile_() -> int:
    """Write the binary catalogue."""
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, written())
    return 0


COMMANDS = {"update": update, "check": check, "compile": compile_}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        raise SystemExit("usage: python -m tools.messages update|check|compile")
    sys.exit(COMMANDS[sys.argv[1]]())
