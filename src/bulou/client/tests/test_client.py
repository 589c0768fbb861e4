"""The client against a server that is not always well."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tools import client as made

from bulou.client import Client, RefusedError, UnreachableError, transport


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.got.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        status, body = self.server.answers.pop(0)
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_words):
        """Say nothing."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(transport, "FIRST_WAIT_SECONDS", 0)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def client(server):
    with Client(f"http://127.0.0.1:{server.server_port}", "bulou_secret") as client:
        yield client


def test_a_list_is_read_page_after_page(server, client):
    server.answers = [(200, {"rows": [1, 2], "next": "c"}), (200, {"rows": [3], "next": None})]
    assert list(client.every(client.read_gaps, gap="undone")) == [1, 2, 3]
    assert [got[1] for got in server.got] == ["/api/v1/gaps?gap=undone", "/api/v1/gaps?gap=undone&cursor=c"]
    assert server.got[0][2]["Authorization"] == "Bearer bulou_secret"


def test_events_go_gzipped(server, client):
    server.answers = [(200, {"results": []})]
    client.receive_events({"events": []})
    _method, _path, headers, body = server.got[0]
    assert headers["Content-Encoding"] == "gzip" and json.loads(gzip.decompress(body)) == {"events": []}


def test_a_busy_server_is_asked_again_with_the_same_key(server, client):
    server.answers = [(503, {"code": "database-unavailable"}), (200, {"recorded": True})]
    assert client.note_call(7, {"outcome": "doing"}) == {"recorded": True}
    first, second = (got[2]["Idempotency-Key"] for got in server.got)
    assert first == second


def test_a_refusal_carries_its_problem(server, client):
    server.answers = [(404, {"code": "no-such-case", "detail": "在您的范围内没有"})]
    with pytest.raises(RefusedError) as caught:
        client.read_case("none")
    assert (caught.value.status, caught.value.code) == (404, "no-such-case")


def test_a_server_that_stays_busy_is_said(server, client):
    server.answers = [(503, {"code": "database-unavailable"})] * transport.TRIES
    with pytest.raises(RefusedError):
        client.read_token()


def test_nobody_there_is_said(monkeypatch):
    monkeypatch.setattr(transport, "FIRST_WAIT_SECONDS", 0)
    with pytest.raises(UnreachableError):
        Client("http://127.0.0.1:9", "x", timeout=1).read_token()


def test_the_operations_are_those_of_the_schema():
    assert Path(made.MADE).read_text() == made.text(), "run: make docs"
