"""Make `src/bulou/client/operations.py` from the API's OpenAPI document: `python -m tools.client`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "docs" / "api" / "openapi.json"
MADE = ROOT / "src" / "bulou" / "client" / "operations.py"
TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
RESERVED = {"from": "since", "to": "until"}
HEAD = '''"""The API's operations, and the shapes of what they take and give. Made by `make docs`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict
'''
BASE = '''
class Operations(ABC):
    """Every operation of the API; `request` is how they are carried out."""

    @abstractmethod
    def request(
        self, method: str, path: str, query: Mapping[str, Any], body: Any, key: str | None = None
    ) -> Any:
        """One request, and the answer's content."""

    @abstractmethod
    def send_file(
        self, path: str, fields: Mapping[str, Any], name: str, content: bytes, key: str | None = None
    ) -> Any:
        """One form with a file, and the answer's content."""

    @abstractmethod
    def fetch(self, path: str) -> bytes:
        """One file."""
'''
FORM = "multipart/form-data"


def type_of(schema: dict[str, Any]) -> str:
    """The Python type of a JSON schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(type_of(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(one) for one in schema['enum'])}]"
    if schema.get("type") == "array":
        return f"list[{type_of(schema.get('items', {}))}]"
    if schema.get("type") == "object":
        return str(schema["title"]) if "properties" in schema else "dict[str, Any]"
    return "bytes" if schema.get("format") == "binary" else TYPES.get(schema.get("type", ""), "Any")


def shapes(document: dict[str, Any]) -> Iterator[str]:
    """A typed dictionary for each schema."""
    inline = _inline(document)
    for name, schema in sorted((document["components"]["schemas"] | inline).items()):
        yield f"\n\nclass {name}(TypedDict):"
        yield f'    """{_sentence(schema.get("description", name))}"""\n'
        required = set(schema.get("required", ()))
        for field, of_field in schema.get("properties", {}).items():
            type_ = type_of(of_field)
            yield f"    {field}: {type_ if field in required else f'NotRequired[{type_}]'}"


def _inline(document: dict[str, Any]) -> dict[str, Any]:
    """The schemas that an operation brings along itself."""
    found: dict[str, Any] = {}
    for _method, _path, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if "properties" in content["schema"] and kind != FORM:
                found |= {one["title"]: one for one in _nested(content["schema"])}
    return found


def _nested(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema with properties, and those within it."""
    if "properties" in schema:
        yield schema
        for field in schema["properties"].values():
            yield from _nested(field.get("items", field))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of the document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def methods(document: dict[str, Any]) -> Iterator[str]:
    """A method for each operation."""
    for method, path, operation in operations(document):
        yield "\n".join(_method(method, path, operation))


def _method(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    in_path = [one for one in parameters if one["in"] == "path"]
    in_query = [one for one in parameters if one["in"] == "query"]
    if form := operation.get("requestBody", {}).get("content", {}).get(FORM):
        yield from _sending(path, operation, form["schema"]["properties"])
        return
    body = _body_type(operation)
    arguments = ["self", *(f"{one['name']}: {type_of(one['schema'])}" for one in in_path)]
    arguments += [f"body: {body}"] if body else []
    optional = [_optional(one) for one in in_query]
    if method != "GET" and not path.endswith("/events"):
        optional.append("key: str | None = None")
    arguments += ["*", *optional] if optional else []
    answer = _answer_type(operation)
    yield f"    def {operation['operationId']}({', '.join(arguments)}) -> {answer}:"
    yield f'        """{_sentence(operation.get("description") or operation["summary"])}"""'
    query = ", ".join(f'"{one["name"]}": {_name(one)}' for one in in_query)
    address = re.sub(r"{(\w+)}", r"{\1}", path)
    prefix = "f" if in_path else ""
    key = ", key" if "key: str | None = None" in optional else ""
    if answer == "bytes":
        yield f'        return self.fetch({prefix}"{address}")\n'
        return
    call = f'self.request("{method}", {prefix}"{address}", {{{query}}}, {"body" if body else "None"}{key})'
    yield f"        answer: {answer} = {call}"
    yield "        return answer\n"


def _sending(path: str, operation: dict[str, Any], properties: dict[str, Any]) -> Iterator[str]:
    """A method that sends a form with one file; the file's field is called `file`."""
    fields = {name: type_of(schema) for name, schema in properties.items() if name != "file"}
    more = ", ".join(f"{name}: {type_} | None = None" for name, type_ in fields.items())
    answer, given = _answer_type(operation), ", ".join(f'"{name}": {name}' for name in fields)
    yield f"    def {operation['operationId']}("
    yield f"        self, name: str, content: bytes, *, {more}, key: str | None = None"
    yield f"    ) -> {answer}:"
    yield f'        """{_sentence(operation.get("description") or operation["summary"])}"""'
    yield f'        answer: {answer} = self.send_file("{path}", {{{given}}}, name, content, key)'
    yield "        return answer\n"


def _optional(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    type_ = type_of(schema)
    return f"{_name(parameter)}: {type_ if 'None' in type_ else f'{type_} | None'} = None"


def _name(parameter: dict[str, Any]) -> str:
    name = str(parameter["name"])
    return RESERVED.get(name, name)


def _body_type(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return ""
    schema = next(iter(content.values()))["schema"]
    return str(schema["title"]) if "title" in schema and "$ref" not in schema else type_of(schema)


def _answer_type(operation: dict[str, Any]) -> str:
    good = next(status for status in operation["responses"] if str(status).startswith("2"))
    content = operation["responses"][good].get("content", {})
    return type_of(next(iter(content.values()))["schema"]) if content else "Any"


def _sentence(text: str) -> str:
    """The first sentence of a description, on one line."""
    return (
        " ".join(text.split("\n\n", maxsplit=1)[0].split()).replace('"', "'").partition(". ")[0].rstrip(".")
        + "."
    )


def text() -> str:
    """The module as it should be."""
    document = json.loads(SCHEMA.read_text())
    raw = "\n".join((HEAD, *shapes(document), BASE, *methods(document)))
    ruff = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(MADE), "-"]
    return subprocess.run(ruff, input=raw, capture_output=True, text=True, check=True, cwd=ROOT).stdout


if __name__ == "__main__":
    MADE.write_text(text())
