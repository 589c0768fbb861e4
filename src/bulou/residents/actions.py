"""What residents ask for and how the office answers. Each verb records its event in the same transaction."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.facts import residents as facts
from bulou.kernel import audit, clock, events, seal
from bulou.kernel.database import atomic, lock_for_order
from bulou.kernel.problems import problem
from bulou.obligations import directives
from bulou.people import changes
from bulou.people.models import Person
from bulou.places.queries import find as post_for
from bulou.residents.models import About, Outcome, Request
from bulou.residents.obligations import KIND_OF

CORRECTABLE: dict[str, Any] = {
    "name": _("姓名"),
    "identity": _("身份证号"),
    "phone": _("手机号"),
    "relation": _("与户主关系"),
    "away": _("外出地址"),
    "remark": _("备注"),
}
"""Fields that an accepted correction puts right by itself; the title is what both sides read."""

OTHERS: dict[str, Any] = {
    "place": _("住处"),
    "presence": _("在家、外出或租住"),
    "vaccine": _("疫苗接种"),
    "needs": _("特殊需求"),
    "measure": _("管控措施的内容"),
    "other": _("其他"),
}
FIELDS = CORRECTABLE | OTHERS
"""What a resident may say is wrong; the office puts the others right where they are kept."""

MOST_OPEN = 5
LONGEST = 1_000

WORDS_MISSING = problem("request-words-missing", _("请写几个字说明情况(4 到 1000 个字)。"))
NO_SUCH_ABOUT = problem("request-about", _("请选择是更正、异议还是反映没有人来。"))
NO_SUCH_PART = problem("request-field", _("请从列表中选择哪一项有误。"))
TOO_MANY = problem(
    "request-too-many", _("您还有 {n} 件申请没有答复,请先等答复;急事请直接打电话。"), status=429
)
DONE_ALREADY = problem("request-done", _("编号 {number} 已经办结,不能再办理。"), status=409)
ANSWER_MISSING = problem("answer-words-missing", _("请写明答复(至少 4 个字),本人能看到。"))
NO_OUTCOME = problem("answer-outcome-missing", _("请选择是否采纳。"))


def ask(*, person: Person, about: str, words: str, field: str = "", value: str = "", by: str) -> Request:
    """A resident asks for something; an answer is owed from now on.

    Raises `request-words-missing`, `request-field`, `request-too-many`.
    """
    text = _words(words)
    if about == About.CORRECTION and field not in FIELDS:
        raise NO_SUCH_PART.error()
    now = clock.now()
    directives.start_defaults(settings.BULOU_COUNTY)
    with atomic():
        lock_for_order("requests")
        waiting = person.requests.filter(answered_at__isnull=True, taken_back_at__isnull=True).count()
        if waiting >= MOST_OPEN:
            raise TOO_MANY.error(n=waiting)
        made = Request.objects.create(
            number=_number(),
            person=person,
            about=About(about),
            field=field if about == About.CORRECTION else "",
            place=person.place,
            post=_post(about, person.place),
            sealed=seal.seal({"words": text, "value": value.strip()[:200]}),
            made_at=now,
            made_by=by,
        )
        _record(made, facts.Asked(about=facts.About(about)), by=by)
    return made


def _words(words: str) -> str:
    text = words.strip()
    if not 4 <= len(text) <= LONGEST:
        raise WORDS_MISSING.error()
    return text


def _post(about: str, place: str) -> Any:
    """Whose duty the answer is: the post of the directive's role that answers for the place, if any."""
    role = directives.params_of(KIND_OF[about], place, clock.now()).owner
    return post_for(role, place)


def _number() -> str:
    prefix = f"SQ{clock.local(clock.now()):%y}-"
    newest = Request.objects.filter(number__startswith=prefix).order_by("-number").first()
    return f"{prefix}{int(newest.number.removeprefix(prefix)) + 1 if newest else 1:06}"


def answer(one: Request, *, outcome: str, words: str, value: str = "", by: str) -> Request:
    """Answer in words that the resident reads; an accepted correction changes the register.

    `value`: what the register shall say from now on, checked by the caller. Raises `answer-words-missing`,
    `answer-outcome-missing`, `request-done`.
    """
    if len(words.strip()) < 4:
        raise ANSWER_MISSING.error()
    if outcome not in Outcome.values:
        raise NO_OUTCOME.error()
    with atomic():
        now = clock.now()
        content = seal.unseal(one.sealed) | {"answer": words.strip()[:LONGEST]}
        changed = Request.objects.filter(
            pk=one.pk, answered_at__isnull=True, taken_back_at__isnull=True
        ).update(answered_at=now, answered_by=by, outcome=outcome, sealed=seal.seal(content))
        if not changed:
            raise DONE_ALREADY.error(number=one.number)
        one.refresh_from_db()
        if value and outcome != Outcome.REFUSED and one.field in CORRECTABLE:
            before = changes.resident_of(one.person)
            put_right: dict[str, Any] = {one.field: value}
            after = before._replace(**put_right)
            changes.correct(one.person_id, after, by=by, reason=one.number)
        _record(one, facts.Answered(outcome=facts.Outcome(outcome)), by=by)
    return one


def take_back(one: Request, *, by: str) -> None:
    """The resident needs no answer any more. Raises `request-done`."""
    with atomic():
        changed = Request.objects.filter(
            pk=one.pk, answered_at__isnull=True, taken_back_at__isnull=True
        ).update(taken_back_at=clock.now())
        if not changed:
            raise DONE_ALREADY.error(number=one.number)
        one.refresh_from_db()
        _record(one, facts.TakenBack(), by=by)


def _record(one: Request, fact: facts.RequestFact, *, by: str) -> None:
    """Append the event, mark the request, tell who hears, let the books follow."""
    before = events.newest_seq()
    told = events.record(
        events.NewEvent(
            kind=fact.kind,
            subject=one.pk,
            place=one.place,
            actor=by,
            happened_at=clock.now(),
            data=fact.to_data(),
        )
    )
    Request.objects.filter(pk=one.pk).update(changed_seq=events.newest_seq())
    audit.record(fact.kind, by=by, subject=f"person:{one.person_id}", place=one.place, reason=one.number)
    hearers.tell([told])
    hearers.told({fact.kind}, before)
