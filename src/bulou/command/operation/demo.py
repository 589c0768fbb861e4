"""What `make run` shows: a county that has lived a day, loaded the way users load their own."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from bulou.command.operation import demo_arrivals
from bulou.drill import outlets, run
from bulou.kernel import clock
from bulou.obligations import engine
from bulou.people.models import Person
from bulou.places import shapes
from bulou.rights import accounts
from bulou.sheets import importing

Say = Callable[[str], None]


def prepare(scale: str, now: datetime, county: Path | None, say: Say) -> list[accounts.DemoAccount]:
    """Fill an empty home: the user's own workbooks, or a demo county that lives until now.

    The log-ins. Those of a demo county have one known password; over a user's own data each gets its own,
    shown this once.
    """
    if Person.objects.exists():
        say(_("数据已在,直接开启服务。"))
    elif county:
        _load(county, now, say)
    else:
        _demonstrate(scale, now, say)
    if is_demo():
        os.environ["BULOU_DEMO"] = "1"
        if os.environ.setdefault("BULOU_SECOND_FACTOR", "off") == "off":
            say(_("演示县不要求第二重验证(BULOU_SECOND_FACTOR=off);正式使用时请不要设这一项。"))
    return accounts.make_demo_accounts(by="command")


def is_demo() -> bool:
    """Whether this home holds a demo county."""
    return (settings.BULOU_HOME / "drill").exists()


def _load(county: Path, now: datetime, say: Say) -> None:
    reports = importing.load_folder(county, by="command")
    for report in (*reports, *shapes.bring_in_folder(county, by="command")):
        say(
            _("{file}:{rows} 行,新增 {new},更新 {updated},不变 {unchanged},退回 {refused}").format(
                **vars(report)
            )
        )
    engine.tick(now)


def _demonstrate(scale: str, now: datetime, say: Say) -> None:
    """Yesterday whole, and today as far as it has come."""
    today = clock.local(now).date()
    say(_("正在生成并导入演示县({scale}),请稍候……").format(scale=scale))
    connections.close_all()
    for day in run.live(1, home=settings.BULOU_HOME, scale=scale, first_day=today - clock.DAY):
        say(_("演示日 {day} 已过完。").format(day=day.day))
    run.live_until(now, home=settings.BULOU_HOME)
    say(_("返乡人员 {n} 人已报备,正在接返。").format(n=demo_arrivals.make(scale, now)))
    engine.tick(now)


def drill_days(days: int, *, seed: str, scale: str, address: str | None, say: Say) -> list[dict[str, Any]]:
    """Live so many days through the public interface; the balance of each day."""
    connections.close_all()
    feed = outlets.HttpFeed(address, os.environ["BULOU_TOKEN"]) if address else None
    lived = []
    for day in run.live(days, home=settings.BULOU_HOME, seed=seed, scale=scale, feed=feed):
        say(_("{day} 已过完。").format(day=day.day))
        lived.append(day.as_json())
    return lived


def show_accounts(port: int, made: list[accounts.DemoAccount], say: Say) -> None:
    """The address and the log-ins."""
    say(_("地址 http://127.0.0.1:{port}  账号:").format(port=port))
    known = accounts.DEMO_PASSWORD if is_demo() else _("首次运行时已显示")
    for account in made:
        say(f"  {account.username:12} {account.password or known:18} {account.title}")
