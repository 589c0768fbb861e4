"""Pages of the office that need rows: the board, work lists, imports, exports, directives, rights, audit."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.pictures.house import by, led_to, post, power
from tools.pictures.shots import Shot

HEALTH = "monitoring.health_report"
GROUND = "《中华人民共和国传染病防治法》第三十九条"
DAY = dt.timedelta(days=1)
SHEETS = ("organisations", "monitoring", "residents", "health_reports")


def shots() -> Iterator[Shot]:
    """All of them, in the order in which one does nothing to the other's rows."""
    yield from board()
    yield from lists()
    yield from imports()
    yield from exports()
    yield from directives()
    yield from rights()
    yield from emergencies()
    yield from house()


def board() -> Iterator[Shot]:
    """The county, a township, one kind, a day before, the day by hour, and those who see numbers alone."""
    from bulou.kernel import clock

    before = clock.today() - DAY
    town = power("township").scope
    yield Shot("board")
    yield Shot("board", "township", query={"place": town})
    yield Shot("board", "kind", query={"kind": HEALTH})
    yield Shot("board", "yesterday", query={"day": before})
    yield Shot("board", "grid", who="grid")
    yield Shot("board", "leader", who="leader")
    yield Shot("board_hour", query={"day": before, "hour": 9})
    yield Shot("board", "empty", query={"place": _empty_village()})


def _empty_village() -> str:
    from bulou.monitoring.models import Case
    from bulou.places.models import Place

    held = {place[:12] for place in Case.objects.values_list("place", flat=True)}
    return next(
        code
        for code in Place.objects.filter(level="village").values_list("code", flat=True)
        if code not in held
    )


def lists() -> Iterator[Shot]:
    """The lists, a gap, a bulk act before and after its preview, a lead to somebody unknown."""
    from bulou.kernel import clock
    from bulou.obligations.models import Obligation, Unknown

    undone = Obligation.objects.filter(met_at=None, excused_at=None, due_at__lt=clock.now()).order_by("-pk")
    chosen = list(undone.values_list("pk", flat=True)[:5])
    later = {"act": "later", "ids": ",".join(map(str, chosen)), "query": "day=all"}
    yield Shot("gaps")
    yield Shot("gaps", "all-days", query={"day": "all"})
    yield Shot("gaps", "unowned", query={"gap": "unowned", "day": "all"})
    yield Shot("gaps", "unknown", query={"gap": "unknown", "day": "all"})
    yield Shot("gaps", "nothing", query={"place": _empty_village()})
    yield Shot("duties", query={"status": "overdue"})
    yield Shot("gap", args={"id": chosen[0]})
    for act in ("later", "hand", "call", "back"):
        yield Shot("gaps_bulk", act, body=later | {"act": act})
    until = f"{clock.local(clock.now() + dt.timedelta(hours=3)):%Y-%m-%dT%H:%M}"
    yield Shot("gaps_bulk", "preview", body=later | {"ready": "1", "until": until, "why": "agreed_time"})
    yield Shot("unknown", args={"id": Unknown.objects.order_by("pk")[0].pk})
    yield Shot("search")
    yield Shot("search", "found", body={"q": "xz"})
    yield Shot("search", "nothing", body={"q": "qqqqqq"})


def imports() -> Iterator[Shot]:
    """Lists of several kinds as they were found to be, one that was brought in; runs that may be undone."""
    from bulou.kernel import job_worker
    from bulou.sheets.models import ImportRun

    folder = Path(_home()) / "drill"
    yield Shot("imports", "empty", who="township")
    made = {kind: _upload(file, kind) for kind, file in _workbooks(folder).items()}
    for kind, id in made.items():
        yield Shot("upload", kind, args={"id": id})
    yield Shot("upload", "no-kind", args={"id": _send("通讯录.xlsx", _unlike_any(), "")})
    done = _upload(folder / "county" / "organisations.xlsx", "organisations")
    job_worker.run_due()
    post("county", f"/imports/{done}/confirm", {"looked": "1"})
    job_worker.run_due()
    yield Shot("upload", "done", args={"id": done})
    yield Shot("upload_problems", args={"id": made["residents"]})
    yield Shot("imports")
    yield Shot("import_runs")
    for label, run in (("newest", ImportRun.objects.latest("pk")), ("refused", _refused())):
        yield Shot("import_run", label, args={"id": run.pk})


def _home() -> Path:
    from django.conf import settings

    return Path(settings.BULOU_HOME)


def _refused() -> Any:
    from bulou.sheets.models import ImportRun

    return ImportRun.objects.order_by("-refused")[0]


def _workbooks(folder: Path) -> dict[str, Path]:
    """What is uploaded to be pictured, by kind; of several the largest, in which most is wrong."""
    found = {kind: (folder / "county").glob(f"{kind}*.xlsx") for kind in SHEETS}
    return {kind: max(files, key=lambda one: one.stat().st_size) for kind, files in found.items()}


def _unlike_any() -> bytes:
    """A workbook that is none of ours."""
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.create_sheet("物品").append(["物品", "数量"])
    book.save(out)
    return out.getvalue()


def _upload(file: Path, kind: str) -> str:
    return _send(file.name, file.read_bytes(), kind)


def _send(name: str, content: bytes, kind: str) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = SimpleUploadedFile(name, content)
    return led_to("county", "/imports", {"files": [sent], "kind": kind})


def exports() -> Iterator[Shot]:
    """The purpose, what is refused without one, a text, a print, and who took what."""
    from bulou.kernel import job_worker

    yield Shot("exports", "empty", who="township")
    yield Shot("export_new", query={"list": "gaps"})
    yield Shot("export_new", "no-purpose", body={"list": "gaps", "format": "xlsx", "purpose": ""})
    made = {kind: _export(kind) for kind in ("xlsx", "text", "print")}
    job_worker.run_due()
    yield Shot("export", "workbook", args={"id": made["xlsx"]})
    yield Shot("export", "text", args={"id": made["text"]})
    yield Shot("export_print", args={"id": made["print"]})
    yield Shot("export_file", args={"id": made["xlsx"]})
    yield Shot("exports")


def _export(format: str) -> str:
    asked = {"list": "posts", "format": format, "purpose": "check", "words": "核对空岗"}
    return led_to("county", "/exports/new", asked)


def directives() -> Iterator[Shot]:
    """The list, the choice of a kind, the form, its preview, an order that waits and one in force."""
    from bulou.kernel import clock
    from bulou.obligations import drafts

    three = [["am", "06:00", "10:00"], ["noon", "11:00", "13:00"], ["pm", "16:00", "20:00"]]
    about: dict[str, Any] = {
        "kind": HEALTH,
        "place": power("county").scope,
        "params": {"owner": "doctor", "windows": three},
        "ground": GROUND,
        "by": by("county"),
    }
    title, first = "健康报告改为一日三次", clock.start_of(clock.today() + DAY)
    signed = drafts.draft(number="翼防指令〔2026〕2号", title=title, valid_from=first + DAY, **about)
    drafts.sign(signed, by=by("leader"))
    draft = drafts.draft(number="翼防指令〔2026〕3号", title=title, valid_from=first, **about)
    yield Shot("directives")
    yield Shot("directive_new")
    yield Shot("directive_new", "form", query={"kind": HEALTH})
    yield Shot("directive", "waits", args={"id": draft.pk}, who="leader")
    yield Shot("directive", "mine", args={"id": draft.pk})
    yield Shot("directive", "signed", args={"id": signed.pk})
    yield Shot("directive_paper", args={"id": signed.pk})


def rights() -> Iterator[Shot]:
    """Accounts, an invitation, what waits for a second pair of eyes, a role, log-ins and their factors."""
    from bulou.kernel import clock, seal
    from bulou.rights import changing, factors, giving, invitations
    from bulou.rights.models import Role, SecondFactor
    from bulou.rights.models.entry import FactorKind

    account, secret = invitations.invite("wangxin", title="南梁镇新任专干", by=by("admin"))
    giving.delegate(
        power("county"), power("inspector").account, ends_at=clock.now() + DAY, reason="专班值班一天"
    )
    giving.give(account, "township", power("township").scope, giver=power("admin"), reason="接替原专干")
    role = Role.objects.get(code="grid")
    changing.ask(role, [*role.capabilities, "export"], by=power("admin"), reason="网格员要打印走访名单")
    yield Shot("rights")
    yield Shot("rights_account", args={"id": account.pk})
    yield Shot("rights_account", "holder", args={"id": power("grid").account_id})
    yield Shot("rights_link", args={"id": account.pk}, body={})
    _other, kept = invitations.invite("lihua", title="唐兴镇新任专干", by=by("admin"))
    yield Shot("invitation", args={"secret": kept})
    yield Shot("invitation", "wrong", args={"secret": kept}, body={"password": "one", "again": "other"})
    yield Shot("invitation", "ended", args={"secret": secret})
    yield Shot("rights_pending", who="leader")
    yield Shot("rights_role", args={"code": "community"})
    yield Shot("rights_role", "waits", args={"code": "grid"})
    yield Shot("delegations")
    yield Shot("delegations", "none", who="grid")
    yield Shot("factor_new", who="county", factor=True)
    yield Shot("factor_new", "wrong", who="county", factor=True, body={"code": "000000"})
    SecondFactor.objects.create(
        user=power("clinic").account.user,
        kind=FactorKind.CODE,
        sealed=seal.seal({"secret": factors.new_secret().hex()}),
        made_at=clock.now(),
        used_at=clock.now(),
    )
    yield Shot("second_factor", who="clinic", factor=True)
    yield Shot("second_factor", "wrong", who="clinic", factor=True, body={"code": "000000"})
    yield Shot("account", "factor", who="clinic")
    yield Shot("recovery_codes", who="leader", body={})
    yield Shot("account")
    yield Shot("account", "admin", who="admin")
    yield Shot("hats", who="inspector")
    yield Shot("login", who="")
    yield Shot("login", "wrong", who="", body={"username": "county", "password": "wrong"})


def emergencies() -> Iterator[Shot]:
    """Breaking the glass, the warning that those responsible see, and its review."""
    from bulou.rights import emergencies as glass

    yield Shot("emergency", who="community")
    yield Shot("emergency", "running", who="community", emergency=True)
    yield Shot("board", "emergency", who="privacy", emergency=True)
    why = "夜间转运,需要全镇名单"
    made = glass.take(power("community"), wider=True, unmask=False, minutes=30, reason=why)
    yield Shot("audit_reviews")
    yield Shot("audit_review", "no-finding", args={"id": made.pk}, who="privacy", body={"finding": ""})
    glass.give_back(made, by=power("community"))


def house() -> Iterator[Shot]:
    """What runs in the background, what is kept and purged, the chain."""
    from bulou.kernel import purging
    from bulou.kernel.models import AuditLine, Job

    purging.purge(by="command")
    proof = AuditLine.objects.filter(action=purging.PURGED).latest("seq")
    yield Shot("keeping_proof", args={"seq": proof.seq})
    yield Shot("audit", query={"place": power("county").scope})
    yield Shot("audit_check", who="privacy", body={})
    yield Shot("job", args={"id": Job.objects.latest("created_at").pk}, who="county")
    book = _home() / "drill" / "county" / "workers.xlsx"
    yield Shot("upload", "waits", args={"id": _upload(book, "workers")})
    yield Shot("jobs")
    yield Shot("keeping")
    yield Shot("kit")
