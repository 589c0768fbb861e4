"""What programs do with posts, workers, places, households, persons and pairs."""

import pytest

from bulou.command.api.tests.test_programs import Program, code, every
from bulou.command.tests.world import (
    COUNTY,
    ELSEWHERE,
    HOME,
    NEXT_DOOR,
    TOWN,
    VILLAGE,
    identity,
    person,
    worker,
)
from bulou.kernel import clock, seal
from bulou.kernel.models import AuditLine
from bulou.people import changes
from bulou.people.models import Duplicate, Household, Person
from bulou.places import codes
from bulou.places.models import Handover, Holding, Level, Place, Post, Worker
from bulou.rights.capabilities import Capability as C

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "k1"}
SEVEN = ["唐兴镇", "文昌社区", "绿苑小区", "", "3号楼", "1单元", "301室"]


@pytest.fixture
def keeper(world):
    return Program(*C)


@pytest.fixture
def post(world):
    return Post.objects.filter(place=HOME).order_by("id").first()


def door_of(parent, number):
    """A door with a household."""
    at = parent
    for level in (Level.BUILDING, Level.UNIT, Level.DOOR):
        made = codes.child(at, level, number)
        Place.objects.get_or_create(
            code=made, defaults={"level": level, "name": f"{number}", "plain": f"{number}", "parent_id": at}
        )
        at = made
    Household.objects.get_or_create(place_id=at, defaults={"registered_at": clock.now()})
    return at


def test_a_post_is_handed_over_once_and_both_are_told(keeper, post):
    before = keeper.get(f"/posts/{post.pk}")
    taker = worker("接岗人", 77)
    assert keeper.get(f"/posts/{post.pk}/handover/conflicts?to={taker.pk}").json() == {"rows": []}
    body = {"to": taker.pk, "words": "换班"}
    first = keeper.ask("POST", f"/posts/{post.pk}/handover", body, **KEY)
    assert first.status_code == 200, first.content
    assert keeper.ask("POST", f"/posts/{post.pk}/handover", body, **KEY).json() == first.json()
    assert Handover.objects.count() == 1
    latest = first.json()["terms"][0]
    assert (latest["worker"], latest["phone"][3:7], latest["ends_at"]) == (taker.pk, "****", None)
    assert first.json()["terms"][1]["ends_at"] and first["Content-Type"] == "application/json"
    (waiting,) = every(keeper, "/handovers?unseen=true")
    for side in (waiting["giver"], waiting["taker"]):
        assert keeper.ask("POST", f"/handovers/{waiting['id']}/seen", {"worker": side}).status_code == 200
    assert every(keeper, "/handovers?unseen=true") == []
    assert (
        code(keeper.ask("POST", f"/handovers/{waiting['id']}/seen", {"worker": 1 << 60}))
        == "handover-not-yours"
    )
    assert before["ETag"] != keeper.get(f"/posts/{post.pk}")["ETag"]


def test_who_read_before_somebody_elses_hand_over_does_not_overwrite_it(keeper, post):
    read = keeper.get(f"/posts/{post.pk}")["ETag"]
    one, other = worker("甲", 71), worker("乙", 72)
    path = f"/posts/{post.pk}/handover"
    # What was compressed on its way has a weak tag; it says the same.
    assert keeper.ask("POST", path, {"to": one.pk}, **{"If-Match": f"W/{read}"}).status_code == 200
    late = keeper.ask("POST", path, {"to": other.pk}, **{"If-Match": read})
    assert (late.status_code, code(late)) == (412, "changed-meanwhile")
    now = keeper.get(f"/posts/{post.pk}")["ETag"]
    with clock.at("2022-04-16T14:05+08:00"):
        assert keeper.ask("POST", path, {"to": other.pk}, **{"If-Match": now}).status_code == 200


def test_somebody_stands_in_and_leaves_a_post(keeper, post):
    deputy = worker("副岗", 73)
    body = {"worker": deputy.pk, "ends_at": "2022-04-18T08:00+08:00"}
    made = keeper.ask("POST", f"/posts/{post.pk}/deputy", body).json()
    assert made["terms"][0] | {"name": ""} == {
        **{"worker": deputy.pk, "name": "", "phone": "199****9073", "deputy": True},
        **{"starts_at": "2022-04-16T14:00:00+08:00", "ends_at": "2022-04-18T08:00:00+08:00"},
    }
    assert code(keeper.ask("POST", f"/posts/{post.pk}/leave", {"worker": 1 << 60})) == "not-holding"
    holder = Holding.objects.get(post=post, deputy=False).worker_id
    assert keeper.ask("POST", f"/posts/{post.pk}/leave", {"worker": holder}).status_code == 200
    assert not Holding.objects.filter(post=post, deputy=False, ends_at=None).exists()


def test_posts_and_workers_elsewhere_are_not_there(world, keeper):
    theirs = Post.objects.filter(place__startswith=ELSEWHERE).first()
    taker = worker("甲", 71)
    assert code(keeper.get(f"/posts/{theirs.pk}")) == "no-such-post"
    assert code(keeper.ask("POST", f"/posts/{theirs.pk}/handover", {"to": taker.pk})) == "no-such-post"
    away = worker("外地人", 74)
    Holding.objects.create(post=theirs, worker=away, starts_at=clock.now(), deputy=True)
    ours = Post.objects.filter(place=HOME).first()
    assert code(keeper.ask("POST", f"/posts/{ours.pk}/handover", {"to": away.pk})) == "no-such-worker"
    assert code(keeper.get(f"/workers/{away.pk}")) == "no-such-worker"
    for path in (f"/posts/{2**63}", f"/workers/{2**63}", f"/duplicates/{2**63}"):
        assert keeper.get(path).status_code == 404


def test_workers_come_in_pages_with_masked_phones(keeper, django_assert_max_num_queries):
    rows = every(keeper, "/workers")
    assert {row["id"] for row in rows} == set(
        Holding.objects.filter(post__place__startswith=VILLAGE).values_list("worker", flat=True)
    )
    assert all("****" in row["phone"] and row["posts"] for row in rows)
    with django_assert_max_num_queries(8):
        keeper.get("/workers?limit=200")


def test_a_worker_is_registered_corrected_merged_and_leaves(world):
    keeper = Program(*C, scope=COUNTY)
    fields = {"name": "郭新", "phone": "19900008801", "duty": "科员"}
    made = keeper.ask("POST", "/workers", fields, **KEY)
    assert made.status_code == 201, made.content
    assert keeper.ask("POST", "/workers", fields, **KEY).json() == made.json()
    assert code(keeper.ask("POST", "/workers", fields)) == "worker-stands"
    assert code(keeper.ask("POST", "/workers", {"name": "郭新"})) == "api-bad-field"
    id, read = made.json()["id"], keeper.get(f"/workers/{made.json()['id']}")["ETag"]
    path = f"/workers/{id}/correct"
    changed = keeper.ask("POST", path, {"phone": "19900008802"}, **{"If-Match": read}).json()
    assert (changed["title"], changed["version"] != made.json()["version"]) == ("科员", True)
    assert (changed["phone"], made.json()["phone"]) == ("199****8802", "199****8801")
    assert code(keeper.ask("POST", path, {"duty": "主任"}, **{"If-Match": read})) == "changed-meanwhile"
    gone = Worker.objects.filter(holdings__isnull=False).first().pk
    merged = keeper.ask("POST", f"/workers/{id}/merge", {"gone": gone}).json()
    assert merged["posts"] and keeper.get(f"/workers/{gone}").json()["merged_into"] == id
    assert keeper.ask("POST", f"/workers/{gone}/split").json()["merged_into"] is None
    left = keeper.ask("POST", f"/workers/{gone}/leave", {"words": "调走"}).json()
    assert left["posts"] == [] and all(one["ends_at"] for one in left["held"])
    assert code(keeper.ask("POST", f"/workers/{gone}/leave", {})) == "holds-nothing"


def test_organisations_are_registered_once(keeper):
    body = {"name": "县疾控中心", "kind": "医疗"}
    assert keeper.ask("POST", "/organisations", body).status_code == 201
    assert code(keeper.ask("POST", "/organisations", body)) == "organisation-stands"
    assert [row["name"] for row in every(keeper, "/organisations")] == ["县疾控中心"]


def test_a_place_is_renamed_given_gates_and_another_name(keeper):
    compound = VILLAGE + "001"
    assert keeper.ask("POST", f"/places/{compound}/rename", {"name": "绿苑"}).json()["name"] == "绿苑"
    assert keeper.ask("POST", f"/places/{compound}/names", {"name": "老绿苑"}).status_code == 200
    assert keeper.ask("POST", f"/places/{compound}/gates", {"count": 3}).status_code == 200
    place = Place.objects.get(code=compound)
    assert place.gates.count() == 3 and {one.name for one in place.other_names.all()} == {
        "绿苑小区",
        "老绿苑",
    }
    assert code(keeper.ask("POST", f"/places/{HOME}/gates", {"count": 3})) == "no-gates-here"
    assert code(keeper.ask("POST", f"/places/{HOME}/rename", {"name": "ﷺ" * 20})) == "api-bad-field"


def test_what_a_merge_takes_along_is_told_before_it_is_done(keeper):
    before = keeper.get(f"/places/{NEXT_DOOR[:15]}/contents").json()
    assert (before["persons"], before["cases"]) == (3, 3) and before["keeps"]
    assert code(keeper.ask("POST", f"/places/{NEXT_DOOR[:15]}/retire")) == "place-still-used"
    path, body = f"/places/{NEXT_DOOR[:15]}/merge", {"to": VILLAGE + "001"}
    first = keeper.ask("POST", path, body, **KEY)
    assert first.json()["code"] == VILLAGE + "001"
    assert keeper.ask("POST", path, body, **KEY).json() == first.json()
    assert keeper.get(f"/places/{VILLAGE}001/contents").json()["persons"] == 9
    assert keeper.get(f"/places/{NEXT_DOOR[:15]}").json()["successor"] == VILLAGE + "001"


def test_a_place_is_split_moved_retired_and_brought_back(keeper):
    made = keeper.ask("POST", f"/places/{VILLAGE}001/split", {"name": "新苑", "children": [HOME]}).json()
    assert (made["name"], made["parent"]) == ("新苑", VILLAGE)
    empty = f"{VILLAGE}001"
    assert keeper.ask("POST", f"/places/{empty}/retire").json()["retired"] is True
    assert keeper.ask("POST", f"/places/{empty}/bring-back").json()["retired"] is False
    (grid,) = (row["code"] for row in every(keeper, f"/places?parent={made['code']}"))
    assert keeper.ask("POST", f"/places/{grid}/move", {"to": empty}).json()["parent"] == empty


@pytest.mark.parametrize(
    "verb, body",
    [("merge", {"to": ELSEWHERE}), ("move", {"to": TOWN}), ("split", {"name": "x", "children": [HOME]})],
)
def test_nothing_is_done_to_places_across_the_edge_of_the_scope(keeper, verb, body):
    assert code(keeper.ask("POST", f"/places/{VILLAGE}/{verb}", body)) == "place-outside-scope"
    assert code(keeper.ask("POST", f"/places/{ELSEWHERE}/rename", {"name": "x"})) == "place-outside-scope"


def test_households_and_members_are_masked_and_each_look_is_recorded(keeper, django_assert_max_num_queries):
    doors = [door_of(HOME, number) for number in (1, 2, 3)]
    for number, door in enumerate(doors, 40):
        person(number, door, needs="dialysis" if number == 41 else "")
    rows = every(keeper, "/households")
    assert [row["place"] for row in rows] == doors and rows[1]["needs"] == ["透析"]
    assert rows[0]["head"] == "甄***"
    (member,) = keeper.get(f"/households/{doors[0]}").json()["members"]
    assert "****" in member["phone"] and member["identity"].startswith("1410***")
    assert AuditLine.objects.filter(action="people.listed").count() == 3
    with django_assert_max_num_queries(12):
        keeper.get("/households?limit=200")
    assert code(keeper.get(f"/households/{HOME}")) == "api-no-door"


def test_somebody_is_registered_behind_a_door_once(keeper):
    door = door_of(HOME, 1)
    fields = {"name": "甄新", "identity": identity(60), "phone": "19900000060", "doses": "2"}
    first = keeper.ask("POST", f"/households/{door}/members", fields, **KEY)
    assert first.status_code == 201, first.content
    keeper.ask("POST", f"/households/{door}/members", fields, **KEY)
    keeper.ask("POST", f"/households/{door}/members", fields)
    assert Person.objects.filter(place=door).count() == 1
    wrong = fields | {"identity": "141099198001010000"}
    assert code(keeper.ask("POST", f"/households/{door}/members", wrong)) == "api-bad-field"


def test_a_person_is_corrected_unless_somebody_else_did_meanwhile(world, keeper):
    uid = world.cases["home"][0].person.uid
    read = keeper.get(f"/persons/{uid}")["ETag"]
    path = f"/persons/{uid}/correct"
    first = keeper.ask("POST", path, {"phone": "19900001101", "reason": "本人来电"}, **{"If-Match": read})
    assert first.json()["changed"] == ["phone"], first.content
    who = seal.unseal(Person.objects.get(uid=uid).sealed)
    assert (who["phone"], who["name"]) == ("19900001101", "甄漏01")
    late = keeper.ask("POST", path, {"phone": "19900002201"}, **{"If-Match": read})
    assert (late.status_code, code(late)) == (412, "changed-meanwhile")
    assert keeper.ask("POST", path, {"phone": "19900001101"}).json()["changed"] == []
    assert code(keeper.ask("POST", path, {"identity": "1"})) == "api-bad-field"


def test_needs_moves_and_ends_of_a_person(world, keeper):
    uid = world.cases["home"][1].person.uid
    needs = keeper.ask("POST", f"/persons/{uid}/needs", {"needs": ["infant", "dialysis"]}).json()
    assert needs["needs"] == ["透析", "婴幼儿"]
    door = door_of(NEXT_DOOR, 1)
    assert keeper.ask("POST", f"/persons/{uid}/move", {"place": door}).json()["place"] == door
    by_name = keeper.ask("POST", f"/persons/{uid}/move", {"names": SEVEN}).json()
    assert by_name["address"].endswith("301室"), by_name
    assert code(keeper.ask("POST", f"/persons/{uid}/move", {})) == "api-no-door"
    assert code(keeper.ask("POST", f"/persons/{uid}/move", {"place": HOME})) == "api-no-door"
    away = ["南梁镇", "庄里村", *SEVEN[2:]]
    assert code(keeper.ask("POST", f"/persons/{uid}/move", {"names": away})) == "place-outside-scope"
    assert not Place.objects.filter(name="绿苑小区", code__startswith=ELSEWHERE).exists()
    late = {"at": "2023-01-01T00:00+08:00"}
    assert code(keeper.ask("POST", f"/persons/{uid}/leave", late)) == "api-in-the-future"
    assert keeper.ask("POST", f"/persons/{uid}/leave", {}).json()["state"] == "left"
    assert keeper.ask("POST", f"/persons/{uid}/come-back", {}).json()["state"] == "here"
    assert (
        keeper.ask("POST", f"/persons/{uid}/die", {"at": "2022-04-16T09:00+08:00"}).json()["state"] == "died"
    )
    assert code(keeper.ask("POST", f"/persons/{uid}/die", {})) == "gone-already"


def test_a_masked_value_is_shown_with_a_reason_and_recorded_each_time(world, keeper):
    uid = world.cases["home"][0].person.uid
    path, body = f"/persons/{uid}/unmask", {"field": "phone", "reason": "联系本人"}
    for _time in range(2):
        assert keeper.ask("POST", path, body, **KEY).json() == {"value": "19900000001"}
    lines = AuditLine.objects.filter(action="people.unmasked")
    assert [line.reason for line in lines] == ["联系本人(api: 数据核对)"] * 2
    assert code(keeper.ask("POST", path, body | {"reason": "查"})) == "reason-missing"
    elsewhere = world.cases["elsewhere"][0].person.uid
    assert code(keeper.ask("POST", f"/persons/{elsewhere}/unmask", body)) == "api-no-such-person"


@pytest.fixture
def pair(world):
    """One number at two doors of the village."""
    first, second = (Person.objects.get(pk=world.cases[name][0].person_id) for name in ("home", "next_door"))
    Person.objects.filter(pk=second.pk).update(id_key=first.id_key)
    second.refresh_from_db()
    changes.find_pairs(second)
    return Duplicate.objects.get()


def test_a_pair_is_decided_once_and_the_decision_taken_back(keeper, pair):
    (row,) = every(keeper, "/duplicates")
    one = keeper.get(f"/duplicates/{row['id']}").json()
    assert one["mine"] and len(one["records"]) == 2 and "住处" in one["differs"]
    path = f"/duplicates/{row['id']}/decide"
    assert code(keeper.ask("POST", path, {"do": "first", "reason": "同"})) == "decision-reason-missing"
    done = {"do": "first", "reason": "电话核实同一人"}
    first = keeper.ask("POST", path, done, **KEY)
    assert first.json()["decision"] == "same" and keeper.ask("POST", path, done, **KEY).json() == first.json()
    assert code(keeper.ask("POST", path, done)) == "duplicate-decided"
    assert every(keeper, "/duplicates") == [] and len(every(keeper, "/duplicates?decision=same")) == 1
    assert keeper.ask("POST", path, {"do": "reopen"}).json()["decision"] == "open"
    assert keeper.ask("POST", path, done | {"do": "later"}).json()["put_off_until"]


def test_a_pair_across_the_edge_of_the_scope_is_seen_but_not_decided(pair):
    body = {"do": "different", "reason": "不是同一人"}
    grid = Program(*C, scope=HOME)
    assert grid.get(f"/duplicates/{pair.pk}").json()["mine"] is False
    assert code(grid.ask("POST", f"/duplicates/{pair.pk}/decide", body)) == "pair-outside-scope"
    assert code(Program(*C, scope=ELSEWHERE).get(f"/duplicates/{pair.pk}")) == "api-no-such-pair"


def test_what_is_known_already_is_not_sent_again(keeper):
    first = keeper.get("/places")
    again = keeper.ask("GET", "/places", **{"If-None-Match": f'W/"x", {first["ETag"]}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    keeper.ask("POST", f"/places/{HOME[:15]}/rename", {"name": "新名"})
    changed = keeper.ask("GET", "/places", **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]
