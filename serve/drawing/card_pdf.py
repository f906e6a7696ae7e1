"""Draws our card for printing, as a PDF of one page."""

from enum import StrEnum
from io import BytesIO

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from data.scale import card
from data.scale.card import CHECK_LINE_MM, FIELD_MM, Marker
from data.texts.catalogue import Texts

FIELD_GREY = 0.55
"""Mid-tone, so that white roots and dark shafts both stand out."""
_TOP_MM = 24.0
_FONT, _BOLD = "Helvetica", "Helvetica-Bold"
_STEPS = ("dry", "lay", "one_layer", "near", "light", "same_way")


class Paper(StrEnum):
    """A size of paper."""

    A4 = "a4"
    LETTER = "letter"


_SIZES = {Paper.A4: A4, Paper.LETTER: LETTER}


def card_pdf(texts: Texts, paper: Paper = Paper.A4) -> bytes:
    """The PDF file: the card, a line to check the size of the print, and the steps of the guide."""
    file = BytesIO()
    page = _Page(file, paper, texts)
    page.draw_card()
    page.draw_check_line()
    page.draw_steps()
    page.canvas.showPage()
    page.canvas.save()
    return file.getvalue()


class _Page:
    """A page with millimetres from the card's upper left corner, y downward."""

    def __init__(self, file: BytesIO, paper: Paper, texts: Texts) -> None:
        self.texts = texts
        self.canvas = Canvas(file, pagesize=_SIZES[paper], invariant=True)
        self.canvas.setTitle(texts("card.title"))
        self.canvas.setViewerPreference("PrintScaling", "None")
        width, self._height = _SIZES[paper]
        self._left = (width - card.WIDTH_MM * mm) / 2

    def _x(self, x_mm: float) -> float:
        return float(self._left + x_mm * mm)

    def _y(self, y_mm: float) -> float:
        return float(self._height - (_TOP_MM + y_mm) * mm)

    def _box(self, box: tuple[float, float, float, float], grey: float) -> None:
        x, y, width, height = box
        self.canvas.setFillGray(grey)
        self.canvas.rect(self._x(x), self._y(y + height), width * mm, height * mm, stroke=0, fill=1)

    def _line(self, x: float, y: float, to_x: float, to_y: float, width_mm: float) -> None:
        self.canvas.setLineWidth(width_mm * mm)
        self.canvas.line(self._x(x), self._y(y), self._x(to_x), self._y(to_y))

    def _text(self, x: float, y: float, text: str, size: float = 7, font: str = _FONT) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(self._x(x), self._y(y), text)

    def draw_card(self) -> None:
        """The field with its line and ticks, the markers, and a line to cut along."""
        self._box(FIELD_MM, FIELD_GREY)
        self._box(card.SMALL_ROW_MM, 1.0)
        for marker in card.markers().values():
            self._draw_marker(marker)
        left, _, width, _ = FIELD_MM
        self.canvas.setStrokeGray(0.15)
        self._line(left, card.GUIDE_Y_MM, left + width, card.GUIDE_Y_MM, 0.2)
        self.canvas.setFillGray(0.15)
        self._text(left + 3, card.GUIDE_Y_MM + 3.2, self.texts("card.roots_here"))
        self._draw_ticks(left + 6, int(width - 12))
        self.canvas.setStrokeGray(0.7)
        self.canvas.setLineWidth(0.1 * mm)
        corner = self._x(0), self._y(card.HEIGHT_MM)
        self.canvas.rect(*corner, card.WIDTH_MM * mm, card.HEIGHT_MM * mm)

    def _draw_marker(self, marker: Marker) -> None:
        side = marker.side_mm / card.MARKER_CELLS
        self._box((marker.x_mm, marker.y_mm, marker.side_mm, marker.side_mm), 0.0)
        for row, cells in enumerate(marker.cells()):
            for column, dark in enumerate(cells):
                if not dark:
                    x, y = marker.x_mm + column * side, marker.y_mm + row * side
                    self._box((x, y, side, side), 1.0)

    def _draw_ticks(self, left: float, count: int) -> None:
        base = card.SCALE_Y_MM
        self.canvas.setStrokeGray(0.05)
        self.canvas.setFillGray(0.05)
        for k in range(count + 1):
            length = 5.0 if k % 10 == 0 else 3.8 if k % 5 == 0 else 2.6
            self._line(left + k, base, left + k, base - length, 0.15)
            if k % 10 == 0:
                self._text(left + k - 0.8, base + 3, str(k // 10))

    def draw_check_line(self) -> None:
        """A line of CHECK_LINE_MM that a person measures after printing."""
        y = card.HEIGHT_MM + 10
        self.canvas.setStrokeGray(0.0)
        self.canvas.setFillGray(0.0)
        self._line(0, y, CHECK_LINE_MM, y, 0.25)
        for x in (0.0, CHECK_LINE_MM):
            self._line(x, y - 2, x, y + 2, 0.25)
        self._paragraph(y + 7, self.texts("card.check_line", length=int(CHECK_LINE_MM)))

    def draw_steps(self) -> None:
        """The guide, one step a paragraph."""
        y = card.HEIGHT_MM + 36
        self._text(0, y, self.texts("card.title"), 13, _BOLD)
        y += 9
        for number, step in enumerate(_STEPS, 1):
            y = self._paragraph(y, f"{number}. " + self.texts(f"card.steps.{step}")) + 2.2
        self.canvas.setFillGray(0.35)
        self._paragraph(y + 3, self.texts("card.not_a_diagnosis"))

    def _paragraph(self, y: float, text: str) -> float:
        """Draws a text from height ``y`` on, and returns the height below it."""
        for line in simpleSplit(text, _FONT, 10.5, card.WIDTH_MM * mm):
            self._text(0, y, line, 10.5)
            y += 5.2
        return y
