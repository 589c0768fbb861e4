"""The set-up scripts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tools import postgres, setup

from tests.support import Home

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def said(monkeypatch):
    """What the set-up would run; nothing is run. Programs named in the list fail."""
    commands: list[str] = []
    failing: list[str] = []

    def record(*command):
        words = " ".join(map(str, command))
        commands.append(words)
        return not any(word in words for word in failing)

    for name in ("run", "works"):
        monkeypatch.setattr(setup, name, record)
    return commands, failing


def test_uv_installs_by_hash_and_pip_steps_in(said, capsys):
    commands, failing = said
    failing.append("bin/uv pip")
    assert setup.install("requirements.lock")
    tried = [words for words in commands if "requirements.lock" in words]
    assert ["bin/uv" in words for words in tried] == [True, False]
    assert all("--require-hashes" in words for words in tried)
    assert capsys.readouterr().err == ""


def test_what_cannot_be_had_is_named_with_its_remedy(said, monkeypatch, capsys):
    said[1].extend(["install", "find_bin"])
    monkeypatch.setattr(setup.shutil, "which", lambda _name: None)
    assert not setup.install("requirements.lock")
    assert not setup.browser()
    assert not setup.postgres()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("setup: ") and "Remedy: " in line for line in lines)


def test_another_python_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(setup, "WANTED", (3, 99))
    assert setup.main("run") == 1
    assert "Remedy" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["all"], ["run", "test"]])
def test_wrong_use_is_said(words):
    with pytest.raises(SystemExit):
        setup.check(words)


def test_only_root_installs_debian_packages(said, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not setup.apt("chromium")
    assert said[0] == []


@pytest.mark.parametrize(
    "target", ["run", "setup", "test", "check", "bench", "coverage", "docs", "lock", "clean"]
)
def test_every_target_can_be_made(target):
    dry = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert dry.returncode == 0, dry.stderr


def test_run_hands_its_settings_on():
    words = ["make", "-n", "run", "SCALE=tiny", "PORT=8123", "COUNTY=my county"]
    dry = subprocess.check_output(words, cwd=ROOT, text=True)
    assert 'bulou demo --scale tiny --port 8123 --county "my county"' in dry


def test_a_test_has_a_home_of_its_own(real_home: Home):
    done = real_home.bulou("balance", "--json")
    assert (done.returncode, done.stderr) == (0, "") or "密钥" in done.stderr
    assert str(real_home.path) in real_home.environment["BULOU_HOME"]


def test_a_server_of_the_run_can_have_more_databases():
    address = "postgresql://bulou@/bulou?host=/somewhere"
    assert postgres.sibling(address, "other") == "postgresql://bulou@/other?host=/somewhere"
