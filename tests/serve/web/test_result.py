"""The page in a browser: the result, photos added to it, and what is taken along."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.browser import DESKTOP, PHONE, Person, answered, photo_at
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.page_profiles import words_and_height

pytestmark = pytest.mark.slow
MOST_WORDS, MOST_SCREENS = 150, 3


def shows(person: Person, **counts: int) -> None:
    """Waits until the share counts these hairs by kind; kinds without a hair are not named."""
    person.page.wait_for_function(
        """(counts) => JSON.stringify(counts) === JSON.stringify(Object.fromEntries(
          [...document.querySelectorAll("#share .counts li")]
            .map((item) => [item.dataset.kind, parseInt(item.lastChild.data, 10)])))""",
        arg=counts,
    )


@pytest.mark.parametrize("scorer", [FakeScorer(), FakeScorer(3, 1, 2)], ids=["many", "few"])
def test_a_result_has_few_words_and_three_screens_before_more(
    browser: Any, tmp_path: Path, scorer: FakeScorer
) -> None:
    with answered(browser, photo_at(tmp_path), PHONE, scorer) as person:
        words, height = words_and_height(person.page)
        assert words <= MOST_WORDS
        assert height <= MOST_SCREENS * PHONE["height"]
        assert person.page.is_visible("#photos .hair >> nth=0")
        assert person.page.locator("#advice > li").count() <= 3
        assert not person.page.is_visible("#more h2 >> nth=0")
        person.page.click("#more > summary")
        parts = person.page.locator("#more > section:visible")
        assert all(part.inner_text().strip() for part in parts.all())  # no empty box


def test_photos_are_added_one_after_the_other(browser: Any, tmp_path: Path) -> None:
    other = tmp_path / "b" / "hairs.jpg"
    other.parent.mkdir()
    other.write_bytes(encoded(scene(640, 480)))
    with answered(browser, photo_at(tmp_path), PHONE, FakeScorer(3, 1, 2)) as person:
        page = person.page
        shows(person, telogen=3, misshapen=1, unsure=2)
        verdict = page.inner_text("#verdict")
        for photo in (other, tmp_path / "hairs.jpg"):
            with page.expect_file_chooser() as chooser:
                page.click("#add")
            chooser.value.set_files(str(photo))
            page.wait_for_selector("#adding:visible")
            page.click("[data-roots=true]")
            page.wait_for_selector("#answer:visible")
        shows(person, telogen=6, misshapen=2, unsure=4)  # the first photo came twice
        assert page.inner_text("#verdict") != verdict  # ten roots are enough for one
        assert page.locator(".tab").count() == 3
        assert "hairs (2).jpg" in page.get_attribute(".tab >> nth=1", "aria-label")
        assert "hairs.jpg" in page.inner_text("#photos")  # which the third repeats
        page.click(".tab >> nth=0")
        assert page.locator("#photos .hair").count() == 6
        page.go_back()
        page.wait_for_selector("#start:visible")
        page.click("#back-to-result")
        page.wait_for_selector("#answer:visible")


def test_a_photo_without_hairs_has_its_own_page(browser: Any, tmp_path: Path) -> None:
    with answered(
        browser, photo_at(tmp_path), PHONE, FakeScorer(0, 0, 0), waits_for="#nothing:visible"
    ) as person:
        page = person.page
        assert page.locator("#nothing li").count() == 4  # three rules and the finding
        assert not page.is_visible("#answer")
        assert not page.is_visible("#print")
        assert page.is_visible("#nothing [data-pick=take]")


def test_an_answer_changes_the_advice_without_sending_the_photo_again(
    browser: Any, tmp_path: Path
) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        person.answer(setting="none", shedding="slight", density_loss="false", scalp_signs="pus")
        page.wait_for_selector("#advice .red_flag")
        assert page.locator("#questions fieldset").count() == 4  # no more is asked
        sent = {url.rpartition("/v1/")[2] for url in asked if url.startswith("http")}
        assert sent == {"advice"}
        assert set(
            page.eval_on_selector_all("#advice > li", "(all) => all.map((li) => li.className)")
        ) == {"red_flag"}
        top = [page.locator(part).bounding_box()["y"] for part in ("#advice", "#verdict")]
        assert top == sorted(top)


def test_questions_branch_and_say_at_the_field_what_cannot_be(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        fields = "(all) => all.map((node) => node.dataset.field)"

        def asked() -> list[str]:
            return list(page.eval_on_selector_all("#questions fieldset", fields))

        person.answer(setting="home")
        assert asked() == ["setting", "needle_mm"]
        page.fill("[name=needle_mm]", "99")
        page.locator("[name=needle_mm]").blur()
        page.wait_for_selector("#wrong-needle_mm:visible")
        assert len(asked()) == 2
        page.fill("[name=needle_mm]", "0.5")
        page.locator("[name=needle_mm]").blur()
        page.wait_for_selector("#wrong-needle_mm", state="hidden")
        person.answer(shedding="slight")
        page.click("[data-field=density_loss] .skip")
        assert asked()[-1] == "scalp_signs"
        person.answer(setting="none")
        assert asked() == ["setting", "shedding", "density_loss", "scalp_signs"]
        person.answer(scalp_signs="none", recent_events="none")
        assert asked()[-1] == "shedding_over_six_months"


def test_a_finding_is_drawn_and_shown_where_it_is(browser: Any, tmp_path: Path) -> None:
    """The photo is blurred in the box of 10 x 10 pixels in its upper left corner."""
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        assert page.locator(".surface .finding text").text_content() == "!1"
        page.click(".findings summary")
        assert "!1 Out of focus: 3 of 22 hair ends." in page.inner_text(".findings")
        page.click(".findings .link")
        assert page.get_attribute(".surface", "data-scale") == "16.00"
        corner = page.locator(".surface .finding rect").first.bounding_box()
        surface = page.locator(".surface").bounding_box()
        assert corner["x"] == pytest.approx(surface["x"], abs=15)
        assert corner["width"] == pytest.approx(10 * 16 * surface["width"] / 800, abs=20)


def test_downloads_tell_machine_and_person_apart_and_number_hairs_as_the_page(
    browser: Any, tmp_path: Path
) -> None:
    with answered(browser, photo_at(tmp_path, "=1+1,.jpg"), DESKTOP) as person:
        page = person.page
        page.click("[data-step='1']")
        assert "Hair 1 of 22" in page.inner_text(".hair-card h3")
        page.click(".hair-card .say[data-kind=misshapen]")
        page.click(".other-end")
        page.click("#more > summary")
        shows(person, telogen=18, misshapen=2, unsure=2)
        with page.expect_download() as download:
            page.click("#json")
        answer = json.loads(download.value.path().read_text("utf-8"))
        first, second = answer["photos"][0]["hairs"][:2]
        assert (first["label"], first["corrected_label"]) == ("telogen", "misshapen")
        assert first["corrected_root"] == {"x": 800, "y": first["ends"][1]["y"]}
        assert "corrected_label" not in second
        assert answer["pool"]["misshapen"] == 2
        with page.expect_download() as download:
            page.click("#csv")
        rows = list(csv.DictReader(download.value.path().open(encoding="utf-8", newline="")))
        assert [(row["hair"], row["id"]) for row in rows[:2]] == [("1", "0"), ("2", "1")]
        assert len(rows) == 22
        assert rows[0]["photo"] == "'=1+1,.jpg"
        assert (rows[0]["labelled_by"], rows[0]["corrected_label"]) == ("person", "misshapen")
        assert (rows[1]["labelled_by"], rows[1]["corrected_label"]) == ("machine", "")


def test_one_page_is_printed_for_a_doctor(browser: Any, tmp_path: Path) -> None:
    with answered(browser, photo_at(tmp_path), DESKTOP) as person:
        page = person.page
        person.answer(setting="home")
        page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")
        page.click("#print")
        page.wait_for_selector("body[data-printed]")
        page.emulate_media(media="print")
        sheet = page.locator("#sheet")
        assert page.inner_text("#verdict") in sheet.inner_text()
        assert page.locator(".sheet-answers dt").count() >= 1
        numbers = [str(number) for number in range(1, 23)]
        assert page.locator("#sheet .stage .hair text").all_text_contents() == numbers
        assert page.locator(".sheet-roots text").all_text_contents() == numbers
        assert page.locator("#sheet canvas[data-ring]").count() == 22  # all are drawn
        assert "fake 0" in sheet.inner_text()
        assert not page.is_visible("#answer")
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_unsaved_corrections_warn_and_come_back_with_their_photo(
    browser: Any, tmp_path: Path
) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        address = page.url
        page.click("[data-step='1']")
        page.click(".hair-card .say[data-kind=no_bulb]")
        page.click(".steps [data-step='1']")
        page.click(".hair-card .right")
        shows(person, telogen=18, misshapen=1, no_bulb=1, unsure=2)
        warned: list[str] = []
        page.once("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
        page.reload()
        assert warned == ["beforeunload"]
        person.send(address, tmp_path / "hairs.jpg")
        shows(person, telogen=18, misshapen=1, no_bulb=1, unsure=2)
        assert page.is_visible("#restored")
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("#again")
        page.wait_for_selector("#start:visible")
        person.send(address, tmp_path / "hairs.jpg")
        shows(person, telogen=19, misshapen=1, unsure=2)
        assert not page.is_visible("#restored")


def test_starting_again_is_confirmed_if_corrections_would_be_lost(
    browser: Any, tmp_path: Path
) -> None:
    with answered(browser, photo_at(tmp_path), PHONE) as person:
        page = person.page
        page.click("[data-step='1']")
        page.click(".hair-card .say[data-kind=misshapen]")
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.click("#again")
        assert page.is_visible("#result")
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("#again")
        assert not page.is_visible("#result")
        assert page.locator("#chosen li").count() == 0
