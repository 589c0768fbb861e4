"""`python -m tools.fuzz [--requests N] [--database sqlite|postgres] [--seed N]`: schemathesis over the API.

A small county in a throw-away home, a token that may do everything, and requests made from the API's own
schema: those that it allows and those that it does not, half of them about things that are there. No
answer may be 5xx, and each must have a status, a content type and a shape that the schema promises.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tools import postgres

ROUND = 250
"""Examples of one operation at a time, at most."""
LEAST = 10


def prepare() -> tuple[dict[str, list[Any]], str]:
    """A county and a token: real values for the paths, and the token's text."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bulou.command.tests import world
    from bulou.kernel import clock
    from bulou.obligations.models import Obligation
    from bulou.people.models import Person
    from bulou.places.models import Place, Post, Worker
    from bulou.rights.capabilities import Capability
    from bulou.sync import tokens

    with clock.at(world.NOW):
        world.build()
        more = things()
    post = Post.objects.get_or_create(role="测试岗", place=world.COUNTY)[0]
    text, _token = tokens.make(
        post.pk, world.COUNTY, 366, by="user:1", purpose="接口测试", capabilities=list(Capability)
    )
    places = list(Place.objects.values_list("code", flat=True))
    return {
        "code": places,
        "place": places,
        "number": [f"JK22-{n:06d}" for n in range(1, 11)],
        "uid": [str(uid) for uid in Person.objects.values_list("uid", flat=True)],
        "/gaps/": list(Obligation.objects.values_list("pk", flat=True)[:50]),
        "/posts/": list(Post.objects.values_list("pk", flat=True)[:20]),
        "/workers/": list(Worker.objects.values_list("pk", flat=True)),
        **more,
    }, text


def things() -> dict[str, list[Any]]:
    """A pair, a draft and a hand-over: numbers that paths speak of."""
    from bulou.command.directives.tests.build import draft
    from bulou.command.tests import world
    from bulou.people import changes
    from bulou.people.models import Duplicate, Person
    from bulou.places import handing
    from bulou.places.models import Handover, Post, Worker

    first, second = Person.objects.order_by("id")[:2]
    Person.objects.filter(pk=second.pk).update(id_key=first.id_key)
    changes.find_pairs(Person.objects.get(pk=second.pk))
    drafts = [draft(place).pk for place in (world.COUNTY, world.VILLAGE)]
    post, taker = Post.objects.order_by("id").first(), world.worker("接岗人", 90)
    assert post is not None and Worker.objects.filter(pk=taker.pk).exists()
    handing.hand_over(post.pk, taker.pk, by="user:1")
    return {
        "/duplicates/": list(Duplicate.objects.values_list("pk", flat=True)),
        "/orders/": drafts,
        "/handovers/": list(Handover.objects.values_list("pk", flat=True)),
        **rights(),
    }


def rights() -> dict[str, list[Any]]:
    """Accounts, a mandate that waits, an emergency to review, a change of a role, a request, a lead."""
    from bulou.command.tests import world
    from bulou.obligations import unknowns
    from bulou.obligations.models import Unknown
    from bulou.people.models import Person
    from bulou.residents import actions
    from bulou.residents.models import Request
    from bulou.rights import changing, emergencies, giving, mandates
    from bulou.rights.models import Account, Emergency, Mandate, Role, RoleChange

    admin, owner = (
        mandates.running(user.pk).get()
        for user in (
            world.account("admin", world.COUNTY, "system_admin"),
            world.account("guard", world.HOME, "grid"),
        )
    )
    giving.give(owner.account, "clinic", world.HOME, giver=admin, reason="值班需要")
    emergencies.take(owner, wider=True, unmask=False, reason="透析病人联系不上了")
    changing.ask(Role.objects.get(pk="inspector"), ["see-numbers"], by=admin, reason="值班需要")
    person = Person.objects.order_by("id")[2]
    actions.ask(person=person, about="objection", words="不同意这样处理", by="resident:0")
    unknowns.note("monitoring.health_report", place=world.HOME, evidence="fuzz")
    of = {
        "/accounts/": Account,
        "/mandates/": Mandate,
        "/emergencies/": Emergency,
        "/role-changes/": RoleChange,
    }
    numbers = {part: list(model._default_manager.values_list("pk", flat=True)) for part, model in of.items()}
    return numbers | {
        "/requests/": list(Request.objects.values_list("pk", flat=True)),
        "/unknowns/": list(Unknown.objects.values_list("pk", flat=True)),
        "name": list(Role.objects.values_list("pk", flat=True)),
    }


class Fuzzer:
    """Sends requests and counts what came back."""

    def __init__(self, known: dict[str, list[Any]], token: str, requests: int) -> None:
        import schemathesis
        from schemathesis.core.result import Ok

        from bulou.config.wsgi import application

        self.known = known
        # In one process nobody unpacks what was packed for the way.
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        self.answers: Counter[tuple[str, int]] = Counter()
        self.failures: dict[tuple[str, int], str] = {}
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
        found = list(schema.get_all_operations())
        self.operations = [one.ok() for one in found if isinstance(one, Ok)]
        if len(self.operations) < len(found):
            raise ValueError("the schema has operations that cannot be read")
        self.examples = min(ROUND, max(LEAST, requests // len(self.operations)))

    @property
    def requests(self) -> int:
        return sum(self.answers.values())

    def fuzz(self, operation: Any, number: int) -> None:
        """One round of one operation."""
        from schemathesis import GenerationMode

        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

        @seed(number)
        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, data=st.data())
        def send(case: Any, data: st.DataObject) -> None:
            self.send(operation, self.about_something(case, data))

        send()

    def about_something(self, case: Any, data: st.DataObject) -> Any:
        """The case, half of the time about something that is there."""
        for part in ("path_parameters", "query"):
            given = getattr(case, part) or {}
            for name in given:
                values = self.known_of(name, case.path)
                known = data.draw(st.booleans())
                if values and known:
                    given[name] = data.draw(st.sampled_from(values))
        return case

    def known_of(self, name: str, path: str) -> list[Any]:
        """What is there under a parameter's name; under `id`, what the path speaks of."""
        if name != "id":
            return self.known.get(name, [])
        return next((known for part, known in self.known.items() if part in path), [])

    def send(self, operation: Any, case: Any) -> None:
        """Send one request and look at the answer."""
        from schemathesis import checks
        from schemathesis.core.failures import Failure, FailureGroup
        from schemathesis.specs.openapi import checks as openapi

        wanted = [
            checks.not_a_server_error,
            openapi.status_code_conformance,
            openapi.content_type_conformance,
            openapi.response_schema_conformance,
        ]
        response = case.call(headers=self.headers)
        self.answers[operation.label, response.status_code] += 1
        try:
            case.validate_response(response, checks=wanted, headers=self.headers)
        except (Failure, FailureGroup) as failure:
            self.failures.setdefault((operation.label, response.status_code), f"{failure}")


def run(requests: int, number: int) -> int:
    """Send at least so many requests; 1 when an answer was not as promised."""
    fuzzer = Fuzzer(*prepare(), requests)
    began, turn = time.monotonic(), number
    while fuzzer.requests < requests and len(fuzzer.failures) < 10:
        for operation in fuzzer.operations:
            fuzzer.fuzz(operation, turn)
        turn += 1
        print(f"{fuzzer.requests:,} requests", file=sys.stderr, flush=True)
    report(fuzzer, time.monotonic() - began)
    return 1 if fuzzer.failures else 0


def report(fuzzer: Fuzzer, seconds: float) -> None:
    """The table of what came back."""
    statuses = sorted({status for _label, status in fuzzer.answers})
    print("| operation | " + " | ".join(map(str, statuses)) + " |")
    print("| --- |" + " ---: |" * len(statuses))
    for label in sorted({label for label, _status in fuzzer.answers}):
        print(f"| {label} | " + " | ".join(f"{fuzzer.answers[label, one]:,}" for one in statuses) + " |")
    operations, failed = len(fuzzer.operations), len(fuzzer.failures)
    print(f"{fuzzer.requests:,} requests to {operations} operations in {seconds:.0f} s: {failed} failed")
    for (label, status), failure in fuzzer.failures.items():
        print(label, status, failure, file=sys.stderr)


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    """The address of a fresh database of a kind."""
    with postgres.server() if kind == "postgres" else contextlib.nullcontext("") as address:
        yield address


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[2] if __doc__ else "")
    parser.add_argument("--requests", type=int, default=60_000)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bulou-fuzz-") as home, database(asked.database) as address:
        os.environ |= {
            "BULOU_HOME": str(Path(home)),
            "BULOU_DATABASE_URL": address,
            "BULOU_WEBHOOK_HOSTS": "127.0.0.1:9",
            "BULOU_HOSTS": "localhost,127.0.0.1",
            "BULOU_LOG": "ERROR",
            "DJANGO_SETTINGS_MODULE": "bulou.config.settings",
        }
        return run(asked.requests, asked.seed)


if __name__ == "__main__":
    sys.exit(main())
