import gzip
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from bulou.places.models import Place
from bulou.rights import accounts, mandates
from bulou.web import views
from bulou.web.context import DOORS
from bulou.web.statuses import LOOKS

pytestmark = pytest.mark.django_db
WEB = Path(views.__file__).parent
STATIC = WEB / "static"
TEMPLATES = [*WEB.rglob("*.html"), *(WEB.parent / "command").rglob("*.html")]
PASSWORD = "correct-horse-2022"


@pytest.fixture
def user() -> User:
    Place.objects.create(code="141022", level="county", name="翼城县", plain="翼城")
    user = User.objects.create_user("duty", password=PASSWORD)
    account = accounts.make_account("duty", PASSWORD, title="值班", by="test")
    mandates.grant(account, "county_office", "141022", by="test")
    return user


def enter(client: Client, password: str, **more: str):
    return client.post("/login", {"username": "duty", "password": password, **more})


def test_passwords_are_kept_by_argon2(user):
    assert user.password.startswith("argon2$argon2id$")


def test_the_log_in_leads_to_the_board_or_back_to_the_page(client, user):
    assert enter(client, PASSWORD)["Location"] == "/"
    client.logout()
    assert enter(client, PASSWORD, next="/gaps?day=all")["Location"] == "/gaps?day=all"
    client.logout()
    assert enter(client, PASSWORD, next="https://elsewhere.example/")["Location"] == "/"


def test_a_wrong_password_is_said_in_words_without_telling_which_part_was_wrong(client, user):
    page = enter(client, "wrong").content.decode()
    assert "用户名或密码不对" in page
    assert "wrong" not in page.replace('id="wrong"', "").replace('"wrong"', "")


def test_too_many_wrong_passwords_lock_for_a_while_and_say_so(client, user):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = enter(client, "wrong")
    assert answer.status_code == 429
    assert "15 分钟后再试" in answer.content.decode()
    assert enter(client, PASSWORD).status_code == 429


def test_log_out_is_a_post(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/logout").status_code == 405
    assert client.post("/logout")["Location"] == "/login"
    assert client.get("/").status_code == 302


def test_chinese_is_spoken_whatever_the_browser_asks_for(client):
    page = client.get("/login", headers={"Accept-Language": "en-GB"})
    assert 'lang="zh-Hans"' in page.content.decode()
    assert page["Content-Language"] == "zh-hans"


def test_english_is_spoken_to_whoever_chose_it(client):
    assert client.post("/language", {"language": "en", "next": "/login"})["Location"] == "/login"
    page = client.get("/login").content.decode()
    assert '<html lang="en">' in page
    assert "Password" in page


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_choice_of_language_never_leads_to_another_host(client, back):
    assert client.post("/language", {"language": "xx", "next": back})["Location"] == "/"


def test_an_account_without_a_scope_is_told_what_to_do(client):
    client.force_login(
        User.objects.create(username="new"), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get("/")
    assert page.status_code == 403
    assert "没有任何授权" in page.content.decode()


def test_a_page_that_is_not_there_says_what_to_do_logged_in_or_not(client, user):
    for _ in range(2):
        page = client.get("/nowhere")
        assert page.status_code == 404
        assert "请从导航重新进入" in page.content.decode()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def test_a_request_for_another_host_is_refused_in_words(client):
    page = client.get("/", headers={"Host": "elsewhere.example"})
    assert page.status_code == 400
    assert "这个请求看不懂" in page.content.decode()


def test_an_expired_form_says_that_nothing_took_effect(user):
    client = Client(enforce_csrf_checks=True)
    page = client.post("/login", {"username": "duty", "password": PASSWORD})
    assert page.status_code == 403
    assert "没有生效" in page.content.decode()


def test_a_failure_is_said_without_database_or_session(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = views.server_error(rf.get("/"))
    assert page.status_code == 500
    assert "请一分钟后重试" in page.content.decode()
    assert "try again in a minute" in page.content.decode()


def test_pages_allow_nothing_from_elsewhere_and_nothing_inline(client):
    policy = client.get("/login")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_pages_are_compressed_for_whoever_can_read_it_and_padded(client):
    pages = [client.get("/login", headers={"Accept-Encoding": "gzip"}) for _ in range(20)]
    assert pages[0]["Content-Encoding"] == "gzip"
    assert "<html" in gzip.decompress(pages[0].content).decode()
    assert len({len(page.content) for page in pages}) > 1


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_no_inline_style_or_script_and_no_other_host(template):
    text = re.sub(r"\{[%{].*?[%}]\}", "", template.read_text())
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|hx-on|href=.javascript", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href|action)=.https?:", text)


@pytest.mark.parametrize(
    "vendor", [STATIC / "vendor", WEB.parents[2] / "tests/vendor"], ids=["served", "tests"]
)
def test_vendored_files_are_the_ones_that_were_checked(vendor):
    lines = (vendor / "SHA256SUMS").read_text().splitlines()
    assert lines
    for line in lines:
        digest, name = line.split()
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest


def test_every_icon_that_a_page_shows_is_in_the_sprite():
    sprite = (STATIC / "vendor/lucide/icons.svg").read_text()
    named = re.compile(
        r'icon[ =]"([a-z0-9-]+)"|mark "\w+" "([a-z0-9-]+)"|(?:icon|mark)\([^)]*?"([a-z0-9-]+)"\)'
    )
    sources = [*TEMPLATES, *WEB.glob("*.py")]
    shown = {name for path in sources for names in named.findall(path.read_text()) for name in names if name}
    shown |= {look.icon for look in LOOKS.values()} | {door.icon for door in DOORS}
    assert len(shown) > 30
    assert not {name for name in shown if f'id="{name}"' not in sprite}
    assert sprite.count("<symbol") <= 60
