"""Links to one's own page: made by the office, opened by what only the resident knows, withdrawn by either.

A link alone, in a stranger's hands, shows nothing: the first opening asks for the registered phone number
and the month of birth. Lists of the office show neither of them in full, so a colleague cannot answer either.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.people.models import Person
from bulou.residents.models import PersonalLink

BITS = 256
LASTS = timedelta(days=30)
TRIES = 5

LINK_DEAD = problem(
    "link-dead", _("这个链接不存在、已过期或已撤销。请向村(社区)或网格员要一个新的。"), status=404
)
LINK_LOCKED = problem(
    "link-locked", _("输错次数太多,链接已锁定。请打电话给村(社区)或网格员,核对身份后解锁。"), status=423
)
NOT_YOU = problem("link-not-you", _("与登记的不符,还可以再试 {left} 次。"))
NO_QUESTION = problem(
    "link-no-question", _("此人没有登记手机号,也没有出生年月,无法核对身份:请先补登,或打印纸质版交给本人。")
)


@dataclass(frozen=True)
class Questions:
    """What the first opening asks: what is registered of the two."""

    phone: bool
    birth: bool


def make(person: Person, *, by: str, days: int = LASTS.days) -> tuple[str, PersonalLink]:
    """A new link, and the token that is shown this once; an earlier link ends. Raises `link-no-question`."""
    asked = questions(person)
    if not (asked.phone or asked.birth):
        raise NO_QUESTION.error()
    token = secrets.token_urlsafe(BITS // 8)
    now = clock.now()
    with atomic():
        _withdraw(PersonalLink.objects.filter(person=person, withdrawn_at__isnull=True), by)
        link = PersonalLink.objects.create(
            person=person, digest=digest(token), made_at=now, made_by=by, ends_at=now + timedelta(days=days)
        )
        _note("residents.link_made", link, by)
    return token, link


def digest(token: str) -> bytes:
    """What is kept of a token: it is random enough that its plain digest cannot be tried out."""
    return hashlib.sha256(token.encode()).digest()


def find(token: str) -> PersonalLink:
    """The link of a token that still runs, with its person. Raises `link-dead`."""
    now = clock.now()
    found = (
        PersonalLink.objects.filter(digest=digest(token), withdrawn_at__isnull=True, ends_at__gt=now)
        .select_related("person")
        .first()
    )
    if found is None or not found.person.sealed:
        raise LINK_DEAD.error()
    return found


def running(person: Person) -> PersonalLink | None:
    """The link that a person has now."""
    return PersonalLink.objects.filter(
        person=person, withdrawn_at__isnull=True, ends_at__gt=clock.now()
    ).first()


def questions(person: Person) -> Questions:
    """What can be asked of a person."""
    return Questions(person.phone_key is not None, person.birth_month is not None)


def is_locked(link: PersonalLink) -> bool:
    """Whether the tries are used up."""
    return link.tries >= TRIES


def answer(link: PersonalLink, *, phone: str, birth: str) -> PersonalLink:
    """Open a link with what only the resident knows. Raises `link-locked`, `link-not-you`.

    A try is taken before the answer is looked at, so that many at once get no more tries.
    """
    taken = PersonalLink.objects.filter(pk=link.pk, tries__lt=TRIES).update(tries=F("tries") + 1)
    if not taken:
        raise LINK_LOCKED.error()
    link.refresh_from_db(fields=["tries"])
    if not _knows(link.person, phone=phone, birth=birth):
        _note("residents.link_refused", link, f"resident:{link.pk}")
        if is_locked(link):
            raise LINK_LOCKED.error()
        raise NOT_YOU.error(left=TRIES - link.tries)
    now = clock.now()
    PersonalLink.objects.filter(pk=link.pk).update(tries=0, opened_at=now)
    _note("residents.link_opened", link, f"resident:{link.pk}")
    link.tries, link.opened_at = 0, now
    return link


def _knows(person: Person, *, phone: str, birth: str) -> bool:
    who, asked = seal.unseal(person.sealed), questions(person)
    right_phone = not asked.phone or _equal(_digits(phone), _digits(who.get("phone", "")))
    right_birth = not asked.birth or _equal(_digits(birth), str(person.birth_month))
    return right_phone and right_birth


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


def _equal(given: str, known: str) -> bool:
    return bool(known) and hmac.compare_digest(given.encode(), known.encode())


def withdraw(link: PersonalLink, *, by: str) -> None:
    """End a link at once; one that ended stays as it is."""
    with atomic():
        if _withdraw(PersonalLink.objects.filter(pk=link.pk, withdrawn_at__isnull=True), by):
            _note("residents.link_withdrawn", link, by)


def free(link: PersonalLink, *, by: str) -> None:
    """Give a locked link its tries back; who does so has made sure who is asking."""
    with atomic():
        PersonalLink.objects.filter(pk=link.pk).update(tries=0)
        _note("residents.link_freed", link, by)


def _withdraw(links: object, by: str) -> int:
    return int(links.update(withdrawn_at=clock.now(), withdrawn_by=by))  # type: ignore[attr-defined]


def _note(action: str, link: PersonalLink, by: str) -> None:
    audit.record(action, by=by, subject=f"person:{link.person_id}", place=link.person.place)
