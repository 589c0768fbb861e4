"""How the client speaks HTTP: one connection, gzip, problems as exceptions, patience when asked for it."""

from __future__ import annotations

import gzip
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

from bulou.client.operations import Operations

TIMEOUT_SECONDS = 60
TRIES = 4
FIRST_WAIT_SECONDS = 0.5
BUSY = (429, 502, 503, 504)


class RefusedError(Exception):
    """The server refused: `status`, and its problem document (RFC 9457) in `problem`."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        """The stable code of the problem."""
        return str(self.problem.get("code", ""))


class UnreachableError(Exception):
    """Nobody answered, after all tries."""


class Client(Operations):
    """Bulou's API at an address, with a bearer token (`bulou token`).

    A request that nobody answered, or that came at a busy moment, is made again: reading is harmless, events
    carry their own ids, and everything else carries an `Idempotency-Key`. Use one client in one thread.
    """

    def __init__(self, address: str, token: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._where = urlsplit(address)
        self._token = token
        self._timeout = timeout
        self._connection: HTTPConnection | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def every(self, operation: Callable[..., Any], **query: Any) -> Iterator[Any]:
        """The rows of a list, page after page."""
        cursor: str | None = None
        while True:
            page = operation(**query, cursor=cursor)
            yield from page["rows"]
            cursor = page["next"]
            if cursor is None:
                return

    def request(
        self, method: str, path: str, query: Mapping[str, Any], body: Any, key: str | None = None
    ) -> Any:
        """One request. Raises RefusedError, UnreachableError."""
        asked = [(name, value) for name, value in query.items() if value not in (None, [])]
        address = path + (f"?{urlencode(asked, True)}" if asked else "")
        content = None if body is None else gzip_json(body) if path.endswith("/events") else plain_json(body)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        if path.endswith("/events"):
            headers["Content-Encoding"] = "gzip"
        if method != "GET":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        text = self._good(method, address, content, headers)
        return json.loads(text) if text else {}

    def send_file(
        self, path: str, fields: Mapping[str, Any], name: str, content: bytes, key: str | None = None
    ) -> Any:
        """One form with a file. Raises RefusedError, UnreachableError."""
        boundary = uuid.uuid4().hex
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Idempotency-Key": key or str(uuid.uuid4()),
        }
        return json.loads(self._good("POST", path, form(boundary, fields, name, content), headers))

    def fetch(self, path: str) -> bytes:
        """One file. Raises RefusedError, UnreachableError."""
        return self._good("GET", path, None, {"Authorization": f"Bearer {self._token}"})

    def _good(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> bytes:
        """An answer that is no refusal. Raises RefusedError, UnreachableError."""
        address = f"{self._where.path.rstrip('/')}{path}"
        status, text = self._tried(method, address, content, headers)
        if not 200 <= status < 300:
            raise RefusedError(status, json.loads(text) if text else {})
        return text

    def _tried(
        self, method: str, address: str, content: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                status, text = self._once(method, address, content, headers)
                if last or status not in BUSY:
                    return status, text
            except (OSError, HTTPException) as error:
                self.close()
                if last:
                    raise UnreachableError(str(error)) from error
            time.sleep(FIRST_WAIT_SECONDS * 2**attempt)
        raise AssertionError("the last try returns or raises")

    def _once(
        self, method: str, address: str, content: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        if self._connection is None:
            kind = HTTPSConnection if self._where.scheme == "https" else HTTPConnection
            self._connection = kind(self._where.netloc, timeout=self._timeout)
        self._connection.request(method, address, content, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def plain_json(body: Any) -> bytes:
    """A body as JSON."""
    return json.dumps(body, ensure_ascii=False).encode()


def form(boundary: str, fields: Mapping[str, Any], name: str, content: bytes) -> bytes:
    """A form with plain fields and one file called `file` (RFC 7578)."""
    edge, head = f"--{boundary}\r\n", 'Content-Disposition: form-data; name="'
    said = {key: json.dumps(value) if isinstance(value, bool) else value for key, value in fields.items()}
    plain = [f'{edge}{head}{key}"\r\n\r\n{value}\r\n' for key, value in said.items() if value is not None]
    shown = name.replace("\\", "%5C").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    file = f'{edge}{head}file"; filename="{shown}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    return "".join((*plain, file)).encode() + content + f"\r\n--{boundary}--\r\n".encode()


def gzip_json(body: Any) -> bytes:
    """A body as gzipped JSON."""
    return gzip.compress(plain_json(body), 1)
