"""Log lines: JSON when asked for, and never what an exception says."""

import json
import logging
import logging.config

import pytest
import structlog

from bulou.config import logs

NAME = "甄漏一"


@pytest.fixture(params=[True, False], ids=["json", "words"])
def line(request, capsys):
    """Write one line with an exception in it; what standard error got."""

    def write(logger: logging.Logger) -> str:
        formatter = logs.logging("INFO", request.param)["formatters"]["line"] | {}
        make = formatter.pop("()")
        handler = logging.StreamHandler()
        handler.setFormatter(make(**formatter))
        logger.handlers, logger.propagate = [handler], False
        try:
            raise ValueError(f"no such person: {NAME}")
        except ValueError:
            logger.exception("failed %s", 7)
        return capsys.readouterr().err

    write.as_json = request.param
    return write


def test_the_words_of_an_exception_are_not_told_but_where_it_came_from_is(line):
    told = line(logging.getLogger("bulou.test"))
    assert NAME not in told
    assert "ValueError" in told and "test_logs.py" in told and "failed 7" in told


def test_the_address_of_a_refused_request_is_not_told():
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: %s", ("/me/secret",), None
    )
    record.status_code = 404
    assert logs.without_address(record) and record.getMessage() == "answered 404"


def test_a_json_line_can_be_read_by_a_program(line):
    told = line(logging.getLogger("bulou.test"))
    if line.as_json:
        found = json.loads(told)
        assert (found["event"], found["level"], found["logger"]) == ("failed 7", "error", "bulou.test")


@pytest.fixture(autouse=True)
def _as_before():
    before = structlog.get_config()
    yield
    structlog.configure(**before)
