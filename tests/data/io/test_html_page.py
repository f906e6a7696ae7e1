import re
from html.parser import HTMLParser

import numpy as np
import pytest
from markupsafe import Markup

from data.io.html_page import (
    bullets,
    gallery,
    heading,
    image,
    page,
    paragraph,
    plots,
    soft,
    table,
    tiles,
)

PIXELS = np.full((2, 3, 3), 90, np.uint8)
VOID = {"meta", "img"}
STRUCTURE = """
html(lang=en)
  head
    meta(charset=utf-8)
    meta(name=viewport)
    title 'Hairs & roots'
    style
  body
    h1 'Hairs & roots'
    h2 'Totals'
    div.tiles
      div
        b '3'
        span 'photos'
    p.warning 'Run' 'again.'
      code 'shedlight score'
    ul
      li 'one'
      li 'two'
    div.scroll
      table.numeric
        thead
          tr
            th(scope=col) 'width'
            th(scope=col) 'right'
        tbody
          tr
            td '4 px'
            td
              span.soft 'too few (2)'
    div.gallery
      figure
        img(alt=)
        figcaption 'club'
      figure
        figcaption 'no photo'
    div.plots
      figure
        h3 'anna'
        svg
    img(alt=loss)
"""


class Structure(HTMLParser):
    """An outline of a page: its elements with classes and a few attributes, and their texts."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.open: list[int] = []
        self.feed(re.sub("<style>.*</style>", "<style></style>", content, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        kind = f".{named['class']}" if "class" in named else ""
        shown = [f"({k}={named[k]})" for k in ("lang", "charset", "name", "scope") if k in named]
        alt = [f"(alt={named['alt']})"] if "alt" in named else []
        self.lines.append("  " * len(self.open) + tag + kind + "".join(shown + alt))
        if tag not in VOID:
            self.open.append(len(self.lines) - 1)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.lines[self.open[-1]] += f" {data.strip()!r}"


def test_a_page_has_this_structure() -> None:
    content = page(
        "Hairs & roots",
        [
            heading("Totals"),
            tiles([("3", "photos")]),
            paragraph("Run `shedlight score` again.", "warning"),
            bullets(["one", "two"]),
            table(["width", "right"], [["4 px", soft("too few (2)")]], numeric=True),
            gallery([(PIXELS, "club"), (None, "no photo")]),
            plots([("anna", Markup("<svg></svg>"))]),
            image(b"png", "image/png", "loss"),
        ],
    )
    assert content.startswith("<!doctype html>")
    assert Structure(content).lines == STRUCTURE.strip().splitlines()


@pytest.mark.parametrize(
    "part",
    [
        heading("<b>"),
        paragraph("`<b>` <b>"),
        bullets(["<b>"]),
        tiles([("<b>", "<b>")]),
        table(["<b>"], [["<b>", soft("<b>")]]),
        gallery([(None, "<b>")]),
        plots([("<b>", Markup())]),
        image(b"", "image/png", '"><b>'),
    ],
)
def test_texts_cannot_become_html(part: Markup) -> None:
    content = page("</title><b>", [part])
    assert "<b>" not in content.replace("<div><b>&lt;b&gt;</b>", "")
    assert "&lt;b&gt;" in content


def test_a_part_that_is_no_markup_is_escaped() -> None:
    assert "&lt;p&gt;" in page("", ["<p>"])  # type: ignore[list-item]


def test_a_page_needs_nothing_from_elsewhere() -> None:
    content = page("Crops", [gallery([(PIXELS, "club")]), image(b"png", "image/png", "loss")])
    sources = re.findall(r'(?:src|href)="([^"]*)"', content)
    assert [source.split(",")[0] for source in sources] == [
        "data:image/jpeg;base64",
        "data:image/png;base64",
    ]
    assert "url(" not in content
    assert "@import" not in content
