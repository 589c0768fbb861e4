"""The colours of base.css, held to the numbers that were promised for them."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from bulou.web import views
from bulou.web.statuses import LOOKS
from bulou.web.tests.colours import contrast, distance, lab

SHEET = (Path(views.__file__).parent / "static/bulou/base.css").read_text()
TEXT, SHAPE = 4.5, 3.0
GROUNDS = ("card", "page", "head", "hover")
TINTS = [f"{key}-tint" for key in LOOKS]


def block(selector: str) -> dict[str, str]:
    """The tokens that a rule of the sheet sets."""
    body = re.search(re.escape(selector) + r"\s*\{(.*?)\}", SHEET, re.S)
    assert body, selector
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", body[1]))


LIGHT = block(":root")
CHOSEN_DARK = block(":root[data-theme=dark]")
DARK = LIGHT | CHOSEN_DARK
THEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])


def test_dark_by_choice_and_dark_by_system_are_the_same_and_complete():
    assert block(":root:not([data-theme=light])") == CHOSEN_DARK
    assert set(CHOSEN_DARK) == set(LIGHT)


@THEMES
@pytest.mark.parametrize("ground", [*GROUNDS, *TINTS])
@pytest.mark.parametrize("text", ["ink", "muted", "link"])
def test_text_can_be_read_on_every_ground(tokens, text, ground):
    assert contrast(tokens[text], tokens[ground]) >= TEXT


@THEMES
@pytest.mark.parametrize("solid", ["link", "link-strong", "overdue", "met"])
def test_text_can_be_read_on_solid_fills(tokens, solid):
    assert contrast(tokens["on-solid"], tokens[solid]) >= TEXT


@THEMES
@pytest.mark.parametrize("ground", ["card", "page"])
def test_edges_of_controls_and_the_focus_are_seen(tokens, ground):
    for line in ("edge", "focus"):
        assert contrast(tokens[line], tokens[ground]) >= SHAPE


@THEMES
@pytest.mark.parametrize("key", list(LOOKS))
def test_icons_and_bars_are_seen_on_their_tint_and_on_the_card(tokens, key):
    assert contrast(tokens[key], tokens[f"{key}-tint"]) >= SHAPE
    assert contrast(tokens[key], tokens["card"]) >= TEXT


@THEMES
@pytest.mark.parametrize(
    ("eyes", "least"), [("normal", 19.4), ("protan", 16.3), ("deutan", 14.8), ("tritan", 14.2)]
)
def test_no_two_statuses_look_alike_to_any_eyes(tokens, eyes, least):
    apart = [
        distance(lab(tokens[one], eyes), lab(tokens[other], eyes)) for one, other in combinations(LOOKS, 2)
    ]
    assert min(apart) >= least


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ],
)
def test_the_distance_is_the_published_one(one, other, published):
    assert distance(one, other) == pytest.approx(published, abs=1e-4)
    assert distance(other, one) == pytest.approx(published, abs=1e-4)


def test_contrast_is_from_1_to_21():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777") == 1
