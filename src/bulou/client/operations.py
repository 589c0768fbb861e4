"""The API's operations, and the shapes of what they take and give. Made by `make docs`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict


class AccountLine(TypedDict):
    """A log-in of the office; `worker` is whose posts it may act for."""

    id: int
    username: str
    title: str
    worker: int | None
    open: bool
    made_at: str


class AccountOne(TypedDict):
    """The same with its mandates, the latest first (at most 100), and how many second factors it has."""

    id: int
    username: str
    title: str
    worker: int | None
    open: bool
    made_at: str
    factors: int
    mandates: list[MandateLine]


class Accounts(TypedDict):
    """Accounts."""

    rows: list[AccountLine]
    next: str | None


class Act(TypedDict):
    """`id` makes a repeated act the same one; `words` are for whoever reads the line next."""

    id: NotRequired[str | None]
    words: NotRequired[str]


class Answer(TypedDict):
    """What was decided, in words for the resident; `value`: what the register says from now on."""

    outcome: Literal["accepted", "partly", "refused"]
    words: str
    value: NotRequired[str]


class AreaLine(TypedDict):
    """A risk area, from one day to another (both included); `people` has those it concerns in the scope."""

    id: int
    code: str
    name: str
    level: Literal["high", "medium", "cases"]
    since: str
    until: str | None
    reaches_back_to: str
    source: str
    recorded_at: str
    people: int


class Areas(TypedDict):
    """Areas."""

    rows: list[AreaLine]
    next: str | None


class Arrival(TypedDict):
    """The same, with the timeline, the hand-overs, and the fields on which the sources disagree."""

    number: str
    person: str
    place: str
    state: Literal["expected", "held", "between", "ended"]
    post: int | None
    since: str
    arrives_at: str
    station: str
    way: str
    party: str
    wheelchair: bool
    infant: bool
    single_room: bool | None
    exposure: str
    decided_at: str | None
    ended_at: str | None
    end_reason: str
    stretches: list[StretchLine]
    handovers: list[JourneyHandoverLine]
    sides: list[SideLine]
    differing: list[str]


class ArrivalLine(TypedDict):
    """Somebody's coming: the state, the post that has or owes the person, when and how they come."""

    number: str
    person: str
    place: str
    state: Literal["expected", "held", "between", "ended"]
    post: int | None
    since: str
    arrives_at: str
    station: str
    way: str
    party: str
    wheelchair: bool
    infant: bool
    single_room: bool | None
    exposure: str
    decided_at: str | None
    ended_at: str | None
    end_reason: str


class Arrivals(TypedDict):
    """Arrivals."""

    rows: list[ArrivalLine]
    next: str | None


class AskChange(TypedDict):
    """The same, and why (four signs at least)."""

    capabilities: list[Capability]
    reason: str


class Asked(TypedDict):
    """The job that was asked for."""

    job: str


class AuditEntries(TypedDict):
    """AuditEntries."""

    rows: list[AuditEntry]
    next: str | None


class AuditEntry(TypedDict):
    """One line of the chain: who did what to what where and why; `hash` binds it to all before it."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    place: str
    reason: str
    reason_erased: bool
    detail: dict[str, Any]
    hash: str


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


class Because(TypedDict):
    """Why."""

    reason: NotRequired[str]


class BreakLine(TypedDict):
    """Custody was broken; until it is explained or mended it is owed."""

    id: int
    title: str
    opens_at: str
    mended_at: str | None
    explained_at: str | None


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


class Capability(TypedDict):
    """One thing that a page or an act asks for."""


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


class CellLine(TypedDict):
    """One kind at one place at that hour."""

    universe: int
    met: int
    late: int
    open: int
    overdue: int
    excused: int
    owned: int
    unowned: int
    unknown: int
    adrift: int
    kind: str
    place: str


class CellText(TypedDict):
    """A cell and what it is to say."""

    sheet: str
    row: int
    at: int
    text: str


class ChainState(TypedDict):
    """`broken_at`: the first line that does not fit; null while the chain is whole."""

    broken_at: int | None


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


class Choose(TypedDict):
    """Of which kind it is; `whole`: it is the whole list of the area that its rows are in."""

    kind: str
    whole: NotRequired[bool]


class Confirm(TypedDict):
    """`looked`: the alarms were looked at."""

    looked: NotRequired[bool]
    end_gone: NotRequired[bool]


class Conflict(TypedDict):
    """What stands against a hand-over; `final` ones forbid it."""

    code: str
    sentence: str
    final: bool


class Conflicts(TypedDict):
    """Conflicts."""

    rows: list[Conflict]


class Corrected(TypedDict):
    """Which fields changed, and the person as registered now."""

    changed: list[str]
    person: PersonLine


class Correction(TypedDict):
    """Corrected values, and on what ground."""

    name: NotRequired[str | None]
    relation: NotRequired[str | None]
    identity: NotRequired[str | None]
    phone: NotRequired[str | None]
    presence: NotRequired[str | None]
    away_to: NotRequired[str | None]
    doses: NotRequired[str | None]
    last_dose: NotRequired[str | None]
    remark: NotRequired[str | None]
    reason: NotRequired[str]


class DaysLine(TypedDict):
    """Of a kind of personal data: days kept and records due at the order's start, with it and without."""

    title: str
    days_after: int
    days_today: int
    due_after: int
    due_today: int


class Decided(TypedDict):
    """Decided."""

    id: int
    journey: str
    decided_at: str


class DecisionEvidence(TypedDict):
    """Where this person was and why it counts; the look is recorded."""

    evidence: str


class Deputy(TypedDict):
    """Who stands in, from when (now when left out) until when."""

    worker: int
    starts_at: NotRequired[str | None]
    ends_at: str


class DirectiveLine(TypedDict):
    """What is in force at a place and below, from one instant until another (not included)."""

    id: int
    kind: str
    place: str
    number: str
    valid_from: str
    valid_until: str | None
    params: dict[str, Any]
    order: int | None


class Directives(TypedDict):
    """Directives."""

    rows: list[DirectiveLine]
    next: str | None


class Discarded(TypedDict):
    """The workbook and all that was found in it are deleted."""

    id: str


class Duties(TypedDict):
    """Duties."""

    rows: list[DutyLine]
    next: str | None


class DutyLine(TypedDict):
    """One row that a balance counts."""

    id: int
    kind: str
    subject: str
    place: str
    owner: str | None
    opens_at: str
    due_at: str | None
    met_at: str | None
    excused_at: str | None
    status: str
    level: int


class Effect(TypedDict):
    """What a change would give and take, and how many mandates and accounts it would touch."""

    gained: list[Capability]
    lost: list[Capability]
    mandates: int
    accounts: int


class Emergencies(TypedDict):
    """Emergencies."""

    rows: list[EmergencyLine]
    next: str | None


class EmergencyLine(TypedDict):
    """More power that somebody took for at most an hour, and what the privacy officer found."""

    id: int
    mandate: int
    account: int
    scope: str
    adds: list[str]
    reason: str
    began_at: str
    ends_at: str | None
    review_due_at: str
    reviewed_by: str
    reviewed_at: str | None
    justified: bool | None
    finding: str


class End(TypedDict):
    """Death, hospital or transfer: what is owed ends at that moment."""

    reason: Literal["died", "hospital", "transferred"]
    at: NotRequired[str | None]


class Ending(TypedDict):
    """Ending."""

    reason: Literal["released", "transferred", "not_coming", "not_found", "died", "mistaken"]
    at: NotRequired[str | None]
    note: NotRequired[str]


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


class EvidenceLook(TypedDict):
    """EvidenceLook."""

    reason: str


class Explanation(TypedDict):
    """Explanation."""

    id: int
    words: str


class ExportLine(TypedDict):
    """What was taken out; `rows`, `size` and `sha256` once it is done, `problem` when it failed."""

    id: str
    list: str
    place: str
    format: Literal["xlsx", "csv", "print", "text"]
    full: bool
    purpose: str
    words: str
    as_of: str
    state: Literal["waiting", "done", "failed"]
    job: str | None
    problem: str
    rows: int | None
    size: int | None
    sha256: str
    expires_at: str
    removed_at: str | None
    fetched: int


class Exports(TypedDict):
    """Exports."""

    rows: list[ExportLine]
    next: str | None


class FieldChange(TypedDict):
    """A value before and after, masked."""

    column: str
    old: str
    new: str


class Finding(TypedDict):
    """What a lead turned out to be; `subject` is the code of who was found or added."""

    id: NotRequired[str | None]
    words: NotRequired[str]
    finding: Literal["found", "added", "not_ours"]
    subject: NotRequired[str]


class FindingLine(TypedDict):
    """What was not taken literally: refused, repaired or ignored."""

    sheet: str
    row: int
    at: int
    column: str
    value: str
    action: str
    code: str
    sentence: str


class Findings(TypedDict):
    """Findings."""

    rows: list[FindingLine]
    next: str | None


class Found(TypedDict):
    """What was found, the nearest first."""

    places: list[FoundPlace]
    posts: list[FoundPost]
    persons: list[FoundPerson]
    behind: int


class FoundPerson(TypedDict):
    """Somebody, masked, with the case that is theirs, if any."""

    uid: str
    name: str
    needs: list[str]
    case: str
    where: str


class FoundPlace(TypedDict):
    """A place and where it lies."""

    code: str
    where: str


class FoundPost(TypedDict):
    """A post; who holds it, if anybody and as far as the token sees persons, the phone masked."""

    id: int
    label: str
    place: str
    holder: str | None
    phone: str | None


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


class GapOne(TypedDict):
    """One duty, who follows it up (`handed_to` null: its owner), and what was done, the latest first."""

    id: int
    kind: str
    subject: str
    place: str
    owner: str | None
    opens_at: str
    due_at: str
    met_at: str | None
    excused_at: str | None
    level: int
    calls: int
    postponed_until: str | None
    handed_to: int | None
    steps: list[Step]


class Gaps(TypedDict):
    """Gaps."""

    rows: list[GapLine]
    next: str | None


class Gates(TypedDict):
    """How many gates a compound has."""

    count: int


class Give(TypedDict):
    """Which role, where (the post's place when left out), until when, and why (four signs at least)."""

    role: str
    scope: NotRequired[str | None]
    post: NotRequired[int | None]
    ends_at: NotRequired[str | None]
    reason: str


class Hand(TypedDict):
    """Which post follows it up from now on; the owner stays the owner."""

    id: NotRequired[str | None]
    words: NotRequired[str]
    post: int


class HandOver(TypedDict):
    """To whom, from when (now when left out), and words for both."""

    to: int
    at: NotRequired[str | None]
    words: NotRequired[str]


class HandoverLine(TypedDict):
    """A post went from one to another (`giver` null: nobody held it)."""

    id: int
    post: int
    label: str
    giver: int | None
    taker: int
    at: str
    made_at: str
    words: str
    giver_saw_at: str | None
    taker_saw_at: str | None


class Handovers(TypedDict):
    """Handovers."""

    rows: list[HandoverLine]
    next: str | None


class HeldPost(TypedDict):
    """A post that a worker holds or held."""

    post: int
    label: str
    starts_at: str
    ends_at: str | None
    deputy: bool


class Hour(TypedDict):
    """One full hour: the place asked about and the places directly below it, by kind."""

    at: str
    taken_at: str
    made_up: bool
    rows: list[CellLine]


class HourLine(TypedDict):
    """A place at a full hour."""

    universe: int
    met: int
    late: int
    open: int
    overdue: int
    excused: int
    owned: int
    unowned: int
    unknown: int
    adrift: int
    at: str
    taken_at: str
    made_up: bool


class Hours(TypedDict):
    """Hours."""

    rows: list[HourLine]


class HouseholdLine(TypedDict):
    """One household: its masked head, how many live there, what they cannot go without."""

    place: str
    where: str
    head: str
    people: int
    needs: list[str]


class HouseholdOne(TypedDict):
    """Everybody registered behind a door, those with needs first, those gone last."""

    place: str
    members: list[Member]


class Households(TypedDict):
    """Households."""

    rows: list[HouseholdLine]
    next: str | None


class ImportChangeLine(TypedDict):
    """What one row would register or change; the first 300 of each sort are kept."""

    sheet: str
    row: int
    who: str
    place: str
    fields: list[FieldChange]


class Invite(TypedDict):
    """A user name (no person's name or number), what the account is for, and whose it is, if anybody's."""

    username: str
    title: str
    worker: NotRequired[int | None]


class Invited(TypedDict):
    """The link with which its owner sets the password; shown this once, it works once until `ends_at`."""

    id: int
    username: str
    title: str
    worker: int | None
    open: bool
    made_at: str
    link: str
    ends_at: str


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
    by: str
    created_at: str


class Jobs(TypedDict):
    """Jobs."""

    rows: list[JobLine]
    next: str | None


class JourneyHandoverLine(TypedDict):
    """One hand-over with both its sides; `missing` names the one that has not spoken."""

    id: str
    giver: int | None
    gave_at: str | None
    receiver: int | None
    took_at: str | None
    missing: Literal["", "giver", "receiver"]
    breaks: list[BreakLine]


class JourneyLook(TypedDict):
    """JourneyLook."""

    reason: str


class Keeps(TypedDict):
    """Something that keeps a place alive, and how many there are."""

    what: str
    count: int


class Lead(TypedDict):
    """What came in about somebody or something on no register."""

    fields: list[LeadField]


class LeadField(TypedDict):
    """One value that came in."""

    name: str
    value: str


class Leave(TypedDict):
    """Who leaves the post, and when (now when left out)."""

    worker: int
    at: NotRequired[str | None]


class LinkLine(TypedDict):
    """The link that somebody has now, all null when there is none."""

    made_at: str | None
    ends_at: str | None
    opened_at: str | None
    locked: bool


class ListLine(TypedDict):
    """A list that can be taken out; `full`: it has masked values."""

    name: str
    title: str
    needs: list[str]
    params: list[ParamLine]
    full: bool


class Lists(TypedDict):
    """Lists."""

    rows: list[ListLine]


class MadeLink(TypedDict):
    """The address, shown this once."""

    made_at: str | None
    ends_at: str | None
    opened_at: str | None
    locked: bool
    address: str


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


class MandateLine(TypedDict):
    """A role in a place, with a post only while that is held."""

    id: int
    account: int
    role: str
    scope: str
    post: int | None
    starts_at: str
    ends_at: str | None
    state: Literal["running", "awaits", "ended", "idle"]
    granted_by: str
    confirmed_by: str
    reason: str
    delegated_from: int | None


class Mandates(TypedDict):
    """Mandates."""

    rows: list[MandateLine]
    next: str | None


class Member(TypedDict):
    """Somebody behind a door, masked; `gone` is `left`, `died` or empty."""

    uid: str
    name: str
    identity: str
    phone: str
    relation: str
    presence: str
    needs: list[str]
    doses: int | None
    gone: str
    cases: list[str]


class Mend(TypedDict):
    """Cells to put right."""

    cells: list[CellText]


class MendResult(TypedDict):
    """`left`: bad cells that remain."""

    cells: list[Mended]
    left: int
    job: str | None


class Mended(TypedDict):
    """A cell after mending: whether it keeps its row out still, and why."""

    sheet: str
    row: int
    at: int
    text: str
    good: bool
    says: str


class Move(TypedDict):
    """The door's code, or seven names from the township down; '' for a level that is not there."""

    place: NotRequired[str | None]
    names: NotRequired[list[str] | None]


class Moved(TypedDict):
    """What lies under a place and goes along with it; `keeps`: what forbids that it is retired."""

    doors: int
    persons: int
    posts: int
    cases: int
    mandates: int
    keeps: list[Keeps]


class Name(TypedDict):
    """What a place is called."""

    name: str


class Needs(TypedDict):
    """What somebody cannot go without; the whole list."""

    needs: list[Literal["dialysis", "pregnancy", "infant", "alone", "disabled", "chronic"]]


class NewArea(TypedDict):
    """An area of a level with its source; sent again with another last day it is put right."""

    code: str
    name: str
    level: Literal["high", "medium", "cases"]
    since: str
    until: NotRequired[str | None]
    source: str


class NewAreas(TypedDict):
    """NewAreas."""

    areas: list[NewArea]


class NewArrival(TypedDict):
    """What one source says of somebody's coming; who is written as in the cells of the workbook."""

    name: str
    identity: str
    phone: str
    place: str
    arrives_at: str
    origin: NotRequired[
        Literal[
            "resident",
            "community",
            "township",
            "railway",
            "big_data",
            "hotel",
            "school",
            "employer",
            "lead",
            "api",
        ]
    ]
    way: NotRequired[Literal["train", "plane", "coach", "car", "truck", "other"]]
    station: NotRequired[str]
    trip: NotRequired[str]
    companions: NotRequired[str]
    health: NotRequired[str]
    tested: NotRequired[str]
    home: NotRequired[str]
    remark: NotRequired[str]
    wheelchair: NotRequired[bool]
    infant: NotRequired[bool]
    single_room: NotRequired[bool | None]
    visited: NotRequired[list[Visited]]


class NewDecision(TypedDict):
    """What holds for one person: a rule of the directive, its ground, who decides, how to appeal."""

    rule: str
    ground: str
    decided_by: str
    appeal: str
    words: NotRequired[str]
    first_day: NotRequired[str | None]


class NewExport(TypedDict):
    """Which list of which place, as what, and for what (`words`: four signs at least, for whom and why)."""

    list: str
    place: NotRequired[str | None]
    filters: NotRequired[dict[str, Any]]
    format: Literal["xlsx", "csv", "text"]
    purpose: Literal["work", "report", "check", "handover", "inspection", "resident", "other"]
    words: str
    full: NotRequired[bool]


class NewMember(TypedDict):
    """Somebody to register, written as in the cells of the workbook; a name is needed."""

    name: str
    relation: NotRequired[str | None]
    identity: NotRequired[str | None]
    phone: NotRequired[str | None]
    presence: NotRequired[str | None]
    away_to: NotRequired[str | None]
    doses: NotRequired[str | None]
    last_dose: NotRequired[str | None]
    remark: NotRequired[str | None]


class NewOrder(TypedDict):
    """An order to draft; `params` as the kind has them, `valid_from` left out: from the signature on."""

    kind: str
    place: str
    params: NotRequired[dict[str, Any]]
    number: str
    title: str
    ground: NotRequired[str]
    valid_from: NotRequired[str | None]
    valid_until: NotRequired[str | None]
    repeals: NotRequired[bool]


class NewWebhook(TypedDict):
    """Where to send, and which kinds of event (all that are in `docs/events.md` when left out)."""

    url: str
    kinds: NotRequired[list[str]]


class Noted(TypedDict):
    """Whether it was recorded now; false when this act had been recorded before."""

    recorded: bool


class Opened(TypedDict):
    """What is sealed: where from, health, phone, where they were; the look is recorded."""

    said: dict[str, Any]
    visited: list[Visited]


class OrderLine(TypedDict):
    """An order on its way: who drafted it, what became of it."""

    id: int
    kind: str
    place: str
    number: str
    title: str
    ground: str
    valid_from: str | None
    valid_until: str | None
    params: dict[str, Any]
    repeals: bool
    drafted_by: str
    drafted_at: str
    expires_at: str
    decision: Literal["open", "signed", "rejected", "withdrawn"]
    open: bool
    decided_by: str
    decided_at: str | None
    words: str
    signature: str


class Orders(TypedDict):
    """Orders."""

    rows: list[OrderLine]
    next: str | None


class OrganisationFields(TypedDict):
    """What an organisation is called, and of what kind it is."""

    name: str
    kind: NotRequired[str]


class OrganisationLine(TypedDict):
    """A department, company, school, clinic or police post; `people`: how many workers it has."""

    id: int
    name: str
    kind: str
    people: int


class Organisations(TypedDict):
    """Organisations."""

    rows: list[OrganisationLine]
    next: str | None


class PairDecision(TypedDict):
    """`first`/`second`: one person, that record stays; `reason` needs four signs, but not to `reopen`."""

    do: Literal["first", "second", "different", "later", "reopen"]
    reason: NotRequired[str]


class PairLine(TypedDict):
    """Two records that may be one person, their names masked; on which ground, and what was decided."""

    id: int
    ground: Literal["identity", "twin"]
    decision: Literal["open", "same", "different"]
    first: str
    first_place: str
    second: str
    second_place: str
    found_at: str
    put_off_until: str | None


class PairOne(TypedDict):
    """Both records, and the titles of the fields in which they differ."""

    id: int
    ground: Literal["identity", "twin"]
    decision: Literal["open", "same", "different"]
    first: str
    first_place: str
    second: str
    second_place: str
    found_at: str
    put_off_until: str | None
    records: list[Member]
    differs: list[str]
    mine: bool


class Pairs(TypedDict):
    """Pairs."""

    rows: list[PairLine]
    next: str | None


class ParamLine(TypedDict):
    """A filter that a list knows."""

    name: str
    title: str


class Part(TypedDict):
    """The name of the new place, and the codes of the children that go there."""

    name: str
    children: list[str]


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
    state: Literal["here", "left", "died"]
    version: str


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


class PostOne(TypedDict):
    """A post with who held it, the latest first (at most 200), and its last hand-overs."""

    id: int
    role: str
    place: str
    label: str
    closed_at: str | None
    terms: list[TermLine]
    handovers: list[HandoverLine]


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


class Preview(TypedDict):
    """What would open from `since` to `until`, beside the orders of today; `unowned`: nobody answers."""

    since: str
    until: str
    after: int
    today: int
    unowned: int
    posts: int
    places: list[PreviewLine]
    days: list[DaysLine]


class PreviewLine(TypedDict):
    """How many duties would open at a place, and how many open without the order."""

    title: str
    after: int
    today: int


class Problem(TypedDict):
    """A problem document (RFC 9457); `code` is stable."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[dict[str, Any]] | None]


class QuestionLine(TypedDict):
    """A question that waits: what the history amounts to, and the rule that the directive has for it."""

    id: int
    journey: str
    place: str
    exposure: str
    before: str
    area: int | None
    made_at: str
    rule: str
    label: str
    looked_at: bool


class Questions(TypedDict):
    """Questions."""

    rows: list[QuestionLine]
    next: str | None


class Recorded(TypedDict):
    """The numbers of the areas that are new or changed."""

    changed: list[int]


class Redate(TypedDict):
    """Redate."""

    arrives_at: str


class Redirect(TypedDict):
    """Redirect."""

    place: str


class Reject(TypedDict):
    """Why it goes back to its drafter."""

    words: str


class RequestLine(TypedDict):
    """A request: about whom, what, in the resident's words; `post` answers for it until `due_at`."""

    id: int
    number: str
    person: str
    about: Literal["correction", "objection", "unvisited"]
    field: str
    words: str
    value: str
    place: str
    post: int | None
    made_at: str
    due_at: str | None
    answered_at: str | None
    outcome: str
    answer: str
    taken_back_at: str | None


class Requests(TypedDict):
    """Requests."""

    rows: list[RequestLine]
    next: str | None


class Result(TypedDict):
    """What became of one event; the same order as they were sent in."""

    id: str | None
    status: Literal["new", "identical", "refused"]
    problem: Problem | None


class Results(TypedDict):
    """Results."""

    results: list[Result]


class Review(TypedDict):
    """Whether it was justified, and the finding in words (four signs at least)."""

    justified: bool
    finding: str


class RoleChangeAnswer(TypedDict):
    """Whether the second person accepts."""

    accept: bool


class RoleChangeLine(TypedDict):
    """A change that was asked for, and what became of it; `accepted` is null until it is decided."""

    id: int
    role: str
    capabilities: list[Capability]
    reason: str
    asked_by: str
    asked_at: str
    decided_by: str
    decided_at: str | None
    accepted: bool | None


class RoleChanges(TypedDict):
    """RoleChanges."""

    rows: list[RoleChangeLine]
    next: str | None


class RoleLine(TypedDict):
    """A role and what it may do."""

    code: str
    title: str
    capabilities: list[Capability]


class Roles(TypedDict):
    """Roles."""

    rows: list[RoleLine]


class RowChanges(TypedDict):
    """RowChanges."""

    rows: list[ImportChangeLine]
    next: str | None


class RunLine(TypedDict):
    """An import: who brought which file, what became of its rows, and whether it was taken back."""

    id: str
    kind: str
    file_name: str
    by: str
    place: str
    started_at: str
    ended_at: str | None
    rows: int
    new: int
    updated: int
    unchanged: int
    refused: int
    gone: int
    undone_at: str | None
    taken_back: int
    kept: int
    may_undo: bool


class Runs(TypedDict):
    """Runs."""

    rows: list[RunLine]
    next: str | None


class Search(TypedDict):
    """A place, a post, a name, pinyin or initials, a phone number, a case or identity number."""

    words: str


class Seen(TypedDict):
    """The side of a hand-over that has seen it or was told."""

    worker: int


class Shifts(TypedDict):
    """About how many people it would ask again, from which class to which."""

    people: int
    shifts: list[dict[str, Any]]


class Side(TypedDict):
    """One side, told for a post of the scope."""

    post: int
    other: NotRequired[int | None]
    handover: NotRequired[str | None]
    at: NotRequired[str | None]


class SideLine(TypedDict):
    """What a post told of a hand-over, as it counts; `event` names it to whoever withdraws it."""

    event: str
    handover: str
    which: Literal["gave", "took"]
    post: int
    at: str


class Step(TypedDict):
    """Something that was done about a duty."""

    title: str
    text: str
    happened_at: str
    by: str


class StretchLine(TypedDict):
    """Whose hands from one instant until another (not included)."""

    state: str
    post: int | None
    starts_at: str
    ends_at: str | None


class TermLine(TypedDict):
    """Somebody held the post from one instant until another (not included), as holder or deputy."""

    worker: int
    name: str
    phone: str
    starts_at: str
    ends_at: str | None
    deputy: bool


class To(TypedDict):
    """The code of the place where it goes."""

    to: str


class TokenLine(TypedDict):
    """What the token that was shown may do."""

    post: int
    label: str
    scope: str
    purpose: str
    capabilities: list[str]
    ends_at: str


class Twin(TypedDict):
    """The entry that becomes part of this one."""

    gone: int


class UnknownLook(TypedDict):
    """Why the lead is to be seen in full (four signs at least)."""

    reason: str


class Unmask(TypedDict):
    """Which value is to be seen in full, and why (four signs at least)."""

    field: Literal["name", "identity", "phone", "away", "remark"]
    reason: str


class Unmasked(TypedDict):
    """The value; '' where none is registered."""

    value: str


class Unusual(TypedDict):
    """Unusual."""

    rows: list[UnusualLine]


class UnusualLine(TypedDict):
    """Something to ask about: who saw how many values in full, and why that is shown."""

    why: str
    actor: str
    title: str
    count: int
    last_at: str


class UploadLine(TypedDict):
    """A workbook on its way, at most a day."""

    id: str
    name: str
    kind: str
    whole: bool
    at: str
    state: Literal["done", "checking", "importing", "failed", "unknown", "checked"]
    job: str | None


class UploadOne(TypedDict):
    """What the check found; null before it."""

    id: str
    name: str
    kind: str
    whole: bool
    at: str
    state: Literal["done", "checking", "importing", "failed", "unknown", "checked"]
    job: str | None
    counts: dict[str, Any] | None
    gone: int
    to_mend: int
    stale: bool
    fatal: bool
    alarms: list[str]
    area: str


class Uploads(TypedDict):
    """Uploads."""

    rows: list[UploadLine]
    next: str | None


class Visited(TypedDict):
    """Somewhere, by a division's code or in words, from one day to another (both included)."""

    where: str
    since: str
    until: str


class Wanted(TypedDict):
    """What the role is to be able to do."""

    capabilities: list[Capability]


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


class When(TypedDict):
    """When it happened; now when left out."""

    at: NotRequired[str | None]


class Whose(TypedDict):
    """The worker whose account it is; null for nobody's."""

    worker: int | None


class Why(TypedDict):
    """On what ground (four signs at least)."""

    reason: str


class Withdrawal(TypedDict):
    """The event that told a side which never happened, and why it is taken back."""

    side: str
    words: str


class WorkerFields(TypedDict):
    """Written as in the cells of the workbook."""

    name: NotRequired[str | None]
    phone: NotRequired[str | None]
    identity: NotRequired[str | None]
    duty: NotRequired[str | None]
    politics: NotRequired[str | None]
    organisation: NotRequired[int | None]


class WorkerLeave(TypedDict):
    """Why somebody leaves all posts."""

    words: NotRequired[str]


class WorkerLine(TypedDict):
    """Somebody who works for the county; the phone is masked."""

    id: int
    name: str
    phone: str
    title: str
    organisation: str
    posts: list[str]


class WorkerOne(TypedDict):
    """`held`: posts over time, the latest first."""

    id: int
    name: str
    phone: str
    title: str
    organisation: str
    posts: list[str]
    merged_into: int | None
    version: str
    held: list[HeldPost]


class Workers(TypedDict):
    """Workers."""

    rows: list[WorkerLine]
    next: str | None


class WrittenDown(TypedDict):
    """What somebody without a phone asks for on paper; `field` and `value` for a correction."""

    about: Literal["correction", "objection", "unvisited"]
    words: str
    field: NotRequired[str]
    value: NotRequired[str]


class Operations(ABC):
    """Every operation of the API; `request` is how they are carried out."""

    @abstractmethod
    def request(
        self, method: str, path: str, query: Mapping[str, Any], body: Any, key: str | None = None
    ) -> Any:
        """One request, and the answer's content."""

    @abstractmethod
    def send_file(
        self, path: str, fields: Mapping[str, Any], name: str, content: bytes, key: str | None = None
    ) -> Any:
        """One form with a file, and the answer's content."""

    @abstractmethod
    def fetch(self, path: str) -> bytes:
        """One file."""

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

    def read_token(self) -> TokenLine:
        """Who I am, what I may do and until when."""
        answer: TokenLine = self.request("GET", "/api/v1/token", {}, None)
        return answer

    def read_post(self, id: int) -> PostOne:
        """One post; its `ETag` may be given to a hand-over as `If-Match`."""
        answer: PostOne = self.request("GET", f"/api/v1/posts/{id}", {}, None)
        return answer

    def read_handover_conflicts(
        self, id: int, *, until: int | None = None, at: str | None = None
    ) -> Conflicts:
        """What stands against a hand-over, before it is done."""
        answer: Conflicts = self.request(
            "GET", f"/api/v1/posts/{id}/handover/conflicts", {"to": until, "at": at}, None
        )
        return answer

    def hand_over_post(self, id: int, body: HandOver, *, key: str | None = None) -> PostOne:
        """The post goes to another worker with what is still owed under it; both sides are told."""
        answer: PostOne = self.request("POST", f"/api/v1/posts/{id}/handover", {}, body, key)
        return answer

    def deputise_post(self, id: int, body: Deputy, *, key: str | None = None) -> PostOne:
        """Somebody stands in for the holder until an end."""
        answer: PostOne = self.request("POST", f"/api/v1/posts/{id}/deputy", {}, body, key)
        return answer

    def leave_post(self, id: int, body: Leave, *, key: str | None = None) -> PostOne:
        """Somebody leaves the post; without a successor it is unowned from then on."""
        answer: PostOne = self.request("POST", f"/api/v1/posts/{id}/leave", {}, body, key)
        return answer

    def list_handovers(
        self, *, unseen: bool | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Handovers:
        """The hand-overs of the scope, the latest first; `unseen`: those that a side has not seen."""
        answer: Handovers = self.request(
            "GET", "/api/v1/handovers", {"unseen": unseen, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def see_handover(self, id: int, body: Seen, *, key: str | None = None) -> HandoverLine:
        """A side has seen the hand-over, or was told of it by phone; once is enough."""
        answer: HandoverLine = self.request("POST", f"/api/v1/handovers/{id}/seen", {}, body, key)
        return answer

    def list_workers(self, *, cursor: str | None = None, limit: int | None = None) -> Workers:
        """Who holds or held a post in the scope, or lives there."""
        answer: Workers = self.request("GET", "/api/v1/workers", {"cursor": cursor, "limit": limit}, None)
        return answer

    def add_worker(self, body: WorkerFields, *, key: str | None = None) -> WorkerOne:
        """Register somebody, checked like a row of the workbook."""
        answer: WorkerOne = self.request("POST", "/api/v1/workers", {}, body, key)
        return answer

    def read_worker(self, id: int) -> WorkerOne:
        """One worker with the posts over time."""
        answer: WorkerOne = self.request("GET", f"/api/v1/workers/{id}", {}, None)
        return answer

    def correct_worker(self, id: int, body: WorkerFields, *, key: str | None = None) -> WorkerOne:
        """Correct name, phone, identity number, duty or organisation."""
        answer: WorkerOne = self.request("POST", f"/api/v1/workers/{id}/correct", {}, body, key)
        return answer

    def leave_all_posts(self, id: int, body: WorkerLeave, *, key: str | None = None) -> WorkerOne:
        """Vacate every post of a worker at once."""
        answer: WorkerOne = self.request("POST", f"/api/v1/workers/{id}/leave", {}, body, key)
        return answer

    def merge_workers(self, id: int, body: Twin, *, key: str | None = None) -> WorkerOne:
        """Two entries are one worker: what the other held was held by this one."""
        answer: WorkerOne = self.request("POST", f"/api/v1/workers/{id}/merge", {}, body, key)
        return answer

    def split_workers(self, id: int, *, key: str | None = None) -> WorkerOne:
        """Take the merge of this entry into another one back."""
        answer: WorkerOne = self.request("POST", f"/api/v1/workers/{id}/split", {}, None, key)
        return answer

    def list_organisations(self, *, cursor: str | None = None, limit: int | None = None) -> Organisations:
        """The organisations of the county in the order of their numbers."""
        answer: Organisations = self.request(
            "GET", "/api/v1/organisations", {"cursor": cursor, "limit": limit}, None
        )
        return answer

    def add_organisation(self, body: OrganisationFields, *, key: str | None = None) -> OrganisationLine:
        """Register an organisation."""
        answer: OrganisationLine = self.request("POST", "/api/v1/organisations", {}, body, key)
        return answer

    def correct_organisation(
        self, id: int, body: OrganisationFields, *, key: str | None = None
    ) -> OrganisationLine:
        """What an organisation is called, and of what kind it is."""
        answer: OrganisationLine = self.request("POST", f"/api/v1/organisations/{id}/correct", {}, body, key)
        return answer

    def read_place_contents(self, code: str) -> Moved:
        """What would go along if the place were moved, merged or split, and what forbids to retire it."""
        answer: Moved = self.request("GET", f"/api/v1/places/{code}/contents", {}, None)
        return answer

    def rename_place(self, code: str, body: Name, *, key: str | None = None) -> PlaceLine:
        """The place has another name from today; the old one still finds it."""
        answer: PlaceLine = self.request("POST", f"/api/v1/places/{code}/rename", {}, body, key)
        return answer

    def name_place_also(self, code: str, body: Name, *, key: str | None = None) -> PlaceLine:
        """Lists call the place by another name, too."""
        answer: PlaceLine = self.request("POST", f"/api/v1/places/{code}/names", {}, body, key)
        return answer

    def count_gates(self, code: str, body: Gates, *, key: str | None = None) -> PlaceLine:
        """A compound has so many gates."""
        answer: PlaceLine = self.request("POST", f"/api/v1/places/{code}/gates", {}, body, key)
        return answer

    def move_place(self, code: str, body: To, *, key: str | None = None) -> PlaceLine:
        """The place and all in it lie under another one from now on; the answer has its new code."""
        answer: PlaceLine = self.request("POST", f"/api/v1/places/{code}/move", {}, body, key)
        return answer

    def merge_place(self, code: str, body: To, *, key: str | None = None) -> PlaceLine:
        """The place becomes part of another of its level; the old code and name find the new place."""
        answer: PlaceLine = self.request("POST", f"/api/v1/places/{code}/merge", {}, body, key)
        return answer

    def split_place(self, code: str, body: Part, *, key: str | None = None) -> PlaceLine:
        """Children of the place become a new place beside it; the answer is the new place."""
        answer: PlaceLine = self.request("POST", f"/api/v1/places/{code}/split", {}, body, key)
        return answer

    def retire_place(self, code: str, *, key: str | None = None) -> PlaceLine:
        """The place is no more, nor what lies in it; refused while anybody lives or works there."""
        answer: PlaceLine = self.request("POST", f"/api/v1/places/{code}/retire", {}, None, key)
        return answer

    def bring_back_place(self, code: str, *, key: str | None = None) -> PlaceLine:
        """A retired place stands again, with what was retired together with it."""
        answer: PlaceLine = self.request("POST", f"/api/v1/places/{code}/bring-back", {}, None, key)
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

    def unmask_person(self, uid: str, body: Unmask, *, key: str | None = None) -> Unmasked:
        """One masked value in full."""
        answer: Unmasked = self.request("POST", f"/api/v1/persons/{uid}/unmask", {}, body, key)
        return answer

    def correct_person(self, uid: str, body: Correction, *, key: str | None = None) -> Corrected:
        """Take over corrected values, read like the cells of the workbook."""
        answer: Corrected = self.request("POST", f"/api/v1/persons/{uid}/correct", {}, body, key)
        return answer

    def set_needs(self, uid: str, body: Needs, *, key: str | None = None) -> PersonLine:
        """What somebody cannot go without; it stands first in every list."""
        answer: PersonLine = self.request("POST", f"/api/v1/persons/{uid}/needs", {}, body, key)
        return answer

    def move_person(self, uid: str, body: Move, *, key: str | None = None) -> PersonLine:
        """Somebody lives behind another door of the scope from now on."""
        answer: PersonLine = self.request("POST", f"/api/v1/persons/{uid}/move", {}, body, key)
        return answer

    def person_left(self, uid: str, body: When, *, key: str | None = None) -> PersonLine:
        """Somebody left the county."""
        answer: PersonLine = self.request("POST", f"/api/v1/persons/{uid}/leave", {}, body, key)
        return answer

    def person_died(self, uid: str, body: When, *, key: str | None = None) -> PersonLine:
        """Somebody died; what is owed about them ends then."""
        answer: PersonLine = self.request("POST", f"/api/v1/persons/{uid}/die", {}, body, key)
        return answer

    def person_came_back(self, uid: str, body: When, *, key: str | None = None) -> PersonLine:
        """Somebody who had left lives here again."""
        answer: PersonLine = self.request("POST", f"/api/v1/persons/{uid}/come-back", {}, body, key)
        return answer

    def list_households(
        self, *, place: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Households:
        """The households of a place and below, by their doors."""
        answer: Households = self.request(
            "GET", "/api/v1/households", {"place": place, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def read_household(self, code: str) -> HouseholdOne:
        """Who lives behind a door."""
        answer: HouseholdOne = self.request("GET", f"/api/v1/households/{code}", {}, None)
        return answer

    def add_member(self, code: str, body: NewMember, *, key: str | None = None) -> HouseholdOne:
        """Register somebody behind a door; who stands there already is found, not doubled."""
        answer: HouseholdOne = self.request("POST", f"/api/v1/households/{code}/members", {}, body, key)
        return answer

    def list_duplicates(
        self,
        *,
        decision: Literal["open", "same", "different"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Pairs:
        """Pairs of which one lives in the scope, in the order in which they were found."""
        answer: Pairs = self.request(
            "GET", "/api/v1/duplicates", {"decision": decision, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def read_duplicate(self, id: int) -> PairOne:
        """One pair side by side, masked."""
        answer: PairOne = self.request("GET", f"/api/v1/duplicates/{id}", {}, None)
        return answer

    def decide_duplicate(self, id: int, body: PairDecision, *, key: str | None = None) -> PairOne:
        """The same, not the same, later; or a decision taken back."""
        answer: PairOne = self.request("POST", f"/api/v1/duplicates/{id}/decide", {}, body, key)
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

    def list_directives(
        self, *, kind: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Directives:
        """What is in force or to come in the scope and above it, in the order in which it was signed."""
        answer: Directives = self.request(
            "GET", "/api/v1/directives", {"kind": kind, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def list_orders(
        self, *, waiting: bool | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Orders:
        """Orders of the scope and above, the latest first; `waiting`: those that can still be signed."""
        answer: Orders = self.request(
            "GET", "/api/v1/orders", {"waiting": waiting, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def draft_order(self, body: NewOrder, *, key: str | None = None) -> OrderLine:
        """Write an order down for another post to sign; it changes nothing in the books."""
        answer: OrderLine = self.request("POST", "/api/v1/orders", {}, body, key)
        return answer

    def preview_order(self, body: NewOrder, *, key: str | None = None) -> Preview:
        """What an order would open, before anything is written down."""
        answer: Preview = self.request("POST", "/api/v1/orders/preview", {}, body, key)
        return answer

    def read_order(self, id: int) -> OrderLine:
        """One order."""
        answer: OrderLine = self.request("GET", f"/api/v1/orders/{id}", {}, None)
        return answer

    def read_order_preview(self, id: int) -> Preview:
        """What a draft that waits would open if it were signed now."""
        answer: Preview = self.request("GET", f"/api/v1/orders/{id}/preview", {}, None)
        return answer

    def sign_order(self, id: int, *, key: str | None = None) -> OrderLine:
        """Put a draft in force; the post that drafted it cannot."""
        answer: OrderLine = self.request("POST", f"/api/v1/orders/{id}/sign", {}, None, key)
        return answer

    def reject_order(self, id: int, body: Reject, *, key: str | None = None) -> OrderLine:
        """Send a draft back with words that its drafter sees."""
        answer: OrderLine = self.request("POST", f"/api/v1/orders/{id}/reject", {}, body, key)
        return answer

    def withdraw_order(self, id: int, *, key: str | None = None) -> OrderLine:
        """Take a draft of one's own back."""
        answer: OrderLine = self.request("POST", f"/api/v1/orders/{id}/withdraw", {}, None, key)
        return answer

    def read_history(
        self, *, place: str | None = None, day: str | None = None, kind: str | None = None
    ) -> Hours:
        """The hours of a county day (today) at a county, township or village, oldest first."""
        answer: Hours = self.request(
            "GET", "/api/v1/history", {"place": place, "day": day, "kind": kind}, None
        )
        return answer

    def read_hour(self, *, at: str | None = None, place: str | None = None) -> Hour:
        """What was known at one full hour, by kind and place."""
        answer: Hour = self.request("GET", "/api/v1/history/hour", {"at": at, "place": place}, None)
        return answer

    def search_everything(self, body: Search, *, key: str | None = None) -> Found:
        """What words may mean within the scope; persons only for a token that sees them, and recorded."""
        answer: Found = self.request("POST", "/api/v1/search", {}, body, key)
        return answer

    def send_workbook(
        self,
        name: str,
        content: bytes,
        *,
        kind: str | None = None,
        whole: bool | None = None,
        key: str | None = None,
    ) -> UploadLine:
        """Keep a workbook and ask for it to be checked; its kind is guessed when left out."""
        answer: UploadLine = self.send_file(
            "/api/v1/imports", {"kind": kind, "whole": whole}, name, content, key
        )
        return answer

    def list_workbooks(self, *, cursor: str | None = None, limit: int | None = None) -> Uploads:
        """The workbooks that this token sent and that are still here, the latest first."""
        answer: Uploads = self.request("GET", "/api/v1/imports", {"cursor": cursor, "limit": limit}, None)
        return answer

    def read_workbook(self, id: str) -> UploadOne:
        """How far a workbook is, and what its check found."""
        answer: UploadOne = self.request("GET", f"/api/v1/imports/{id}", {}, None)
        return answer

    def discard_workbook(self, id: str, *, key: str | None = None) -> Discarded:
        """Delete what was sent."""
        answer: Discarded = self.request("DELETE", f"/api/v1/imports/{id}", {}, None, key)
        return answer

    def list_problems(self, id: str, *, cursor: str | None = None, limit: int | None = None) -> Findings:
        """What of a workbook was not taken literally, in the order of its rows."""
        answer: Findings = self.request(
            "GET", f"/api/v1/imports/{id}/problems", {"cursor": cursor, "limit": limit}, None
        )
        return answer

    def list_row_changes(
        self, id: str, sort: Literal["new", "changed"], *, cursor: str | None = None, limit: int | None = None
    ) -> RowChanges:
        """What bringing the workbook in would register or change, row by row."""
        answer: RowChanges = self.request(
            "GET", f"/api/v1/imports/{id}/changes/{sort}", {"cursor": cursor, "limit": limit}, None
        )
        return answer

    def choose_kind(self, id: str, body: Choose, *, key: str | None = None) -> UploadLine:
        """Say of which kind a workbook is, or that it is a whole list; it is checked anew."""
        answer: UploadLine = self.request("POST", f"/api/v1/imports/{id}/kind", {}, body, key)
        return answer

    def mend_cells(self, id: str, body: Mend, *, key: str | None = None) -> MendResult:
        """Cells say something else; each is checked at once by the code that checks files."""
        answer: MendResult = self.request("POST", f"/api/v1/imports/{id}/mend", {}, body, key)
        return answer

    def confirm_import(self, id: str, body: Confirm, *, key: str | None = None) -> Asked:
        """Bring the workbook in; asked again, the job that does or did it is told."""
        answer: Asked = self.request("POST", f"/api/v1/imports/{id}/confirm", {}, body, key)
        return answer

    def list_imports(self, *, cursor: str | None = None, limit: int | None = None) -> Runs:
        """Imports of this post or of its area, the latest first."""
        answer: Runs = self.request("GET", "/api/v1/runs", {"cursor": cursor, "limit": limit}, None)
        return answer

    def read_import(self, id: str) -> RunLine:
        """One import."""
        answer: RunLine = self.request("GET", f"/api/v1/runs/{id}", {}, None)
        return answer

    def list_import_problems(
        self, id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> Findings:
        """The problems of an import that were kept."""
        answer: Findings = self.request(
            "GET", f"/api/v1/runs/{id}/problems", {"cursor": cursor, "limit": limit}, None
        )
        return answer

    def undo_import(self, id: str, *, key: str | None = None) -> Asked:
        """Take a whole import back within a day; what others built on stays, and is counted."""
        answer: Asked = self.request("POST", f"/api/v1/runs/{id}/undo", {}, None, key)
        return answer

    def list_lists(self) -> Lists:
        """The lists that this token may take out."""
        answer: Lists = self.request("GET", "/api/v1/lists", {}, None)
        return answer

    def ask_export(self, body: NewExport, *, key: str | None = None) -> ExportLine:
        """Take a list out, recorded with its purpose; a long one is written by a job."""
        answer: ExportLine = self.request("POST", "/api/v1/exports", {}, body, key)
        return answer

    def list_exports(self, *, cursor: str | None = None, limit: int | None = None) -> Exports:
        """What this token took out, the latest first."""
        answer: Exports = self.request("GET", "/api/v1/exports", {"cursor": cursor, "limit": limit}, None)
        return answer

    def read_export(self, id: str) -> ExportLine:
        """How far an export is."""
        answer: ExportLine = self.request("GET", f"/api/v1/exports/{id}", {}, None)
        return answer

    def fetch_export(self, id: str) -> bytes:
        """The file, within 24 hours."""
        return self.fetch(f"/api/v1/exports/{id}/file")

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

    def list_jobs(self, *, cursor: str | None = None, limit: int | None = None) -> Jobs:
        """All long work of the last 30 days, the latest first."""
        answer: Jobs = self.request("GET", "/api/v1/jobs", {"cursor": cursor, "limit": limit}, None)
        return answer

    def read_job(self, id: str) -> JobLine:
        """Long work that this token's post asked for, or any for who keeps the house."""
        answer: JobLine = self.request("GET", f"/api/v1/jobs/{id}", {}, None)
        return answer

    def list_duties(
        self,
        *,
        place: str | None = None,
        kind: str | None = None,
        column: Literal[
            "universe", "met", "late", "open", "overdue", "excused", "owned", "unowned", "unknown"
        ]
        | None = None,
        since: str | None = None,
        until: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Duties:
        """The rows of one column of a balance: what is undone first, those with needs before others."""
        answer: Duties = self.request(
            "GET",
            "/api/v1/duties",
            {
                "place": place,
                "kind": kind,
                "column": column,
                "from": since,
                "to": until,
                "cursor": cursor,
                "limit": limit,
            },
            None,
        )
        return answer

    def read_gap(self, id: int) -> GapOne:
        """One duty of the scope with what was done about it."""
        answer: GapOne = self.request("GET", f"/api/v1/gaps/{id}", {}, None)
        return answer

    def look_at_unknown(self, id: int, body: UnknownLook, *, key: str | None = None) -> Lead:
        """What came in, in full."""
        answer: Lead = self.request("POST", f"/api/v1/unknowns/{id}/look", {}, body, key)
        return answer

    def list_requests(
        self, *, waiting: bool | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Requests:
        """What residents of the scope asked for, the oldest first; `waiting`: not answered yet."""
        answer: Requests = self.request(
            "GET", "/api/v1/requests", {"waiting": waiting, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def write_request_down(self, uid: str, body: WrittenDown, *, key: str | None = None) -> RequestLine:
        """A request on paper, written down for whom it is of; an answer is owed from now on."""
        answer: RequestLine = self.request("POST", f"/api/v1/persons/{uid}/requests", {}, body, key)
        return answer

    def read_request(self, id: int) -> RequestLine:
        """One request; its `ETag` may be given to the answer as `If-Match`."""
        answer: RequestLine = self.request("GET", f"/api/v1/requests/{id}", {}, None)
        return answer

    def answer_request(self, id: int, body: Answer, *, key: str | None = None) -> RequestLine:
        """Answer it; an accepted correction changes the register."""
        answer: RequestLine = self.request("POST", f"/api/v1/requests/{id}/answer", {}, body, key)
        return answer

    def read_link(self, uid: str) -> LinkLine:
        """Whether somebody has a link."""
        answer: LinkLine = self.request("GET", f"/api/v1/persons/{uid}/link", {}, None)
        return answer

    def make_link(self, uid: str, *, key: str | None = None) -> MadeLink:
        """A new link; an earlier one ends."""
        answer: MadeLink = self.request("POST", f"/api/v1/persons/{uid}/link", {}, None, key)
        return answer

    def withdraw_link(self, uid: str, *, key: str | None = None) -> LinkLine:
        """End the link at once."""
        answer: LinkLine = self.request("DELETE", f"/api/v1/persons/{uid}/link", {}, None, key)
        return answer

    def free_link(self, uid: str, *, key: str | None = None) -> LinkLine:
        """Give a locked link its tries back; whoever asks has made sure who is asking."""
        answer: LinkLine = self.request("POST", f"/api/v1/persons/{uid}/link/free", {}, None, key)
        return answer

    def fetch_resident_paper(self, uid: str) -> bytes:
        """Somebody's own page on paper."""
        return self.fetch(f"/api/v1/persons/{uid}/paper")

    def fetch_release_note(self, number: str) -> bytes:
        """The release note, once the person is free."""
        return self.fetch(f"/api/v1/cases/{number}/note")

    def fetch_order_paper(self, id: int) -> bytes:
        """A signed order, with a code that anybody can verify."""
        return self.fetch(f"/api/v1/orders/{id}/paper")

    def fetch_problems(self, id: str) -> bytes:
        """The workbook that was sent, with a column that says what is wrong in each row."""
        return self.fetch(f"/api/v1/imports/{id}/problems.xlsx")

    def list_accounts(self, *, cursor: str | None = None, limit: int | None = None) -> Accounts:
        """The accounts with a mandate in the scope, and for the county those with none, by their numbers."""
        answer: Accounts = self.request("GET", "/api/v1/accounts", {"cursor": cursor, "limit": limit}, None)
        return answer

    def invite_account(self, body: Invite, *, key: str | None = None) -> Invited:
        """A new account without a password, and the link that is to be given to its owner."""
        answer: Invited = self.request("POST", "/api/v1/accounts", {}, body, key)
        return answer

    def read_account(self, id: int) -> AccountOne:
        """One account with what it may do."""
        answer: AccountOne = self.request("GET", f"/api/v1/accounts/{id}", {}, None)
        return answer

    def renew_invitation(self, id: int, *, key: str | None = None) -> Invited:
        """A new link, also for a password that was forgotten; older ones end."""
        answer: Invited = self.request("POST", f"/api/v1/accounts/{id}/link", {}, None, key)
        return answer

    def set_account_worker(self, id: int, body: Whose, *, key: str | None = None) -> AccountOne:
        """Whose account it is: mandates by post run while this worker holds the post."""
        answer: AccountOne = self.request("POST", f"/api/v1/accounts/{id}/worker", {}, body, key)
        return answer

    def shut_account(self, id: int, body: Why, *, key: str | None = None) -> AccountOne:
        """Nobody gets in with it, and whoever is in is out."""
        answer: AccountOne = self.request("POST", f"/api/v1/accounts/{id}/shut", {}, body, key)
        return answer

    def reopen_account(self, id: int, body: Why, *, key: str | None = None) -> AccountOne:
        """It may be used again, with the mandates that still run."""
        answer: AccountOne = self.request("POST", f"/api/v1/accounts/{id}/reopen", {}, body, key)
        return answer

    def reset_factors(self, id: int, body: Why, *, key: str | None = None) -> AccountOne:
        """The phone is lost: the next log-in makes a new second factor."""
        answer: AccountOne = self.request("POST", f"/api/v1/accounts/{id}/reset", {}, body, key)
        return answer

    def list_waiting_mandates(self, *, cursor: str | None = None, limit: int | None = None) -> Mandates:
        """The mandates of the scope that wait for a second person, in the order in which they were given."""
        answer: Mandates = self.request(
            "GET", "/api/v1/mandates/waiting", {"cursor": cursor, "limit": limit}, None
        )
        return answer

    def give_mandate(self, id: int, body: Give, *, key: str | None = None) -> MandateLine:
        """Give an account a role in a place; a grave one waits for a second person."""
        answer: MandateLine = self.request("POST", f"/api/v1/accounts/{id}/mandates", {}, body, key)
        return answer

    def withdraw_mandate(self, id: int, body: Because, *, key: str | None = None) -> MandateLine:
        """End a mandate, with all that was passed on from it."""
        answer: MandateLine = self.request("POST", f"/api/v1/mandates/{id}/withdraw", {}, body, key)
        return answer

    def confirm_mandate(self, id: int, *, key: str | None = None) -> MandateLine:
        """The second of two: it runs from now on."""
        answer: MandateLine = self.request("POST", f"/api/v1/mandates/{id}/confirm", {}, None, key)
        return answer

    def refuse_mandate(self, id: int, body: Because, *, key: str | None = None) -> MandateLine:
        """The second of two: it never ran."""
        answer: MandateLine = self.request("POST", f"/api/v1/mandates/{id}/refuse", {}, body, key)
        return answer

    def list_roles(self) -> Roles:
        """Every role."""
        answer: Roles = self.request("GET", "/api/v1/roles", {}, None)
        return answer

    def read_role(self, name: str) -> RoleLine:
        """One role; its `ETag` may be given to a change as `If-Match`."""
        answer: RoleLine = self.request("GET", f"/api/v1/roles/{name}", {}, None)
        return answer

    def preview_role_change(self, name: str, body: Wanted, *, key: str | None = None) -> Effect:
        """Whom a change would touch, before it is asked for."""
        answer: Effect = self.request("POST", f"/api/v1/roles/{name}/preview", {}, body, key)
        return answer

    def ask_role_change(self, name: str, body: AskChange, *, key: str | None = None) -> RoleChangeLine:
        """Ask for a change; another of the county decides."""
        answer: RoleChangeLine = self.request("POST", f"/api/v1/roles/{name}/changes", {}, body, key)
        return answer

    def list_role_changes(
        self, *, waiting: bool | None = None, cursor: str | None = None, limit: int | None = None
    ) -> RoleChanges:
        """The changes that were asked for, the latest first; `waiting`: those that nobody decided yet."""
        answer: RoleChanges = self.request(
            "GET", "/api/v1/role-changes", {"waiting": waiting, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def decide_role_change(
        self, id: int, body: RoleChangeAnswer, *, key: str | None = None
    ) -> RoleChangeLine:
        """The second of two accepts or refuses."""
        answer: RoleChangeLine = self.request("POST", f"/api/v1/role-changes/{id}/decide", {}, body, key)
        return answer

    def list_audit(
        self,
        *,
        place: str | None = None,
        by: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: str | None = None,
        until: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AuditEntries:
        """Lines of the chain, the latest first."""
        answer: AuditEntries = self.request(
            "GET",
            "/api/v1/audit",
            {
                "place": place,
                "by": by,
                "action": action,
                "subject": subject,
                "from": since,
                "to": until,
                "cursor": cursor,
                "limit": limit,
            },
            None,
        )
        return answer

    def check_audit(self) -> ChainState:
        """Go through the whole chain: is it whole?."""
        answer: ChainState = self.request("GET", "/api/v1/audit/state", {}, None)
        return answer

    def list_unusual_looks(self, *, days: int | None = None) -> Unusual:
        """Looks of the last days at values in full: many in a day, at night, or far from one's area."""
        answer: Unusual = self.request("GET", "/api/v1/audit/unusual", {"days": days}, None)
        return answer

    def list_emergencies(
        self, *, waiting: bool | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Emergencies:
        """Emergencies of the scope, the latest first; `waiting`: those that nobody reviewed yet."""
        answer: Emergencies = self.request(
            "GET", "/api/v1/emergencies", {"waiting": waiting, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def review_emergency(self, id: int, body: Review, *, key: str | None = None) -> EmergencyLine:
        """The finding about an emergency of somebody else; once."""
        answer: EmergencyLine = self.request("POST", f"/api/v1/emergencies/{id}/review", {}, body, key)
        return answer

    def list_arrivals(
        self,
        *,
        place: str | None = None,
        state: Literal["open", "expected", "held", "between", "ended"] | None = None,
        day: str | None = None,
        broken: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Arrivals:
        """Who comes to a place and below, those with needs first, then by their arrival."""
        answer: Arrivals = self.request(
            "GET",
            "/api/v1/arrivals",
            {"place": place, "state": state, "day": day, "broken": broken, "cursor": cursor, "limit": limit},
            None,
        )
        return answer

    def register_arrival(self, body: NewArrival, *, key: str | None = None) -> ArrivalLine:
        """Register somebody's coming; a journey that is open takes it up as one more source."""
        answer: ArrivalLine = self.request("POST", "/api/v1/arrivals", {}, body, key)
        return answer

    def read_arrival(self, number: str) -> Arrival:
        """Whose hands somebody is in, and all hand-overs."""
        answer: Arrival = self.request("GET", f"/api/v1/arrivals/{number}", {}, None)
        return answer

    def redate_arrival(self, number: str, body: Redate, *, key: str | None = None) -> ArrivalLine:
        """The arrival is expected at another time."""
        answer: ArrivalLine = self.request("POST", f"/api/v1/arrivals/{number}/redate", {}, body, key)
        return answer

    def redirect_arrival(self, number: str, body: Redirect, *, key: str | None = None) -> ArrivalLine:
        """The person will live at another place of the scope."""
        answer: ArrivalLine = self.request("POST", f"/api/v1/arrivals/{number}/redirect", {}, body, key)
        return answer

    def give_arrival(self, number: str, body: Side, *, key: str | None = None) -> ArrivalLine:
        """A post gave the person to another."""
        answer: ArrivalLine = self.request("POST", f"/api/v1/arrivals/{number}/give", {}, body, key)
        return answer

    def take_arrival(self, number: str, body: Side, *, key: str | None = None) -> ArrivalLine:
        """A post took the person."""
        answer: ArrivalLine = self.request("POST", f"/api/v1/arrivals/{number}/take", {}, body, key)
        return answer

    def end_arrival(self, number: str, body: Ending, *, key: str | None = None) -> ArrivalLine:
        """Nobody has to have the person any more; a running measure is ended by who may decide."""
        answer: ArrivalLine = self.request("POST", f"/api/v1/arrivals/{number}/end", {}, body, key)
        return answer

    def explain_break(self, number: str, body: Explanation, *, key: str | None = None) -> ArrivalLine:
        """How a break of custody came about."""
        answer: ArrivalLine = self.request("POST", f"/api/v1/arrivals/{number}/explain", {}, body, key)
        return answer

    def withdraw_side(self, number: str, body: Withdrawal, *, key: str | None = None) -> ArrivalLine:
        """A side was told by mistake and never happened."""
        answer: ArrivalLine = self.request("POST", f"/api/v1/arrivals/{number}/withdraw", {}, body, key)
        return answer

    def look_at_arrival(self, number: str, body: JourneyLook, *, key: str | None = None) -> Opened:
        """What is sealed of a journey."""
        answer: Opened = self.request("POST", f"/api/v1/arrivals/{number}/look", {}, body, key)
        return answer

    def list_questions(
        self, *, place: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Questions:
        """The questions that nobody has decided, the longest waiting first."""
        answer: Questions = self.request(
            "GET", "/api/v1/arrival-decisions", {"place": place, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def look_at_evidence(self, id: int, body: EvidenceLook, *, key: str | None = None) -> DecisionEvidence:
        """The evidence about one person."""
        answer: DecisionEvidence = self.request("POST", f"/api/v1/arrival-decisions/{id}/look", {}, body, key)
        return answer

    def decide_question(self, id: int, body: NewDecision, *, key: str | None = None) -> Decided:
        """Decide about one person whose evidence was looked at before."""
        answer: Decided = self.request("POST", f"/api/v1/arrival-decisions/{id}", {}, body, key)
        return answer

    def list_risk_areas(
        self, *, past: bool | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Areas:
        """The areas that hold today, or those that are over, by their numbers, the newest first."""
        answer: Areas = self.request(
            "GET", "/api/v1/risk-areas", {"past": past, "cursor": cursor, "limit": limit}, None
        )
        return answer

    def record_risk_areas(self, body: NewAreas, *, key: str | None = None) -> Recorded:
        """Record areas, or put right their last days; those concerned are asked about again."""
        answer: Recorded = self.request("POST", "/api/v1/risk-areas", {}, body, key)
        return answer

    def preview_risk_areas(self, body: NewAreas, *, key: str | None = None) -> Shifts:
        """About how many people areas would ask again; nothing is recorded."""
        answer: Shifts = self.request("POST", "/api/v1/risk-areas/preview", {}, body, key)
        return answer
