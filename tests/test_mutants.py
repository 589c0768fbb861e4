"""The mutation sample: which faults it makes, and that its draw stays."""

import ast
from pathlib import Path

import pytest
from tools.mutants import running
from tools.mutants.__main__ import ROOM, main
from tools.mutants.making import Mutant, modules, mutants_of, sample

pytestmark = pytest.mark.either_database
ROOT = Path(__file__).resolve().parents[1]


def changes(source):
    """What each mutant of a source turns it into, apart from what stays."""
    return {made.apply(source.encode()).decode().strip() for made in mutants_of("m.py", source.encode())}


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("x = a < b", {"x = a <= b"}),
        ("x = a >= (b)", {"x = a > (b)"}),
        ("x = a is not None", {"x = a is None"}),
        ("x = a not in b", {"x = a in b"}),
        ("x = a + 1", {"x = a - 1", "x = a + 2"}),
        ("x = a and b", {"x = a or b"}),
        ("x = not a", {"x = a"}),
        ("x = True", {"x = False"}),
        ("x = min(a, b)", {"x = max(a, b)"}),
        ("run(a)", {"pass"}),
        ("n += a", {"pass"}),
        ("x = [a for a in b if a]", {"x = [a for a in b if (not (a))]"}),
        ("x = a if b else c", {"x = a if (not (b)) else c"}),
        ('x = "a" + b', set()),
        ('x = _("words")', set()),
        ('"""a < b AND c"""', set()),
        ("def f(a: int | None = None) -> 1: ...", set()),
    ],
)
def test_code_is_changed_where_it_behaves(source, made):
    assert changes(source) == made


@pytest.mark.parametrize(
    ("sql", "made"),
    [
        ("SELECT a FROM t WHERE b < %s", {"SELECT a FROM t WHERE b <= %s"}),
        ("WHERE a = b AND c", {"WHERE a <> b AND c", "WHERE a = b OR c"}),
        ("WHERE a IS NOT NULL", {"WHERE a IS NULL"}),
        ("SELECT min(a) FROM t", {"SELECT max(a) FROM t"}),
        ("CASE WHEN a THEN 1 ELSE 0 END", {"CASE WHEN a THEN 0 ELSE 0 END", "CASE WHEN a THEN 1 ELSE 1 END"}),
        ("WHERE NOT EXISTS (SELECT 1)", {"WHERE EXISTS (SELECT 1)"}),
        ("no statement", set()),
    ],
)
def test_statements_are_changed_too(sql, made):
    assert changes(f'x = "{sql}"') == {f'x = "{text}"' for text in made}


def test_code_within_a_statement_is_left_to_the_code_and_wide_letters_do_not_shift_places():
    source = 'x = f"网格 WHERE a < {b if c < d else e} AND f"'
    assert changes(source) == {source.replace("a < {", "a <= {"), source.replace("AND", "OR")}


def test_every_mutant_of_the_engine_compiles_and_has_a_name_of_its_own():
    found = [mutant for path, source in modules(ROOT / ROOM, ROOT) for mutant in mutants_of(path, source)]
    assert len({mutant.name for mutant in found}) == len(found) > 400
    assert not any(mutant.path.endswith(("model.py", "models.py")) for mutant in found)


def test_the_draw_stays_when_other_lines_come_and_go():
    source = b"a < b\nc + d\ne and f\ng > h\n"
    drawn = sample(mutants_of("m.py", source), 3, "seed")
    moved = sample(mutants_of("m.py", b"\n\n" + source), 3, "seed")
    assert [one.name for one in drawn] == [one.name for one in moved]
    assert len({tuple(sample(mutants_of("m.py", source), 2, str(seed))) for seed in range(20)}) > 1


def test_a_diff_shows_what_was_changed():
    (made,) = mutants_of("m.py", b"x = a < b\n")
    assert made.diff(b"x = a < b\n").splitlines()[-2:] == ["-x = a < b", "+x = a <= b"]
    assert ast.parse(made.apply(b"x = a < b\n"))


@pytest.mark.parametrize(("code", "killed"), [(0, False), (1, True), (2, True), (-1, True)])
def test_a_mutant_is_put_in_judged_and_taken_out(tmp_path, monkeypatch, code, killed):
    (tmp_path / "m.py").write_bytes(b"a < b\n")
    seen = []

    def run(copy, first, timeout):
        seen.append((copy.folder / "m.py").read_bytes())
        return code, ""

    monkeypatch.setattr(running.Copy, "run", run)
    verdict = running.Copy(tmp_path, ["tests"]).judge(Mutant("m.py", 2, 3, "<=", "< → <=", "a < b"), 1.0)
    assert (verdict.killed, seen) == (killed, [b"a <= b\n"])
    assert (tmp_path / "m.py").read_bytes() == b"a < b\n"


def test_tests_that_fail_by_themselves_judge_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(running.Copy, "run", lambda copy: (1, "1 failed"))
    with pytest.raises(running.TestsFailedError, match="1 failed"):
        running.clean_seconds(running.Copy(tmp_path, ["tests"]))


def test_the_draw_can_be_listed(capsys):
    assert main(["--list", "--count", "7"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 7
