"""What may not stand anywhere in the repository."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from stdnum.cn import ric

ROOT = Path(__file__).resolve().parents[1]
VENDORED = "src/bulou/web/static/vendor/"

# Put together from pieces, or this file would name them itself.
REGISTRIES = [
    rb"py" rb"pi\.org",
    rb"python" rb"hosted\.org",
    rb"npm" rb"js\.(org|com)",
    rb"yarn" rb"pkg\.com",
    rb"js" rb"delivr",
    rb"unp" rb"kg\.com",
    rb"cdn" rb"js\.",
    rb"proxy\.golang" rb"\.org",
    rb"(tuna\.tsinghua|aliyun|mirrors\.ustc|deb\.debian)\.[a-z.]*(org|com|cn)",
]
MACHINES = [rb"/ro" rb"ot/", rb"/ho" rb"me/[a-z]", rb"/wo" rb"rk/", rb"/Us" rb"ers/", rb"/tm" rb"p/[a-z]"]
IDENTITY = re.compile(rb"(?<![0-9a-fA-F])(\d{17}[\dXx])(?![0-9a-fA-FXx])")
PHONE = re.compile(rb"(?<![0-9.])(1[3-9]\d{9})(?![0-9])")


@cache
def files() -> dict[str, bytes]:
    """Every file of the repository, and those that are about to be added."""
    listed = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, text=True
    )
    return {
        name: (ROOT / name).read_bytes() for name in listed.split("\0") if name and (ROOT / name).is_file()
    }


def found(pattern: bytes, *, but: tuple[str, ...] = ()) -> list[str]:
    lines = []
    for name, content in files().items():
        if not name.startswith(but) and re.search(pattern, content):
            lines += [
                f"{name}: {match.group().decode(errors='replace')}" for match in re.finditer(pattern, content)
            ]
    return lines


@pytest.mark.parametrize("registry", REGISTRIES)
def test_no_file_names_a_package_registry(registry):
    assert found(registry, but=(VENDORED,)) == []


@pytest.mark.parametrize("path", MACHINES)
def test_no_file_names_a_path_of_a_machine(path):
    assert found(path, but=(VENDORED, "LICENSE")) == []


def test_every_identity_number_is_made_up():
    real = [
        f"{name}: {number.decode()}"
        for name, content in files().items()
        for number in IDENTITY.findall(content)
        if not number.startswith(b"141099") and is_identity(number.decode().upper())
    ]
    assert real == []


def is_identity(number: str) -> bool:
    """Whether somebody could have this number: birth date and check digit are right."""
    born = number[6:14]
    plausible = "1900" <= born[:4] <= "2030" and "01" <= born[4:6] <= "12" and "01" <= born[6:] <= "31"
    return plausible and ric.calc_check_digit(number[:-1]) == number[-1]


def test_what_an_identity_number_is():
    assert is_identity("141099" + "19900101" + "001" + ric.calc_check_digit("14109919900101001"))
    assert not is_identity("141099" + "19901301" + "0010")


def test_every_mobile_number_is_made_up():
    real = [
        f"{name}: {number.decode()}"
        for name, content in files().items()
        if not name.startswith((VENDORED, "requirements"))
        and not name.endswith((".svg", ".json", ".lock", ".txt"))
        for number in PHONE.findall(content)
        if not number.startswith(b"1990000")
    ]
    assert real == []


def test_every_vendored_file_is_the_one_that_was_checked():
    subprocess.run(
        ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=ROOT / VENDORED, check=True
    )


def test_every_package_is_pinned_with_its_hash():
    for lock in ("requirements.lock", "requirements-dev.lock", "tools/uv.txt"):
        text = (ROOT / lock).read_text()
        entries = re.split(r"\n(?=\S)", text.strip())
        unpinned = [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=" not in entry]
        assert unpinned == [], lock


def test_what_runs_is_part_of_what_is_tested():
    packages = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / lock).read_text(), re.M))
        for lock in ("requirements.lock", "requirements-dev.lock")
    ]
    assert packages[0] <= packages[1]


def test_links_between_documents_lead_somewhere():
    lost = []
    for name, content in files().items():
        if name.endswith(".md") and not name.startswith(VENDORED):
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", content.decode()):
                if not ((ROOT / name).parent / target).exists():
                    lost.append(f"{name}: {target}")
    assert lost == []
