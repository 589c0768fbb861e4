"""The API's operations, and the shapes of what they take and give. Made by `make docs`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict


class Act(TypedDict):
    """`id` makes a repeated act the same one; `words` are for whoever reads the line next."""

    id: NotRequired[str | None]
    words: NotRequired[str]


class Balance(TypedDict):
    """Balance."""

    rows: list[BalanceLine]


class BalanceLine(TypedDict):
    """universe = met + late + open + overdue + excused, and owned + unowned = universe."""

    kind: str
    place: str
    name: str
    universe: int
    met: int
    late: int
    open: int
    overdue: int
    excused: int
    owned: int
    unowned: int
    unknown: int


class Call(TypedDict):
    """What came of a call to the owner; `words` are needed with `other`."""

    id: NotRequired[str | None]
    words: NotRequired[str]
    outcome: Literal[
        "doing",
        "done_not_entered",
        "no_answer",
        "wrong_number",
        "owner_away",
        "person_elsewhere",
        "person_refused",
        "other",
    ]


class CaseLine(TypedDict):
    """A restriction on a person: on which ground, from when until when, and how to appeal."""

    number: str
    person: str
    place: str
    state: Literal["coming", "running", "ended", "lapsed"]
    measure: str
    ground: str
    evidence: str
    decided_by: str
    appeal: str
    starts_at: str
    ends_at: str
    ended_at: str | None
    end_reason: str


class Cases(TypedDict):
    """Cases."""

    rows: list[CaseLine]
    next: str | None


class Change(TypedDict):
    """One event of the ledger."""

    seq: int
    id: str
    kind: str
    subject: str
    place: str
    happened_at: str
    received_at: str
    corrects: str | None
    data: dict[str, Any]


class Changes(TypedDict):
    """Ask again with `after` = `next` for what comes later; `more` says whether there is some already."""

    rows: list[Change]
    next: int
    more: bool


class End(TypedDict):
    """Death, hospital or transfer: what is owed ends at that moment."""

    reason: Literal["died", "hospital", "transferred"]
    at: NotRequired[str | None]


class Event(TypedDict):
    """Something that happened."""

    id: str
    kind: str
    subject: str
    happened_at: str
    data: NotRequired[dict[str, Any]]
    corrects: NotRequired[str | None]


class Events(TypedDict):
    """At most 500 events; gzip welcome."""

    events: list[Event]


class Evidence(TypedDict):
    """The proof (a kind of `docs/events.md` with its `data`), when it happened, and how it is known."""

    id: NotRequired[str | None]
    words: NotRequired[str]
    proof: str
    data: NotRequired[dict[str, Any]]
    happened_at: str
    source: Literal["owner_told", "seen", "person_told", "paper", "picture", "other_system"]


class Finding(TypedDict):
    """What a lead turned out to be; `subject` is the code of who was found or added."""

    id: NotRequired[str | None]
    words: NotRequired[str]
    finding: Literal["found", "added", "not_ours"]
    subject: NotRequired[str]


class GapLine(TypedDict):
    """What is undone, unowned or unknown, and who answers for it."""

    id: int
    kind: str
    subject: str
    place: str
    owner: str | None
    opens_at: str
    due_at: str | None
    gap: Literal["undone", "unowned", "unknown"]
    level: int


class Gaps(TypedDict):
    """Gaps."""

    rows: list[GapLine]
    next: str | None


class Hand(TypedDict):
    """Which post follows it up from now on; the owner stays the owner."""

    id: NotRequired[str | None]
    words: NotRequired[str]
    post: int


class JobLine(TypedDict):
    """Long work: how far it is, and what came of it."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    progress: int
    total: int
    problem: str
    detail: str
    result: dict[str, Any]


class MadeWebhook(TypedDict):
    """The secret is shown this once; `Bulou-Signature` is made with it."""

    id: int
    url: str
    kinds: list[str]
    seq: int
    failures: int
    last_status: int | None
    ended: bool
    secret: str


class NewWebhook(TypedDict):
    """Where to send, and which kinds of event (all that are in `docs/events.md` when left out)."""

    url: str
    kinds: NotRequired[list[str]]


class Noted(TypedDict):
    """Whether it was recorded now; false when this act had been recorded before."""

    recorded: bool


class PersonLine(TypedDict):
    """A person, masked."""

    uid: str
    name: str
    identity: str
    phone: str
    place: str
    address: str
    relation: str
    sex: str
    birth_month: int | None
    presence: str
    needs: list[str]
    doses: int | None
    last_dose: str | None


class Persons(TypedDict):
    """Persons."""

    rows: list[PersonLine]
    next: str | None


class PlaceLine(TypedDict):
    """A place of the tree; `retired` places live on in `successor`."""

    code: str
    level: Literal["county", "township", "village", "compound", "grid", "building", "unit", "door"]
    name: str
    parent: str | None
    retired: bool
    successor: str | None


class Places(TypedDict):
    """Places."""

    rows: list[PlaceLine]
    next: str | None


class PostLine(TypedDict):
    """A post that answers for a place, and whether somebody holds it now."""

    id: int
    role: str
    place: str
    label: str
    held: bool


class Postpone(TypedDict):
    """Until when, at most the end of the next day, and why; `words` are needed with `other`."""

    id: NotRequired[str | None]
    words: NotRequired[str]
    until: str
    why: Literal["agreed_time", "in_treatment", "not_now", "waiting_supplies", "weather", "other"]


class Posts(TypedDict):
    """Posts."""

    rows: list[PostLine]
    next: str | None


class Problem(TypedDict):
    """A problem document (RFC 9457); `code` is stable."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[dict[str, Any]] | None]


class Result(TypedDict):
    """What became of one event; the same order as they were sent in."""

    id: str | None
    status: Literal["new", "identical", "refused"]
    problem: Problem | None


class Results(TypedDict):
    """Results."""

    results: list[Result]


class TokenLine(TypedDict):
    """What the token that was shown may do."""

    post: int
    label: str
    scope: str
    purpose: str
    capabilities: list[str]
    ends_at: str


class WebhookLine(TypedDict):
    """A webhook; `seq` is the last event that was taken, `last_status` 0 when nobody answered."""

    id: int
    url: str
    kinds: list[str]
    seq: int
    failures: int
    last_status: int | None
    ended: bool


class Webhooks(TypedDict):
    """Webhooks."""

    rows: list[WebhookLine]


class Operations(ABC):
    """Every operation of the API; `request` is how they are carried out."""

    @abstractmethod
    def request(
        self, method: str, path: str, query: Mapping[str, Any], body: Any, key: str | None = None
    ) -> Any:
        """One request, and the answer's content."""

    def receive_events(self, body: Events) -> Results:
        """Take in events, each exactly once."""
        answer: Results = self.request("POST", "/api/v1/events", {}, body)
        return answer

    def read_changes(
        self, *, after: int | None = None, kind: list[str] | None = None, limit: int | None = None
    ) -> Changes:
        """What the ledger received after a sequence number, about subjects in the token's scope."""
        answer: Changes = self.request(
            "GET", "/api/v1/changes", {"after": after, "kind": kind, "limit": limit}, None
        )
        return answer

    def read_balance(
        self,
        *,
        place: str | None = None,
        kind: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Balance:
        """The balance of a place and of each place directly below it; `from`/`to` bound when it opened."""
        answer: Balance = self.request(
            "GET", "/api/v1/balance", {"place": place, "kind": kind, "from": since, "to": until}, None
        )
        return answer

    def read_gaps(
        self,
        *,
        place: str | None = None,
        kind: str | None = None,
        gap: Literal["undone", "unowned", "unknown"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Gaps:
        """What is missing now: undone, unowned, unknown; those with needs first in each part."""
        answer: Gaps = self.request(
            "GET",
            "/api/v1/gaps",
            {"place": place, "kind": kind, "gap": gap, "limit": limit, "cursor": cursor},
            None,
        )
        return answer

    def note_call(self, id: int, body: Call, *, key: str | None = None) -> Noted:
        """Record a call to the owner of a gap."""
        answer: Noted = self.request("POST", f"/api/v1/gaps/{id}/call", {}, body, key)
        return answer

    def postpone_gap(self, id: int, body: Postpone, *, key: str | None = None) -> Noted:
        """Let a gap sink in the lists; it stays what it is in the books."""
        answer: Noted = self.request("POST", f"/api/v1/gaps/{id}/postpone", {}, body, key)
        return answer

    def hand_gap(self, id: int, body: Hand, *, key: str | None = None) -> Noted:
        """Let another post follow a gap up."""
        answer: Noted = self.request("POST", f"/api/v1/gaps/{id}/hand", {}, body, key)
        return answer

    def take_back_gap(self, id: int, body: Act, *, key: str | None = None) -> Noted:
        """Give a gap back to its owner."""
        answer: Noted = self.request("POST", f"/api/v1/gaps/{id}/take-back", {}, body, key)
        return answer

    def enter_evidence(self, id: int, body: Evidence, *, key: str | None = None) -> Noted:
        """Enter the proof of a duty that was done; the books match it at once."""
        answer: Noted = self.request("POST", f"/api/v1/gaps/{id}/evidence", {}, body, key)
        return answer

    def settle_unknown(self, id: int, body: Finding, *, key: str | None = None) -> Noted:
        """Say what a lead about somebody on no register turned out to be."""
        answer: Noted = self.request("POST", f"/api/v1/unknowns/{id}/settle", {}, body, key)
        return answer

    def list_places(
        self, *, parent: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Places:
        """The places directly below one, retired ones too, in the order of their codes."""
        answer: Places = self.request(
            "GET", "/api/v1/places", {"parent": parent, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def read_place(self, code: str) -> PlaceLine:
        """One place."""
        answer: PlaceLine = self.request("GET", f"/api/v1/places/{code}", {}, None)
        return answer

    def list_posts(
        self, *, place: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Posts:
        """The posts of a place and below, in the order of place and number."""
        answer: Posts = self.request(
            "GET", "/api/v1/posts", {"place": place, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def list_persons(
        self, *, place: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Persons:
        """The living persons registered under a place, masked."""
        answer: Persons = self.request(
            "GET", "/api/v1/persons", {"place": place, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def read_person(self, uid: str) -> PersonLine:
        """One person, masked."""
        answer: PersonLine = self.request("GET", f"/api/v1/persons/{uid}", {}, None)
        return answer

    def list_cases(
        self,
        *,
        place: str | None = None,
        which: Literal["active", "all"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Cases:
        """The cases under a place by their numbers: those whose restriction holds now, or all."""
        answer: Cases = self.request(
            "GET", "/api/v1/cases", {"place": place, "which": which, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def read_case(self, number: str) -> CaseLine:
        """One case."""
        answer: CaseLine = self.request("GET", f"/api/v1/cases/{number}", {}, None)
        return answer

    def release_case(self, number: str, *, key: str | None = None) -> CaseLine:
        """Release somebody; only a post that the directive entitles may."""
        answer: CaseLine = self.request("POST", f"/api/v1/cases/{number}/release", {}, None, key)
        return answer

    def end_case(self, number: str, body: End, *, key: str | None = None) -> CaseLine:
        """A death, a move to hospital or a transfer ends what is owed from that moment on."""
        answer: CaseLine = self.request("POST", f"/api/v1/cases/{number}/end", {}, body, key)
        return answer

    def read_token(self) -> TokenLine:
        """Who I am, what I may do and until when."""
        answer: TokenLine = self.request("GET", "/api/v1/token", {}, None)
        return answer

    def list_webhooks(self) -> Webhooks:
        """The webhooks of this token."""
        answer: Webhooks = self.request("GET", "/api/v1/webhooks", {}, None)
        return answer

    def make_webhook(self, body: NewWebhook, *, key: str | None = None) -> MadeWebhook:
        """Send what happens from now on to an address, signed, at least once and in order."""
        answer: MadeWebhook = self.request("POST", "/api/v1/webhooks", {}, body, key)
        return answer

    def end_webhook(self, id: int, *, key: str | None = None) -> WebhookLine:
        """Send nothing any more."""
        answer: WebhookLine = self.request("DELETE", f"/api/v1/webhooks/{id}", {}, None, key)
        return answer

    def read_job(self, id: str) -> JobLine:
        """Long work that this token's post asked for."""
        answer: JobLine = self.request("GET", f"/api/v1/jobs/{id}", {}, None)
        return answer
