"""What components and the tags of rows write, and the rules that their templates keep."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.forms import CharField, Form
from django.template import engines
from django.test import RequestFactory

from bulou.web import kit, parts, views
from bulou.web.statuses import LOOKS

COTTON = Path(views.__file__).parent / "templates/cotton"
COMPONENTS = sorted(COTTON.glob("*.html"))
GIVEN = {"slot", "attrs", "request", "forloop", "user"}
"""What every component has without declaring it."""


@pytest.fixture
def write(tmp_path, settings):
    """Renders template text that has components in it."""
    from django_cotton.compiler_regex import CottonCompiler

    def render(text: str, **context) -> str:
        request = RequestFactory().get("/list?place=141022&gap=unowned")
        template = engines["django"].from_string(CottonCompiler().process(text))
        return template.render(context, request)

    return render


def flat(html: str) -> str:
    return re.sub(r"\s+", " ", html).replace("> <", "><")


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_declares_every_name_that_it_reads(path):
    text = path.read_text()
    declared = set(re.findall(r":?([\w-]+)=", (re.search(r"<c-vars (.*?)/>", text, re.S) or [""])[0]))
    made = set(re.findall(r"\bfor (\w+) in|\bas (\w+) %|\b(\w+)=\w+[.|]", text))
    known = GIVEN | declared | {name for names in made for name in names}
    variables = re.findall(r"\{\{\s*([a-z]\w*)|\{%-?\s*(?:if|elif)\s+(?:not )?([a-z]\w*)|\bin (\w+) %", text)
    read = {name for names in variables for name in names if name}
    assert read <= known


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_no_component_prints_attributes_that_nobody_escaped(path):
    assert "{{ attrs" not in path.read_text()


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_is_shown_in_the_kit_and_named_in_the_document(path):
    name = path.stem.replace("_", "-")
    shown = "".join(page.read_text() for page in (COTTON.parent / "web").rglob("kit*/*.html"))
    shown += (COTTON.parent / "web/kit.html").read_text()
    document = (Path(__file__).parents[4] / "docs/design-system.md").read_text()
    assert f"<c-{name}" in shown
    assert f"`c-{name}`" in document


def test_words_from_outside_are_escaped_everywhere(write):
    bad = "<i>&"
    text = (
        '<c-page :title="bad" note="{{ bad }}" /><c-card :title="bad">{{ bad }}</c-card>'
        '<c-note :title="bad" />'
        '<c-field name="x" :label="bad" :value="bad" :help="bad" :error="bad" :placeholder="bad" />'
        '<c-field name="y" type="select" :options="pairs" /><c-field name="z" type="textarea" :value="bad" />'
        '<c-tile :n="1" of="late" :title="bad" :href="bad" />'
        '<c-status of="met" :href="bad">{{ bad }}</c-status>'
    )
    face = kit.Face(bad, bad, (bad,))
    html = write(text, bad=bad, pairs=[(bad, bad)])
    html += (
        parts.person(face, href=bad)
        + parts.owner(kit.Owner(bad, bad, bad), bad)
        + parts.mark("met", "x", bad)
    )
    assert "<i>" not in html
    assert html.count("&lt;i&gt;&amp;") >= 20


def test_a_component_does_not_take_a_name_of_its_page_for_its_own(write):
    html = write("<c-card>words</c-card><c-empty>why</c-empty>", title="of the page", note="of the page")
    assert "of the page" not in html


def test_a_field_tells_a_screen_reader_its_help_and_its_error(write):
    html = flat(
        write('<c-field name="why" label="理由" help="四个字" error="太短" maxlength="9" required />')
    )
    control = re.search(r"<input[^>]*>", html)
    assert control
    for part in (
        'aria-describedby="id_why_help id_why_error"',
        'aria-invalid="true"',
        'maxlength="9"',
        " required",
    ):
        assert part in control[0]
    assert 'id="id_why_help"' in html
    assert 'id="id_why_error"' in html
    assert "(可不填)" not in html


def test_a_field_without_help_or_error_says_nothing_of_them(write):
    html = write('<c-field name="why" label="理由" value="0" />')
    assert "aria-" not in html
    assert 'value="0"' in html
    assert "(可不填)" in html


def test_a_select_shows_what_is_chosen(write):
    html = write(
        '<c-field name="n" type="select" :options="pairs" :value="2" />', pairs=[(1, "一"), (2, "二")]
    )
    assert '<option value="2" selected>二</option>' in html
    assert '<option value="1">一</option>' in html


def test_a_field_of_a_form_brings_its_own_label_help_and_errors(write):
    class Reason(Form):
        why = CharField(label="理由", help_text="四个字", min_length=4)

    html = write('<c-field :field="form.why" />', form=Reason({"why": "短"}))
    assert 'for="id_why"' in html
    assert 'aria-invalid="true"' in html
    said = re.search(r'aria-describedby="([^"]+)"', html)
    assert said
    assert all(f'id="{one}"' in html for one in said[1].split())


def test_filters_keep_what_they_are_told_of_the_address(write):
    html = write('<c-filters keep="place other" target="#list" />')
    assert '<input type="hidden" name="place" value="141022">' in html
    assert "unowned" not in html
    assert 'hx-get="/list" hx-target="#list" hx-select="#list"' in flat(html)
    assert "hx-" not in write('<c-filters keep="place" />')


def test_the_pager_is_silent_where_all_is_seen(write):
    assert write('<c-pager :page="page" />', page=kit.Pages(total=0, before=None, after=None)).strip() == ""
    html = write('<c-pager :page="page" />', page=kit.Pages())
    assert "page=1" in html
    assert "page=3" in html
    assert "第 51–100 条,共 312 条" in html


def test_a_finished_job_is_not_asked_for_again(write):
    running = '<c-progress title="x" :done="1" :total="2" url="/jobs/7" />'
    assert 'hx-get="/jobs/7"' in write(running)
    assert 'max="2" value="1"' in write(running)
    for state in ("done", "failed"):
        assert "hx-" not in write(f'<c-progress title="x" state="{state}" url="/jobs/7" />')


def test_nothing_unknown_and_many_are_three_things(write):
    assert parts.figure(0, "overdue") == '<span class="zero">0</span>'
    assert parts.figure(None) == '<span class="zero">?</span>'
    assert "1,204" in parts.figure(1204, "overdue", "/duties")
    assert 'class="tile is-none"' in write('<c-tile :n="0" of="overdue" />')
    assert ">?<" in write('<c-tile :n="None" of="unknown" />')


@pytest.mark.parametrize("key", list(LOOKS))
def test_a_status_is_said_by_colour_icon_and_words(key):
    html = parts.status(key)
    assert f"is-{key}" in html
    assert f"#{LOOKS[key].icon}" in html
    assert str(LOOKS[key].title) in html


def test_needs_stand_before_the_name():
    html = parts.person(kit.Face("甄*", "R-1", ("血液透析",)), href="/people/1")
    assert html.index("血液透析") < html.index("甄*") < html.index("R-1")
    assert '<a href="/people/1">甄*</a>' in html


def test_somebody_who_answers_can_be_called_and_nobody_is_said():
    assert 'href="tel:19900001234"' in parts.owner(kit.Owner("网格员", "田守望", "19900001234"))
    assert "没有登记电话" in parts.owner(kit.Owner("网格员", "田守望", ""))
    assert "无人负责" in parts.owner(None, "第三网格 · 网格员")


def test_lateness_is_said_beside_the_time_that_was_due():
    at = dt.datetime(2022, 4, 16, 4, 0, tzinfo=dt.UTC)
    assert parts.due(at, dt.timedelta(hours=26)).count("逾期 1 天 2 小时") == 1
    assert "逾期" not in parts.due(at)
    assert "04-16 12:00" in parts.due(at)


def test_the_words_of_a_badge_may_be_those_of_the_page(write):
    assert "核酸待采" in write('<c-status of="open">核酸待采</c-status>')
