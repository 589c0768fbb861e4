"""Install what Bulou needs into the checkout's own `.venv`: `python3 tools/setup.py run|test`.

`run` is what the program needs, `test` adds what the tests and checks need. Runs on a bare Python 3.11
with nothing installed. What is missing and cannot be had is named with its remedy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}
WANTED = (3, 11)
Words = list[str | Path]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(tier: str) -> int:
    """Run each step of the tier; 0 when the program (or the suite) has all it needs."""
    if sys.version_info[:2] != WANTED:
        return give_up(
            f"Python 3.11 is needed, this is {sys.version.split()[0]}", "make setup PYTHON=python3.11"
        )
    steps: list[Callable[[], bool]] = [make_venv, lambda: install(LOCKS[tier]), fonts]
    if tier == "test":
        steps += [browser, postgres]
    return 0 if all(step() for step in steps) else 1


def make_venv() -> bool:
    """The checkout's own environment, with pip in it."""
    if works(PYTHON, "-m", "pip", "--version"):
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    if not works(sys.executable, "-c", "import ensurepip"):
        apt("python3-venv")
    if works(sys.executable, "-m", "venv", VENV):
        return True
    give_up("Python cannot make a virtual environment", "as root: apt-get install python3-venv")
    return False


def install(lock: str) -> bool:
    """Every package of the lock, its hash checked, then Bulou itself."""
    pip: Words = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--require-hashes", "-r", ROOT / "tools" / "uv.txt")
    uv: Words = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON]
    packages: Words = ["--require-hashes", "-r", ROOT / lock]
    own: Words = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
    for tool in (uv, pip):
        # pip is slower, and reaches the registry in some places where uv does not (its own settings).
        if run(*tool, *packages) and run(*tool, *own):
            return True
    give_up("the packages could not be installed", "check the connection to the package registry, run again")
    return False


def fonts() -> bool:
    """Chinese letters for the documents that are printed. The program runs without; printing says why."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    found = any(path for folder in folders for path in folder.rglob("NotoSansCJK*"))
    if not found and not apt("fonts-noto-cjk"):
        give_up("no Chinese fonts", "as root: apt-get install fonts-noto-cjk")
    return True


def browser() -> bool:
    """Chromium: the one found, else Debian's, else the one that Playwright fetches."""
    if any(shutil.which(name) for name in BROWSERS) or apt("chromium"):
        return True
    if run(PYTHON, "-m", "playwright", "install", "chromium"):
        return True
    give_up("no Chromium for the browser tests", "as root: apt-get install chromium")
    return False


def postgres() -> bool:
    """PostgreSQL: the one found, else the wheel that came with the packages."""
    if works(PYTHON, "-c", "from tools.postgres import find_bin; find_bin()"):
        return True
    give_up("no PostgreSQL for the tests", "as root: apt-get install postgresql")
    return False


def apt(package: str) -> bool:
    """Install a Debian package where we may; whether it is there now."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    options = ["install", "--yes", "--no-install-recommends", package]
    return run(*quiet, *options) or (run(*quiet, "update") and run(*quiet, *options))


def run(*command: str | Path) -> bool:
    """Run a program in the checkout, showing what it says; whether it went well."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "VIRTUAL_ENV": str(VENV)}
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode == 0


def works(*command: str | Path) -> bool:
    """Whether a program runs well, silently."""
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def give_up(what: str, remedy: str) -> int:
    """Name what is missing and its remedy."""
    sys.stderr.write(f"setup: {what}. Remedy: {remedy}\n")
    return 1


def check(arguments: Sequence[str]) -> str:
    """The tier asked for."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        raise SystemExit("usage: python3 tools/setup.py run|test")
    return arguments[0]


if __name__ == "__main__":
    sys.exit(main(check(sys.argv[1:])))
