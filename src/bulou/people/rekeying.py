"""The look-up keys of persons when the key changes: the blind index too, and what was written meanwhile."""

from __future__ import annotations

from django.db import connection

from bulou.kernel import lookups, seal
from bulou.kernel.database import atomic, insert_rows, is_postgres, rows, run
from bulou.kernel.lookups import Hash, of_number
from bulou.people import keys
from bulou.people.models import Person

TOKENS, SCRATCH, FUNCTION = "people_token", "people_layered", "bulou_layer_number"
AT_ONCE, TOKENS_AT_ONCE = 2_000, 50_000
LEAST = -(2**63)
"""No token is this number: it is taken for smaller than all."""


def lay_tokens(hash_one: Hash) -> None:
    """One more layer over the blind index, in the caller's transaction."""
    if not is_postgres():
        connection.connection.create_function(
            FUNCTION, 1, lambda number: of_number(hash_one, number), deterministic=True
        )
        run(f"UPDATE {TOKENS} SET token = {FUNCTION}(token)")
        return
    run(f"CREATE TEMPORARY TABLE {SCRATCH} (token bigint, fresh bigint) ON COMMIT DROP")
    last = LEAST
    while part := _tokens_after(last):
        insert_rows(SCRATCH, ("token", "fresh"), [(one, of_number(hash_one, one)) for one in part])
        last = part[-1]
    run(f"CREATE INDEX ON {SCRATCH} (token)")
    run(f"ANALYZE {SCRATCH}")
    run(f"UPDATE {TOKENS} t SET token = s.fresh FROM {SCRATCH} s WHERE s.token = t.token")
    run(f"DROP TABLE {SCRATCH}")


def _tokens_after(last: int) -> list[int]:
    found = rows(
        f"SELECT DISTINCT token FROM {TOKENS} WHERE token > %s ORDER BY token LIMIT {TOKENS_AT_ONCE}", [last]
    )
    return [token for (token,) in found]


def mend() -> int:
    """Give persons whose keys are not those of what is sealed the right ones; how many.

    Somebody whose registration had hashed before the change and wrote after it is found again by this.
    """
    last, mended = 0, 0
    while part := list(Person.objects.filter(pk__gt=last).exclude(sealed=b"").order_by("pk")[:AT_ONCE]):
        last = part[-1].pk
        wrong = [one for one in part if _put_right(one)]
        with atomic():
            Person.objects.bulk_update(wrong, ["id_key", "name_key", "phone_key", "twin_key", "row_key"])
        mended += len(wrong)
    return mended


def differs(person: Person) -> bool:
    """Whether a person is looked up by other keys than those of what is sealed."""
    return _wanted(person) != tuple(
        bytes(one) if one is not None else None
        for one in (person.id_key, person.name_key, person.phone_key, person.twin_key)
    )


def _put_right(person: Person) -> bool:
    if not differs(person):
        return False
    person.id_key, name_key, person.phone_key, person.twin_key = _wanted(person)
    person.name_key, person.row_key = name_key or b"", None
    return True


def _wanted(person: Person) -> tuple[bytes | None, ...]:
    who = seal.unseal(person.sealed)
    name, number, phone = (who.get(part, "") for part in ("name", "id", "phone"))
    twin = keys.twin_text(name, phone, number)
    return (
        keys.id_key(number) if number else None,
        keys.name_key(name),
        keys.phone_key(phone) if phone else None,
        seal.lookup(keys.TWIN, twin) if phone and number else None,
    )


lookups.BESIDES.append(lay_tokens)
lookups.AFTERWARDS.append(mend)
