import gzip
import html
import json
import re
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

from data.texts.catalogue import languages, texts_in
from model.labelling.hair import Reason
from serve.advice.questionnaire import questions
from serve.advice.rules import Strength
from serve.api.page_files import WEB as PAGE
from serve.api.page_files import page_files, page_version, shell_files
from serve.app import create_app
from serve.settings import Settings
from tests.helpers.serve.fake_scorer import FakeScorer

HTML = sorted((PAGE / "templates").glob("*.html"))
SCRIPTS = sorted(PAGE.rglob("*.js"))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), FakeScorer())) as client:
        yield client


@pytest.mark.parametrize("address", ["/", "/docs", "/operator"])
def test_a_page_is_served_with_all_it_asks_for(client: TestClient, address: str) -> None:
    page = client.get(address)
    assert page.headers["content-type"].startswith("text/html")
    asked = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert len(asked) >= 4
    assert all(client.get(urljoin(address, each)).status_code == 200 for each in asked)


def test_files_may_be_stored_under_the_version_that_names_their_content(client: TestClient) -> None:
    for name in page_files():
        file = client.get(f"/page/{page_version()}/{name}")
        assert file.content == (PAGE / name).read_bytes()
        assert "immutable" in file.headers["cache-control"]
    for path in (
        "styles/page.css",
        "0123456789ab/styles/page.css",
    ):  # by hand, and of an older version
        file = client.get(f"/page/{path}")
        assert (file.status_code, file.headers["cache-control"]) == (200, "no-cache")
    assert client.get(f"/page/{page_version()}/none.css").status_code == 404


def test_text_is_sent_compressed(client: TestClient) -> None:
    for address in ("/", "/page/styles/page.css", "/openapi.json"):
        assert client.get(address).headers["content-encoding"] == "gzip"
    plain = client.get("/page/styles/page.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_the_page_installs_and_stores_its_own_files_alone(client: TestClient) -> None:
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "./"
    assert all(client.get(f"/{icon['src']}").status_code == 200 for icon in manifest["icons"])
    script = client.get("/service_worker.js")
    assert script.headers["cache-control"] == "no-cache"
    stored = json.loads(re.search(r"const FILES = (\[.*?\])", script.text)[1])  # type: ignore[index]
    assert stored == [f"page/{page_version()}/{path}" for path in shell_files()]
    assert all(client.get(f"/{path}").status_code == 200 for path in stored)
    assert not any(path.endswith(".jpg") or "/operator/" in path for path in stored)


@pytest.mark.parametrize(("accepted", "language"), [("de-CH,en;q=0.5", "de"), ("fr", "en")])
def test_the_page_is_in_the_language_of_the_browser(
    client: TestClient, accepted: str, language: str
) -> None:
    page = client.get("/", headers={"Accept-Language": accepted})
    assert page.headers["content-language"] == language
    assert "Accept-Language" in page.headers["vary"]
    assert f'<html lang="{language}">' in page.text
    inside = page.text.partition('id="texts">')[2].partition("</script>")[0]
    catalogue = json.loads(inside)
    assert catalogue["language"] == language
    assert catalogue["texts"]["page"] == texts_in(language).section("page")


@pytest.mark.parametrize("file", [*HTML, *SCRIPTS], ids=lambda path: path.name)
def test_addresses_are_relative_so_that_a_prefix_may_precede_them(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"""["'`(]/(v1|page|docs|openapi|#)|href="/""", text)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_import_only_what_is_there(client: TestClient, script: Path) -> None:
    served = client.get(f"/page/{script.relative_to(PAGE).as_posix()}")
    assert "javascript" in served.headers["content-type"]
    for imported in re.findall(r'from "(\.[^"]+)"', served.text):
        assert (script.parent / imported).is_file()


def test_no_folder_of_the_page_holds_more_than_15_files() -> None:
    folders = {PAGE, *(path for path in PAGE.rglob("*") if path.is_dir())}
    assert all(sum(file.is_file() for file in folder.iterdir()) <= 15 for folder in folders)


def test_the_policy_lets_nothing_in_from_elsewhere(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:", policy)


@pytest.mark.parametrize("page", HTML, ids=lambda path: path.name)
def test_markup_has_nothing_that_the_policy_would_stop(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r'\sstyle="|\son\w+="|<style|https?://', text)
    scripts = [tag for tag in re.findall(r"<script[^>]*>", text) if "application/json" not in tag]
    assert all("src=" in tag for tag in scripts)


def test_no_text_becomes_markup() -> None:
    for script in SCRIPTS:
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in text


def test_the_page_has_the_questions_and_their_texts(client: TestClient) -> None:
    inside = client.get("/").text.partition('id="texts">')[2].partition("</script>")[0]
    catalogue = json.loads(inside)
    assert [each["field"] for each in catalogue["questions"]] == [q.field for q in questions()]
    for question in catalogue["questions"]:
        texts = catalogue["texts"]["questions"][question["field"]]
        assert set(question.get("options", ())) <= set(texts.get("options", ()))


def test_the_page_names_all_reasons_and_strengths() -> None:
    for name, closed in (("page.reason", Reason), ("strength", Strength)):
        assert set(texts_in().section(name)) >= {each.value for each in closed}, name


@pytest.mark.parametrize("language", languages())
def test_every_text_that_the_page_names_is_there(language: str) -> None:
    texts = texts_in(language)
    for file in [*HTML, *SCRIPTS]:
        for name in re.findall(r'["`]((?:page|operator)(?:\.\w+)+)["`]', file.read_text("utf-8")):
            assert name in texts, f"{file.name}: {name}"


def test_the_page_says_what_it_cannot_know(client: TestClient) -> None:
    for part in ("start.honest", "start.why", "privacy.text"):
        assert texts_in()(f"page.{part}") in html.unescape(client.get("/").text)


def test_operators_and_programmers_have_pages_of_their_own(client: TestClient) -> None:
    start = client.get("/").text.partition('<section id="start"')[2].partition("</section>")[0]
    assert "href=" not in start
    assert 'href="operator"' in client.get("/docs").text
    assert 'href="docs"' in client.get("/operator").text


def test_the_first_screen_is_light(client: TestClient) -> None:
    """Under 80 kB compressed for all that opens offline, and few requests before the first tap."""
    sizes = {path: len(gzip.compress((PAGE / path).read_bytes())) for path in shell_files()}
    assert sum(sizes.values()) + len(gzip.compress(client.get("/").content)) < 80_000
    waiting, at_once = ["app.js"], set()
    while waiting:
        script = waiting.pop()
        at_once.add(script)
        text = (PAGE / script).read_text("utf-8")
        imported = re.findall(r'^import .* from "(\.[^"]+)"', text, re.M)
        paths = [normpath(Path(script).parent / each) for each in imported]
        waiting += [path for path in paths if path not in at_once]
    assert len(at_once) <= 8


def test_every_control_has_a_label(client: TestClient) -> None:
    text = client.get("/").text
    for name in re.findall(r'<input id="(\w+)"', text):
        assert f'for="{name}"' in text
    assert all("aria-label=" in tag for tag in re.findall(r'<svg [^>]*role="img"[^>]*>', text))
    assert 'aria-live="polite"' in text
