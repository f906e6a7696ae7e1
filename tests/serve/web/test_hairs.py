"""The page in a browser: the photo with its hairs, taps on them, and corrections."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from data.images.photo import Photo
from model.labelling.hair import Hair, Label
from model.scorer import Scorer
from serve.settings import Settings
from tests.helpers.hostile_files import encoded, oriented, scene
from tests.helpers.serve.browser import DESKTOP, PHONE, Person, answered, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer, hair_at
from tests.helpers.serve.running_server import running_server
from tests.serve.web.test_result import shows

pytestmark = pytest.mark.slow
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.jpg"))


@dataclass(frozen=True)
class CrowdedScorer(FakeScorer):
    """Finds hairs whose roots lie together in twos and threes, and at the edge of the photo."""

    def _hairs(self, photo: Photo, roots_in_view: bool) -> tuple[Hair, ...]:
        places = [
            (80, 100),
            (80, 100),
            (84, 101),
            (80, 300),
            (90, 306),
            (2, 2),
            (1, 598),
            (400, 599),
        ]
        return tuple(hair_at(Label.TELOGEN, photo, x, y) for x, y in places)


MIDDLE = """(selector) => {
  const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""
"""In one step, because the page draws its marks again whenever the picture has moved."""


def missed_badges(person: Person) -> list[str]:
    """Taps on each badge; the numbers of hairs whose badge opened another hair, or none."""
    page = person.page
    missed = []
    numbers = page.eval_on_selector_all(
        ".surface .hair", "(all) => all.map((hair) => hair.dataset.hair)"
    )
    for number in numbers:
        page.locator(".surface").scroll_into_view_if_needed()
        place = page.evaluate(MIDDLE, f".surface .marker[data-hair='{number}'] .mark")
        page.mouse.click(*place)
        chosen = page.locator(".surface .hair.chosen")
        if not chosen.count() or chosen.get_attribute("data-hair") != number:
            missed.append(number)
        page.wait_for_timeout(450)  # or two taps near each other would enlarge the picture
    return missed


@SIZES
@pytest.mark.parametrize("scorer", [FakeScorer(), CrowdedScorer()], ids=["row", "crowded"])
def test_a_tap_on_a_badge_opens_its_hair(
    browser: Any, tmp_path: Path, size: dict[str, int], scorer: FakeScorer
) -> None:
    with answered(browser, photo_at(tmp_path), size, scorer) as person:
        assert missed_badges(person) == []


def test_a_tap_on_a_badge_opens_its_hair_in_all_example_photos(browser: Any) -> None:
    with running_server(Settings(), Scorer.shipped()) as address:
        person = Person(browser, PHONE)
        person.page.set_default_timeout(90_000)
        person.page.goto(address)
        person.choose(*EXAMPLES)
        person.page.click("[data-roots=true]")
        person.page.wait_for_selector("#photos .photo")
        for tab in range(len(EXAMPLES)):
            person.page.click(f".tab >> nth={tab}")
            person.page.wait_for_timeout(300)
            assert missed_badges(person) == [], EXAMPLES[tab].name
        assert person.troubles == []
        person.context.close()


@SIZES
def test_a_person_enlarges_moves_hides_marks_and_taps_a_hair(
    browser: Any, tmp_path: Path, size: dict[str, int]
) -> None:
    with answered(browser, photo_at(tmp_path), size) as person:
        page = person.page
        surface = page.locator(".surface")

        def scale() -> float:
            return float(surface.get_attribute("data-scale"))

        page.click("[aria-label=Closer]")
        assert scale() == 1.5
        page.click("[aria-label=Farther]")
        surface.focus()
        page.keyboard.press("+")
        page.keyboard.press("+")
        assert scale() == 2.25
        before = page.locator(".surface .stage").get_attribute("style")
        page.keyboard.press("ArrowRight")
        assert page.locator(".surface .stage").get_attribute("style") != before
        page.keyboard.press("0")
        assert scale() == 1
        surface.hover()
        page.mouse.wheel(0, -300)
        page.wait_for_function("Number(document.querySelector('.surface').dataset.scale) > 2")
        page.keyboard.press("0")
        box = surface.bounding_box()
        surface.dblclick(position={"x": box["width"] * 0.7, "y": box["height"] * 0.5})
        assert scale() == 2.5
        surface.dblclick(position={"x": box["width"] * 0.7, "y": box["height"] * 0.5})
        assert scale() == 1
        page.click("[aria-label='Hide the marks']")
        assert (
            page.locator(".surface .hair .line >> nth=0").evaluate(
                "(line) => getComputedStyle(line).visibility"
            )
            == "hidden"
        )
        page.click("[aria-label='Hide the marks']")
        page.wait_for_timeout(450)
        surface.click(position={"x": box["width"] / 2, "y": box["height"] * 3 / 23})
        assert "Hair 3 of 22" in page.inner_text(".hair-card h3")
        assert "94%" in page.inner_text(".hair-card .told")
        page.click("[aria-label='Full screen']")
        whole = page.locator(".whole-screen .surface").bounding_box()
        assert whole["width"] > 0.9 * size["width"] or whole["height"] > 0.7 * size["height"]
        assert "Hair 3 of 22" in page.inner_text(".caption")
        page.keyboard.press("Escape")
        page.wait_for_selector(".whole-screen", state="hidden")


def test_the_photo_is_wide_on_a_desktop_with_the_hair_beside_it(
    browser: Any, tmp_path: Path
) -> None:
    with answered(browser, photo_at(tmp_path), DESKTOP) as person:
        page = person.page
        page.click("[data-step='1']")
        photo, card = (page.locator(part).bounding_box() for part in (".surface", ".hair-card"))
        assert photo["width"] > 600
        assert card["x"] > photo["x"] + photo["width"]
        assert page.evaluate("document.documentElement.scrollWidth") == DESKTOP["width"]


def test_two_fingers_enlarge_the_picture(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), PHONE, has_touch=True) as person:
        page = person.page
        page.locator(".surface").scroll_into_view_if_needed()
        box = page.locator(".surface").bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        touch = person.context.new_cdp_session(page)
        for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60)):
            points = [
                {"x": middle[0] + side * apart, "y": middle[1], "id": side} for side in (1, -1)
            ]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert float(page.locator(".surface").get_attribute("data-scale")) == pytest.approx(3, 0.05)


def pixel(person: Person, canvas: str) -> list[int]:
    """Red, green, blue in a canvas of 640 x 384 left of its middle, once something is drawn."""
    read = """(place) => {
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      context.drawImage(document.querySelector(place), -240, -192);
      const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
      return alpha && [red, green, blue];
    }"""
    drawn: list[int] = person.page.wait_for_function(read, arg=canvas).json_value()
    return drawn


def test_a_crop_is_cut_from_the_upright_photo(browser: Any, tmp_path: Path) -> None:
    """The upper left quarter is red, whichever way the camera stored the picture."""
    stored, exif = oriented(scene(800, 600), 6)
    photo = tmp_path / "turned.jpg"
    photo.write_bytes(encoded(stored, exif=exif))
    with answered(browser, photo, DESKTOP) as person:
        person.page.click("[data-step='1']")
        assert pixel(person, ".hair-card canvas") == pytest.approx([200, 30, 30], abs=12)


def test_a_crop_shows_the_outline_of_the_root_and_a_ring_where_two_hairs_are(
    browser: Any, tmp_path: Path
) -> None:
    def answered_with_outline(page: Any) -> None:
        page.add_init_script(
            """const type = XMLHttpRequest.prototype;
            const { get } = Object.getOwnPropertyDescriptor(type, "response");
            Object.defineProperty(type, "response", { get() {
              const answer = get.call(this);
              const hair = answer?.photos?.[0].hairs[0];
              if (hair) {
                const { x, y } = hair.root;
                hair.root_outline = [[x, y - 5], [x + 12, y], [x, y + 5]];
              }
              return answer;
            } });"""
        )

    with answered(browser, photo_at(tmp_path), DESKTOP, before=answered_with_outline) as person:
        page = person.page
        page.click("[data-step='1']")
        page.wait_for_selector(".hair-card canvas[data-outline=true][data-ring=true]")
        page.click(".other-end")  # then the outline is not of this end
        page.wait_for_selector(".hair-card canvas[data-outline=false]")
    with answered(browser, photo_at(tmp_path), DESKTOP, FakeScorer(2, 0, 0)) as person:
        person.page.click("[data-step='1']")
        person.page.wait_for_selector(".hair-card canvas[data-outline=false][data-ring=false]")


@SIZES
def test_hairs_are_corrected_by_keyboard_alone(
    browser: Any, tmp_path: Path, size: dict[str, int]
) -> None:
    with answered(browser, photo_at(tmp_path), size) as person:
        page = person.page
        page.focus("#more > summary")
        page.keyboard.press("Enter")
        page.focus("#open-review")
        page.keyboard.press("Enter")
        # The two unsure hairs, numbers 21 and 22, come first, then the misshapen one.
        assert "hair 21:" in page.evaluate("document.activeElement.ariaLabel")
        for key in ("2", "4", "s"):
            page.keyboard.press(key)
        shows(person, telogen=19, misshapen=2)
        assert page.is_visible(".review-bar .counts")
        page.keyboard.press("u")
        shows(person, telogen=19, misshapen=2, unsure=1)
        assert "hair 22:" in page.evaluate("document.activeElement.ariaLabel")
        page.keyboard.press("ArrowLeft")
        assert "by you" in page.evaluate("document.activeElement.ariaLabel")
        page.keyboard.press("u")
        page.keyboard.press("u")
        person.say("There is nothing to undo.")
        shows(person, telogen=19, misshapen=1, unsure=2)
        page.keyboard.press("r")  # looks right, which is said of no unsure root
        shows(person, telogen=19, misshapen=1, unsure=2)


def test_a_tap_filters_labels_confirms_moves_the_root_and_undoes(
    browser: Any, tmp_path: Path
) -> None:
    with answered(browser, photo_at(tmp_path), PHONE, has_touch=True, is_mobile=True) as person:
        page = person.page
        page.tap(".chip:has(.misshapen)")
        assert page.locator(".surface .hair").count() == 1
        page.tap(".chip >> nth=0")
        page.tap("[data-step='1']")
        page.tap(".hair-card .right")
        assert "Hair 2 of 22" in page.inner_text(".hair-card h3")
        assert page.locator(".surface .marker.person.telogen .ring").count() == 1
        assert page.is_visible("#standing .counts")
        page.tap(".hair-card .say[data-kind=no_bulb]")
        assert page.locator(".hair-card .say img").count() == 5
        shows(person, telogen=18, misshapen=1, no_bulb=1, unsure=2)
        assert "94%" in page.inner_text(".hair-card .told")
        page.tap(".other-end")
        assert "%" not in page.inner_text(".hair-card .told")
        for _ in range(3):
            page.tap(".steps [data-step=undo]")
        assert not page.is_visible(".steps [data-step=undo]")
        shows(person, telogen=19, misshapen=1, unsure=2)


@pytest.mark.parametrize("by_keys", [True, False])
def test_a_missed_root_is_marked(browser: Any, tmp_path: Path, by_keys: bool) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        page.click("[data-step=mark]")
        if by_keys:
            page.keyboard.press("Enter")
        else:
            page.locator(".surface").click()
        page.click(".labels .say[data-kind=misshapen]")
        assert "Hair 23 of 23" in page.inner_text(".hair-card h3")
        shows(person, telogen=19, misshapen=2, unsure=2)
        page.click(".steps [data-step=undo]")
        shows(person, telogen=19, misshapen=1, unsure=2)


def test_no_outline_is_drawn_over_a_badge(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), PHONE, CrowdedScorer()) as person:
        layers = person.page.eval_on_selector_all(
            ".surface .hair, .surface .marker", "(all) => all.map((each) => each.classList[0])"
        )
        assert set(layers) == {"hair", "marker"}
        assert layers == sorted(layers)
