"""What the matrix asks each address for: one line an address, by the name of its URL.

`bound` samples speak of a person or a place of `HOME`: whoever answers for another place must get 404. Where
an address takes no argument and shows what lies in one's scope, nothing is bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from bulou.command.tests.world import HOME, World
from bulou.kernel import clock

GET = frozenset({200, 302, 405})
POST = frozenset({200, 302, 405, 409, 422})
NOBODY = UUID("018f0000-0000-7000-8000-000000000000")

Args = Callable[[World], Mapping[str, Any]]


def none(_world: World) -> Mapping[str, Any]:
    """The address takes no argument."""
    return {}


def person(world: World) -> Mapping[str, Any]:
    """The first person at home."""
    return {"uid": world.cases["home"][0].person.uid}


def entry(world: World) -> Mapping[str, Any]:
    """The report of the first person at home."""
    from bulou.kernel.models import Event

    case = world.cases["home"][0]
    told = Event.objects.get(subject=case.pk, kind__name="monitoring.health_reported")
    return {"uid": case.person.uid, "event": told.id}


def nobody(_world: World) -> Mapping[str, Any]:
    """Something that is not there."""
    return {"id": NOBODY}


def nothing(_world: World) -> Mapping[str, Any]:
    """A number that nothing has."""
    return {"id": 999_999_999}


def account(world: World) -> Mapping[str, Any]:
    """The account of who answers for home."""
    return {"id": world.users["owner"].account.pk}


def mandate(world: World) -> Mapping[str, Any]:
    """The mandate of who answers for home."""
    return {"id": world.users["owner"].account.mandates.get().pk}


def invited(world: World) -> Mapping[str, Any]:
    """A link that still works."""
    from bulou.rights import invitations

    return {"secret": invitations.new_link(world.users["colleague"].account, by="test:matrix")}


def grid_role(_world: World) -> Mapping[str, Any]:
    """A role that is there."""
    return {"code": "grid"}


def gap(world: World) -> Mapping[str, Any]:
    """An obligation about the third person at home, who is silent."""
    from bulou.obligations.models import Obligation

    return {"id": Obligation.objects.filter(subject=world.cases["home"][2].pk).order_by("pk")[0].pk}


def lead(_world: World) -> Mapping[str, Any]:
    """Evidence at home about somebody on no register."""
    from bulou.obligations import unknowns
    from bulou.obligations.models import Unknown

    unknowns.note("monitoring.health_report", place=HOME, evidence="matrix")
    return {"id": Unknown.objects.get(evidence="matrix").pk}


def number(_world: World) -> Mapping[str, Any]:
    """A number of nothing."""
    return {"id": 999_999}


def sequence(_world: World) -> Mapping[str, Any]:
    """A line of the audit chain that is not there."""
    return {"seq": 999_999_999}


def home(_world: World) -> Mapping[str, Any]:
    """The grid at home."""
    return {"code": HOME}


def post(_world: World) -> Mapping[str, Any]:
    """The doctor's post at home."""
    from bulou.places.models import Post

    return {"id": Post.objects.get(place=HOME, role="doctor").pk}


def holder(_world: World) -> Mapping[str, Any]:
    """Somebody who holds a post at home and nowhere else."""
    from bulou.places import posts, workers

    who = workers.ensure("任某", "19900009901")
    posts.hold(posts.place_post("volunteer", HOME), who, clock.now(), by="test:samples")
    return {"id": who}


def draft(_world: World) -> Mapping[str, Any]:
    """An order for the places of home that waits for its second signature."""
    from bulou.command.directives.tests.build import draft

    return {"id": draft(HOME).pk}


def me_link(world: World) -> Mapping[str, Any]:
    """The link of the first person at home; nobody has answered its questions."""
    from bulou.residents import links

    token, _link = links.make(world.cases["home"][0].person, by="test:matrix")
    return {"token": token}


def me_ask(world: World) -> Mapping[str, Any]:
    """The same, and what is asked for."""
    return me_link(world) | {"about": "correction"}


def me_asked(world: World) -> Mapping[str, Any]:
    """The same, and a request of that person."""
    return me_link(world) | request_sample(world)


def request_sample(world: World) -> Mapping[str, Any]:
    """A request of the first person at home."""
    from bulou.residents import actions

    who = world.cases["home"][0].person
    return {"id": actions.ask(person=who, about="objection", words="不同意这样处理", by="resident:0").pk}


def journey(_world: World) -> Mapping[str, Any]:
    """Somebody who comes home."""
    from bulou.command.arrivals.tests import build

    return {"number": build.journey().number}


def journey_act(world: World) -> Mapping[str, Any]:
    """The same, and what is done with it."""
    return journey(world) | {"do": "redate"}


def question(_world: World) -> Mapping[str, Any]:
    """What the history of somebody who comes home means."""
    from bulou.command.arrivals.tests import build

    return {"id": build.journey().proposals.get().pk}


def risk_area(_world: World) -> Mapping[str, Any]:
    """A risk area."""
    from bulou.command.arrivals.tests import build

    return {"id": build.risky()}


@dataclass(frozen=True)
class Sample:
    """How an address is asked, and with which statuses it may answer those who may open it.

    `reveals` says that the answer may carry a full name (recorded in the audit chain); `nothing` that the
    sample asks for what is not there, so that nobody finds it.
    """

    args: Args = none
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    bound: bool = False
    get: frozenset[int] = GET
    post: frozenset[int] = POST
    reveals: bool = False
    nothing: bool = False


AT_HOME = {"place": HOME}
KEY = {"key": str(NOBODY)}
ME = frozenset({200, 302, 404, 405, 422, 423, 429})
HEALTH = frozenset({200, 405, 503})
NOTHING = Sample(nobody, nothing=True, get=frozenset({404, 405}), post=frozenset({404, 405}))
NOT_MINE = replace(NOTHING, args=nothing)
OF_COUNTY = frozenset({200, 404})
RELEASE = frozenset({302, 403, 405, 409, 422})

SAMPLES: dict[str, Sample] = {
    "healthz": Sample(get=HEALTH, post=HEALTH),
    "metrics": Sample(nothing=True, get=frozenset({401, 405}), post=frozenset({401, 405})),
    "login": Sample(body={"username": "nobody-by-this-name", "password": "wrong"}),
    "logout": Sample(get=frozenset({405})),
    "language": Sample(body={"language": "en"}),
    "theme": Sample(body={"theme": "dark"}),
    "kit": Sample(),
    "kit_echo": Sample(get=frozenset({422}), body={"words": "x"}),
    "board": Sample(query=AT_HOME, bound=True),
    "board_live": Sample(query=AT_HOME, bound=True),
    "board_hour": Sample(query=AT_HOME | {"hour": "9"}, bound=True),
    "board_png": Sample(query=AT_HOME, bound=True),
    "board_pdf": Sample(query=AT_HOME, bound=True),
    "board_text": Sample(query=AT_HOME, bound=True),
    "duties": Sample(query=AT_HOME, bound=True),
    "gaps": Sample(query=AT_HOME, bound=True),
    "gap": Sample(gap, bound=True),
    "gap_call": Sample(gap, bound=True, body=KEY | {"outcome": ""}),
    "gap_later": Sample(gap, bound=True, body=KEY),
    "gap_hand": Sample(gap, bound=True, body=KEY, post=frozenset({404, 405})),
    "gap_back": Sample(gap, bound=True, body=KEY),
    "gap_done": Sample(gap, bound=True, body=KEY),
    "gaps_bulk": Sample(body={"act": "later"}),
    "gaps_bulk_do": Sample(body=KEY | {"act": "later"}),
    "keep_view": Sample(),
    "remove_view": NOT_MINE,
    "unknown": Sample(lead, bound=True),
    "look_unknown": Sample(lead, bound=True),
    "settle_unknown": Sample(lead, bound=True, body=KEY),
    "search": Sample(body={"q": "zl"}),
    "people": Sample(query=AT_HOME, bound=True, body={"q": "JK22-999999"}),
    "person": Sample(person, bound=True),
    "unmask": Sample(person, bound=True, body={"field": "phone", "reason": ""}),
    "release_note": Sample(person, bound=True, reveals=True),
    "release": Sample(person, bound=True, post=RELEASE),
    "correct": Sample(entry, bound=True),
    "end_case": Sample(person, bound=True, body={"reason": "nonsense"}, post=RELEASE),
    "second_factor": Sample(body={"code": "000000"}),
    "factor_new": Sample(body={"code": "000000"}),
    "passkey_options": Sample(),
    "passkey_shown": Sample(),
    "invitation": Sample(invited, body={"password": "one", "again": "other"}),
    "account": Sample(),
    "account_password": Sample(),
    "log_ins_end": Sample(),
    "log_in_end": NOT_MINE,
    "recovery_codes": Sample(),
    "factor_remove": NOT_MINE,
    "passkey_new_options": Sample(),
    "passkey_new": Sample(),
    "hats": Sample(post=frozenset({404})),
    "delegations": Sample(),
    "delegation_end": NOT_MINE,
    "emergency": Sample(),
    "emergency_end": NOT_MINE,
    "rights": Sample(),
    "rights_invite": Sample(),
    "rights_pending": Sample(),
    "rights_account": Sample(account, bound=True),
    "rights_grant": Sample(account, bound=True),
    "rights_shut": Sample(account, bound=True),
    "rights_reopen": Sample(account, bound=True),
    "rights_reset": Sample(account, bound=True),
    "rights_link": Sample(account, bound=True),
    "rights_worker": Sample(account, bound=True, body={"who": ""}),
    "rights_withdraw": Sample(mandate, bound=True),
    "rights_confirm": Sample(mandate, bound=True),
    "rights_roles": Sample(),
    "rights_role": Sample(grid_role),
    "rights_role_decide": NOT_MINE,
    "audit": Sample(query=AT_HOME, bound=True),
    "audit_check": Sample(),
    "audit_export": Sample(query=AT_HOME, bound=True, body={"purpose": "例行抽查"}),
    "audit_looks": NOT_MINE,
    "audit_reviews": Sample(),
    "audit_review": NOT_MINE,
    "imports": Sample(),
    "upload": NOTHING,
    "upload_kind": NOTHING,
    "upload_mend": NOTHING,
    "import_runs": Sample(),
    "import_run": NOTHING,
    "import_undo": NOTHING,
    "jobs": Sample(),
    "job": NOTHING,
    "upload_confirm": NOTHING,
    "upload_discard": NOTHING,
    "upload_problems": NOTHING,
    "exports": Sample(),
    "export_new": replace(NOTHING, args=none),
    "export": NOTHING,
    "export_file": NOTHING,
    "export_print": NOTHING,
    "places": Sample(query=AT_HOME, bound=True),
    "place": Sample(home, bound=True),
    "place_change": Sample(home, bound=True, query={"do": "rename"}, body={"do": "rename", "words": ""}),
    "households": Sample(query=AT_HOME, bound=True),
    "household": Sample(home, bound=True),
    "resident": Sample(person, bound=True, body={"do": "correct", "name": "?"}),
    "duplicates": Sample(),
    "duplicate": replace(NOTHING, args=number),
    "posts": Sample(query=AT_HOME, bound=True),
    "post": Sample(post, bound=True),
    "post_handover": Sample(post, bound=True, body={"to": ""}),
    "post_deputy": Sample(post, bound=True, body={"to": ""}, post=frozenset({404})),
    "post_vacate": Sample(post, bound=True, body={"worker": ""}, post=frozenset({404})),
    "handovers": Sample(),
    "handover_seen": replace(NOTHING, args=number),
    "workers": Sample(),
    "worker_new": Sample(body={"name": ""}),
    "worker": Sample(holder, bound=True),
    "worker_edit": Sample(holder, bound=True, body={"name": ""}),
    "worker_leave": Sample(holder, bound=True, body={"words": "调离"}),
    "worker_merge": Sample(holder, bound=True, body={"gone": ""}, post=frozenset({404})),
    "worker_split": Sample(holder, bound=True),
    "organisations": Sample(body={"name": ""}, post=frozenset({403, 422})),
    "directives": Sample(),
    "directive_new": Sample(query=AT_HOME, bound=True),
    "directive": Sample(draft, bound=True),
    "directive_sign": Sample(draft, bound=True),
    "directive_reject": Sample(draft, bound=True, body={"words": ""}),
    "directive_withdraw": Sample(draft, bound=True),
    "directive_paper": Sample(draft, nothing=True, get=frozenset({404}), post=frozenset({405})),
    "me_coming": Sample(get=frozenset({200, 429}), post=frozenset({422, 429})),
    "me": Sample(me_link, get=ME, post=ME),
    "me_open": Sample(me_link, body={"phone": "1", "birth": "2"}, get=ME, post=ME),
    "me_ask": Sample(me_ask, get=ME, post=ME),
    "me_back": Sample(me_asked, get=ME, post=ME),
    "me_paper": Sample(me_link, get=ME, post=ME),
    "me_release": Sample(me_link, get=ME, post=ME),
    "me_end": Sample(me_link, get=ME, post=ME),
    "me_leave": Sample(me_link, get=ME, post=ME),
    "requests": Sample(),
    "request": Sample(request_sample, bound=True, body={"words": ""}),
    "keeping": Sample(get=OF_COUNTY),
    "keeping_proof": replace(NOTHING, args=sequence),
    "resident_link": Sample(person, bound=True, body={"do": "withdraw"}, post=ME),
    "resident_ask": Sample(person, bound=True, body={"about": ""}),
    "resident_paper": Sample(person, bound=True, reveals=True),
    "arrivals": Sample(query=AT_HOME, bound=True),
    "arrival": Sample(journey, bound=True),
    "arrival_look": Sample(journey, bound=True, body={"reason": ""}),
    "arrival_act": Sample(journey_act, bound=True, body=KEY | {"arrives_at": ""}),
    "arrival_new": Sample(body=KEY),
    "arrival_decisions": Sample(query=AT_HOME, bound=True),
    "arrival_decision": Sample(question, bound=True, body={"do": "look", "reason": ""}),
    "arrival_decide_several": Sample(body={"id": ""}),
    "risk_areas": Sample(),
    "risk_area": Sample(risk_area, post=POST | {403}),
    "risk_area_new": Sample(post=POST | {403}, get=GET | {403}),
}
