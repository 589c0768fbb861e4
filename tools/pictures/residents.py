"""A resident's own page, and what the office does about it."""

from __future__ import annotations

from collections.abc import Iterator

from tools.pictures.house import by, client
from tools.pictures.shots import Shot


def shots() -> Iterator[Shot]:
    """The link and its questions, the page behind them, requests before and after their answers."""
    from bulou.kernel import seal
    from bulou.monitoring.models import Case
    from bulou.people.models import Person
    from bulou.residents import actions, links

    with_case = Case.objects.filter(ended_at=None).values("person")
    known = Person.objects.filter(birth_month__gt=0)
    person, other, third = known.filter(pk__in=with_case).order_by("pk")[:3]
    yield Shot("resident_link", args={"uid": known.exclude(pk__in=with_case).order_by("pk")[0].uid})
    yield Shot("resident_link", "made", args={"uid": third.uid}, body={"do": "make"})
    unopened, _link = links.make(other, by=by("county"))
    yield Shot("me", "questions", args={"token": unopened}, who="")
    yield Shot("me_open", "wrong", args={"token": unopened}, who="", body={"phone": "1", "birth": "2"})
    token, _link = links.make(person, by=by("county"))
    yield Shot("me", "dead", args={"token": "0" * 43}, who="")
    answers = {"phone": seal.unseal(person.sealed).get("phone", ""), "birth": str(person.birth_month)}
    client("").post(f"/me/{token}/open", answers)
    yield Shot("me", args={"token": token}, who="")
    for about in ("correction", "objection"):
        yield Shot("me_ask", about, args={"token": token, "about": about}, who="")
    yield Shot("me_ask", "empty", args={"token": token, "about": "objection"}, who="", body={"words": ""})
    asked = actions.ask(person=person, about="objection", words="核酸结果早已阴性,请核对", by="resident:0")
    done = actions.ask(person=person, about="objection", words="请说明为什么要居家", by="resident:0")
    actions.answer(done, outcome="refused", words="依据第三十九条,期满即解除", by=by("county"))
    yield Shot("me", "asked", args={"token": token}, who="")
    for paper in ("me_paper", "me_release"):
        yield Shot(paper, args={"token": token}, who="")
    yield Shot("requests")
    yield Shot("request", args={"id": asked.pk})
    yield Shot("request", "no-answer", args={"id": asked.pk}, body={"words": ""})
    yield Shot("request", "answered", args={"id": done.pk})
    yield Shot("resident_ask", args={"uid": person.uid})
    yield Shot("resident_link", "running", args={"uid": person.uid})
