"""What each kind's rows become in the registers, and that an export is taken back unchanged."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import clock, seal
from bulou.kernel.database import run
from bulou.kernel.models import Event
from bulou.people.models import Person
from bulou.places import posts, queries, workers
from bulou.places.models import Gate, Holding, Organisation, Place, Post, Worker
from bulou.sheets import importing
from bulou.sheets.importing import import_file
from bulou.sheets.kinds import places_rows, residents_rows
from bulou.sheets.tests import offices

NOW = datetime(2022, 4, 16, 12, tzinfo=clock.COUNTY_ZONE)
pytestmark = pytest.mark.usefixtures("county", "quick")

HEADERS = {
    "places": (
        "乡镇",
        "村(社区)",
        "小区(自然村)",
        "网格",
        "楼栋",
        "单元",
        "户号",
        "类型",
        "编码",
        "出入口数",
        "物业公司",
    ),
    "organisations": ("单位名称", "类型", "统一社会信用代码", "地址", "负责人", "联系电话"),
    "workers": ("姓名", "身份证号", "手机号", "单位", "职务", "政治面貌", "居住小区"),
    "posts": (
        "岗位",
        "乡镇",
        "村(社区)",
        "小区(自然村)",
        "网格",
        "楼栋",
        "姓名",
        "手机号",
        "起始日期",
        "截止日期",
    ),
    "residents": offices.RESIDENT_HEADER,
}


@pytest.fixture
def bring(tmp_path):
    """Bring rows of a kind in, as one file."""

    def one(kind, *rows, now=NOW, check=False):
        width = len(HEADERS[kind])
        cells = [(*row, *[""] * (width - len(row))) for row in rows]
        path = offices.write(tmp_path / f"{kind}.xlsx", ("表", [HEADERS[kind], *cells]))
        return import_file(kind, path, by="user:1", now=now, check=check)

    return one


@pytest.fixture
def back(tmp_path):
    """Export a kind and bring the workbook in again."""

    def again(kind, place="141022", now=NOW):
        out = tmp_path / f"back-{kind}.xlsx"
        importing.export(kind, out, place=place, by="user:1", purpose="核对")
        return import_file(kind, out, by="user:1", now=now)

    return again


def counts(report):
    return (report.rows, report.new, report.updated, report.unchanged, report.refused)


def codes(report):
    return [(p.row, p.column, p.action, p.code) for p in report.problems]


AREA = ("唐兴镇", "文昌社区", "绿苑小区")


class TestPlaces:
    def test_a_row_makes_its_whole_path(self, bring):
        report = bring("places", (*AREA, "第一网格", "3号楼", "2单元", "301"))
        assert counts(report) == (1, 1, 0, 0, 0)
        place = queries.resolve((*AREA, "第一网格", "3号楼", "2单元", "301"))
        assert (
            queries.name_path(place.code) == "唐兴镇 / 文昌社区 / 绿苑小区 / 第一网格 / 3号楼 / 2单元 / 301"
        )

    def test_divisions_that_nobody_knows_are_founded_and_told_once(self, bring):
        rows = [("测试镇", "测试村", "东头"), ("测试镇", "测试村", "西头"), ("唐兴镇", "新社区", "春风里")]
        report = bring("places", *rows)
        assert counts(report) == (3, 3, 0, 0, 0)
        assert codes(report) == [
            (2, "乡镇", "repaired", "division-founded"),
            (2, "村(社区)", "repaired", "division-founded"),
            (4, "村(社区)", "repaired", "division-founded"),
        ]
        assert queries.resolve(("测试镇", "测试村", "西头", "", "", "", "")).code.startswith("141022900900")
        again = bring("places", *rows)
        assert (counts(again), again.problems) == ((3, 0, 0, 3, 0), [])

    def test_kind_gates_and_company_belong_to_the_compound_whichever_row_says_them(self, bring):
        row = (*AREA, "", "3号楼", "", "301", "小区", "", 3, "绿苑物业")
        bring("places", (*AREA,), row)
        compound = queries.resolve(AREA)
        assert (compound.kind, compound.property_company.name) == ("小区", "绿苑物业")
        assert Gate.objects.filter(compound=compound).count() == 3
        assert Organisation.objects.get().kind == "物业公司"
        assert queries.resolve((*AREA, "", "3号楼", "", "301")).kind == ""

    def test_two_rows_that_say_different_things_of_one_place_are_told(self, bring):
        doors = [
            (*AREA, "", "3号楼", "", door, "小区", "", gates) for door, gates in (("301", 2), ("302", 3))
        ]
        report = bring("places", *doors)
        assert codes(report) == [(3, "出入口数", "ignored", "place-detail-contradicts")]
        assert Gate.objects.count() == 2

    def test_a_changed_detail_updates_its_place(self, bring):
        bring("places", (*AREA, "", "", "", "", "小区", "", 2))
        report = bring("places", (*AREA, "", "", "", "", "小区", "", 1))
        assert counts(report) == (1, 0, 1, 0, 0)
        assert Gate.objects.count() == 1

    def test_official_codes_make_townships_and_villages(self, bring):
        rows = [
            ("新城镇", "", "", "", "", "", "", "乡镇", "141022107"),
            ("新城镇", "东风社区居民委员会", "", "", "", "", "", "社区", "141022107001"),
            ("新城镇", "东风社区", "花园小区"),
        ]
        report = bring("places", *rows)
        assert counts(report) == (3, 3, 0, 0, 0)
        assert queries.resolve(("新城镇", "东风社区")).code == "141022107001"

    def test_a_county_of_its_own_is_made_from_its_codes(self, bring):
        run("DELETE FROM places_placename")
        run("DELETE FROM places_place")
        rows = [
            ("城关镇", "", "", "", "", "", "", "乡镇", "141023100"),
            ("城关镇", "东街社区", "", "", "", "", "", "社区", "141023100001"),
        ]
        assert counts(bring("places", *rows)) == (2, 2, 0, 0, 0)
        assert Place.objects.get(code="141023").name == "141023"

    def test_a_county_has_the_name_of_its_row(self, bring):
        run("DELETE FROM places_placename")
        run("DELETE FROM places_place")
        assert counts(bring("places", ("邻县", "", "", "", "", "", "", "县", "141023"))) == (1, 1, 0, 0, 0)
        assert Place.objects.get(code="141023").name == "邻县"

    def test_a_code_whose_parent_is_missing_makes_no_division(self, bring):
        report = bring("places", ("新城镇", "东风社区", "", "", "", "", "", "社区", "141022107001"))
        assert counts(report) == (1, 0, 0, 0, 1)

    def test_a_code_that_differs_from_the_registered_one_is_refused(self, bring):
        report = bring("places", ("唐兴镇", "文昌社区", "", "", "", "", "", "社区", "141022100004"))
        assert codes(report) == [(2, "编码", "refused", "place-code-differs")]

    def test_a_place_takes_the_code_that_the_sheet_gives_it(self, bring):
        code = "141022100003077"
        bring("places", (*AREA, "", "", "", "", "", code))
        assert queries.resolve(AREA).code == code

    def test_a_door_that_is_in_no_grid_yet_stays_where_it_is_and_is_told(self, bring):
        bring("places", (*AREA, "", "3号楼", "", "301"))
        report = bring("places", (*AREA, "第一网格", "3号楼", "", "301"))
        assert counts(report) == (1, 0, 0, 1, 0)
        assert codes(report) == [(2, "网格", "ignored", "grid-kept")]
        assert "未划网格" in importing.as_json(report.problems[0])["message"]

    def test_a_repeated_row_is_taken_once(self, bring):
        report = bring("places", AREA, AREA)
        assert counts(report) == (2, 1, 0, 1, 0)

    def test_an_export_comes_back_unchanged(self, bring, back):
        doors = [(*AREA, "第一网格", f"{n}号楼", "2单元", "301") for n in (1, 2, 3)]
        bring(
            "places",
            (*AREA, "", "", "", "", "小区", "", 3, "绿苑物业"),
            *doors,
            ("唐兴镇", "文昌社区", "散户1片"),
        )
        report = back("places", place="141022100003")
        assert report.refused == report.new == report.updated == 0
        assert report.unchanged == Place.objects.filter(code__startswith="141022100003").count()


class TestOrganisations:
    ROW = ("县教育局", "机关单位", "", "翼城县红旗街1号", "李某", "19900000001")

    def test_head_phone_and_address_are_sealed(self, bring):
        assert counts(bring("organisations", self.ROW)) == (1, 1, 0, 0, 0)
        found = Organisation.objects.get()
        assert seal.unseal(found.sealed) == {
            "address": "翼城县红旗街1号",
            "head": "李某",
            "phone": "19900000001",
        }
        assert "李某".encode() not in bytes(found.sealed)

    def test_a_changed_row_updates_its_organisation(self, bring):
        bring("organisations", self.ROW)
        assert counts(bring("organisations", self.ROW)) == (1, 0, 0, 1, 0)
        assert counts(bring("organisations", (*self.ROW[:4], "王某", "19900000002"))) == (1, 0, 1, 0, 0)
        assert seal.unseal(Organisation.objects.get().sealed)["head"] == "王某"

    def test_one_name_with_two_contents_is_refused(self, bring):
        report = bring("organisations", self.ROW, (self.ROW[0], "学校"), self.ROW)
        assert counts(report) == (3, 1, 0, 1, 1)

    def test_an_export_comes_back_unchanged(self, bring, back):
        bring("organisations", self.ROW, ("城关小学", "学校"))
        assert counts(back("organisations")) == (2, 0, 0, 2, 0)


class TestWorkers:
    ROW = ("王某", offices.identity(1), "19900000001", "县教育局", "科员", "中共党员", "绿苑小区")

    def test_a_worker_has_a_unit_and_a_home(self, bring):
        bring("places", AREA)
        report = bring("workers", self.ROW)
        assert codes(report) == [(2, "单位", "ignored", "organisation-not-listed")]
        worker = Worker.objects.get()
        assert (worker.organisation.name, worker.title, worker.party) == ("县教育局", "科员", "中共党员")
        assert worker.home == queries.resolve(AREA).code
        assert b"19900000001" not in bytes(worker.sealed)

    def test_a_home_that_no_compound_has_is_kept_as_text_and_told(self, bring, back):
        report = bring("workers", self.ROW)
        assert (2, "居住小区", "ignored", "home-not-found") in codes(report)
        assert Worker.objects.get().home == ""
        assert counts(back("workers")) == (1, 0, 0, 1, 0)

    def test_the_same_number_is_the_same_worker_with_a_new_phone(self, bring):
        bring("workers", self.ROW)
        assert counts(bring("workers", (*self.ROW[:2], "19900000002", *self.ROW[3:]))) == (1, 0, 1, 0, 0)
        assert workers.find("王某", "19900000002").pk == Worker.objects.get().pk

    def test_a_worker_known_from_a_post_is_completed(self, bring):
        id = workers.ensure("王某", "19900000001")
        assert counts(bring("workers", self.ROW)) == (1, 0, 1, 0, 0)
        assert Worker.objects.get().pk == id

    def test_rows_repeat_and_contradict(self, bring):
        report = bring("workers", self.ROW, self.ROW, (*self.ROW[:4], "局长"))
        assert counts(report) == (3, 1, 0, 1, 1)


def seat(name="王某", phone="19900000001", starts="", ends="", role="网格员", building=""):
    return (role, *AREA, "", building, name, phone, starts, ends)


class TestPosts:
    def owner(self, at=NOW, role="grid_worker"):
        post = posts.find(role, queries.resolve(AREA).code, at)
        found = queries.owners([post.pk], at)
        return found[post.pk].name if found else None

    def test_a_row_is_a_post_with_its_holder(self, bring):
        assert counts(bring("posts", seat(starts="2022-04-01"))) == (1, 1, 0, 0, 0)
        assert self.owner() == "王某"
        assert self.owner(NOW - timedelta(days=30)) is None
        assert list(Event.objects.values_list("kind__name", flat=True)) == ["places.post_held"]

    def test_without_a_start_the_post_is_held_from_the_day_of_the_import(self, bring):
        bring("posts", seat())
        assert Holding.objects.get().starts_at == clock.start_of(date(2022, 4, 16))
        assert counts(bring("posts", seat(), now=NOW + timedelta(days=9))) == (1, 0, 0, 1, 0)

    def test_a_post_is_held_to_the_end_of_its_last_day(self, bring):
        bring("posts", seat(starts="2022-04-01", ends="2022-04-14"))
        assert self.owner(datetime(2022, 4, 14, 23, 59, tzinfo=clock.COUNTY_ZONE)) == "王某"
        assert self.owner(datetime(2022, 4, 15, tzinfo=clock.COUNTY_ZONE)) is None

    def test_a_successor_takes_the_seat_that_was_left(self, bring):
        report = bring(
            "posts", seat(starts="2022-04-01", ends="2022-04-14"), seat("李某", "19900000002", "2022-04-15")
        )
        assert report.new == 2
        assert Post.objects.count() == 1
        assert self.owner() == "李某"

    def test_an_end_that_comes_later_ends_the_holding(self, bring):
        bring("posts", seat(starts="2022-04-01"))
        report = bring("posts", seat(starts="2022-04-01", ends="2022-04-15"))
        assert counts(report) == (1, 0, 1, 0, 0)
        assert self.owner() is None
        assert list(Event.objects.order_by("seq").values_list("kind__name", flat=True)) == [
            "places.post_held",
            "places.post_left",
        ]

    def test_two_holders_at_once_have_two_seats(self, bring):
        bring("posts", seat(starts="2022-04-01"), seat("李某", "19900000002", "2022-04-01"))
        assert sorted(Post.objects.values_list("number", flat=True)) == [1, 2]

    def test_another_start_does_not_rewrite_the_holding(self, bring):
        bring("posts", seat(starts="2022-04-01"))
        report = bring("posts", seat(starts="2022-04-03"))
        assert counts(report) == (1, 0, 0, 1, 0)
        assert codes(report) == [(2, "起始日期", "ignored", "post-start-kept")]

    def test_an_empty_end_does_not_bring_somebody_back_who_left(self, bring):
        bring("posts", seat(starts="2022-04-01"))
        posts.leave(Post.objects.get(), Worker.objects.get().pk, NOW, by="user:1")
        assert counts(bring("posts", seat(starts="2022-04-01"), now=NOW + timedelta(days=1))) == (
            1,
            0,
            0,
            1,
            0,
        )
        assert self.owner(NOW + timedelta(days=1)) is None

    def test_two_spells_in_one_file_are_told_apart_by_their_starts(self, bring, back):
        rows = [seat(starts="2022-03-01", ends="2022-03-31"), seat(starts="2022-04-10")]
        assert counts(bring("posts", *rows)) == (2, 2, 0, 0, 0)
        assert counts(back("posts")) == (2, 0, 0, 2, 0)

    def test_an_end_in_the_same_file_as_the_open_row_counts(self, bring):
        report = bring("posts", seat(starts="2022-04-01"), seat(starts="2022-04-03", ends="2022-04-15"))
        assert counts(report) == (2, 1, 1, 0, 0)
        assert self.owner() is None

    def test_unknown_villages_and_repeats_are_told(self, bring):
        lost = ("网格员", "唐兴镇", "文仓社区", "", "", "", "王某", "19900000001")
        report = bring("posts", seat(), seat(), lost)
        assert counts(report) == (3, 1, 0, 1, 1)

    def test_a_post_for_the_whole_county_or_a_township(self, bring, back):
        bring(
            "posts",
            ("县级领导", "翼城县", "", "", "", "", "王某", "19900000001"),
            ("包村干部", "唐兴镇", "", "", "", "", "李某", "19900000002"),
        )
        assert set(Post.objects.values_list("role", "place")) == {
            ("county_leader", "141022"),
            ("township_cadre", "141022100"),
        }

    def test_a_role_that_nobody_knows_keeps_its_words(self, bring, back):
        bring("posts", seat(role="消杀员", building="3号楼"))
        assert Post.objects.get().role == "消杀员"
        assert counts(back("posts")) == (1, 0, 0, 1, 0)


class TestResidents:
    def test_who_is_known_at_no_door_is_not_exported(self, bring, back):
        bring("residents", offices.resident(1))
        person = Person.objects.get()
        Person.objects.create(
            place=person.place[:12], sealed=person.sealed, name_key=person.name_key, registered_at=NOW
        )
        assert counts(back("residents")) == (1, 0, 0, 1, 0)

    def test_every_value_of_a_row_is_kept(self, bring):
        bring(
            "residents",
            offices.resident(
                1,
                现居状态="外出",
                外出地址="太原市小店区",
                疫苗剂次=3,
                末次接种日期="2022-01-05",
                特殊需求="独居、慢性病用药",
                备注="有钥匙",
            ),
        )
        person = Person.objects.get()
        assert (person.presence, person.doses, person.last_dose, person.needs) == (
            "away",
            3,
            date(2022, 1, 5),
            "alone,chronic",
        )
        assert seal.unseal(person.sealed)["away"] == "太原市小店区"
        assert queries.name_path(person.place, above="141022100003") == "绿苑小区 / 1号楼 / 1单元 / 101"

    def test_a_door_without_a_free_number_is_refused(self, bring, monkeypatch):
        from bulou.places.book import PlaceBook

        monkeypatch.setattr(PlaceBook, "_free", lambda *_: None)
        report = bring("residents", offices.resident(1, 户号="东屋"))
        assert codes(report) == [(2, "户号", "refused", "no-number-left")]

    def test_a_messy_workbook_comes_back_unchanged(self, bring, back):
        rows = [
            offices.resident(1, 乡镇="唐兴", 楼栋="1栋", 户号="0101室"),
            offices.resident(2, 乡镇="同上", 姓名="欧阳　娜"),
            offices.resident(
                3, 楼栋="", 单元="", 户号="12", **{"小区(自然村)": "散户1片", "村(社区)": "下石"}
            ),
            offices.resident(4, 手机号="", 特殊需求="透析", 现居状态="租户"),
            offices.resident(5, 乡镇="浇底乡", **{"村(社区)": "浇底", "小区(自然村)": "浇底"}),
            offices.resident(6, 疫苗剂次="0", 备注="=1+1"),
            offices.resident(7, 户号="102", 姓名="阿不都·热合曼", 末次接种日期="2021.12.20"),
            offices.resident(1, 户号="102"),
        ]
        report = bring("residents", *rows)
        assert counts(report) == (8, 8, 0, 0, 0)
        assert counts(back("residents")) == (8, 0, 0, 8, 0)

    def test_an_export_of_many_is_read_in_parts(self, bring, back, monkeypatch):
        monkeypatch.setattr(residents_rows, "READ_AT_ONCE", 2)
        monkeypatch.setattr(places_rows, "WRITTEN_AT_ONCE", 2)
        bring("residents", *(offices.resident(n, 户号=str(100 + n)) for n in range(1, 6)))
        assert counts(back("residents")) == (5, 0, 0, 5, 0)
        assert back("places", place="141022100003001").unchanged == 8

    def test_an_export_has_only_its_place(self, bring, back):
        bring("residents", offices.resident(1), offices.resident(2, **{"村(社区)": "浍滨社区"}))
        assert counts(back("residents", place="141022100003")) == (1, 0, 0, 1, 0)


resident = st.builds(
    lambda serial, door, note, dose: offices.resident(serial, 户号=door, 备注=note, 疫苗剂次=dose),
    st.integers(1, 6),
    st.sampled_from(["101", "102", "东屋"]),
    st.sampled_from(["", "有狗", "=SUM(A1)", "0357"]),
    st.sampled_from(["", "0", "3"]),
)


@given(st.lists(resident, max_size=8))
def test_law_a_second_import_and_an_export_change_nothing(bring, back, rows):
    from django.db import transaction

    with transaction.atomic():
        first = bring("residents", *rows)
        again = bring("residents", *rows)
        assert (again.new, again.updated) == (0, 0)
        assert again.rows == first.rows == len(rows)
        returned = back("residents")
        assert (returned.new, returned.updated, returned.refused) == (0, 0, 0)
        assert returned.unchanged == Person.objects.count()
        transaction.set_rollback(True)
