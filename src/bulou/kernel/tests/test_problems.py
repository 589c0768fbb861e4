from __future__ import annotations

import string

import pytest
from django.utils.translation import override

from bulou.kernel import problems
from bulou.kernel.clock import BAD_INSTANT


def test_a_code_is_declared_once():
    with pytest.raises(ValueError, match="bad-instant"):
        problems.problem("bad-instant", "again")
    assert problems.CATALOGUE["bad-instant"] is BAD_INSTANT


def test_the_error_speaks_to_the_reader():
    error = BAD_INSTANT.error(value="昨天")
    assert (error.code, error.kind.status) == ("bad-instant", 400)
    assert str(error) == BAD_INSTANT.say(value="昨天")
    with override("en"):
        assert "昨天" in str(error)


def test_every_code_is_plain_and_every_sentence_can_be_filled_in():
    for code, kind in problems.CATALOGUE.items():
        assert set(code) <= set(string.ascii_lowercase + string.digits + "-"), code
        names = {name for _, name, _, _ in string.Formatter().parse(str(kind.text)) if name}
        assert kind.say(**dict.fromkeys(names, "x")), code
        assert 400 <= kind.status < 600, code
