"""How each label looks: its colour, its line and its mark."""

from dataclasses import dataclass

from PIL import ImageDraw

from model.labelling.hair import Label

Colour = tuple[int, int, int]
"""Red, green, blue."""

INK: Colour = (20, 20, 20)
"""The dark rim round every line and text, so that they show on any ground."""


@dataclass(frozen=True)
class Look:
    """How hairs of one label are drawn. ``round``: their mark is a circle, else a square."""

    colour: Colour
    round: bool
    dashed: bool
    meaning: str


LOOKS = {
    Label.TELOGEN: Look((86, 180, 233), True, False, "telogen: bulbed, was due to fall"),
    Label.ANAGEN: Look((230, 159, 0), False, False, "anagen: broken or pulled while growing"),
    Label.UNSURE: Look((240, 228, 66), True, True, "? unsure"),
}
"""Sky blue, orange and yellow of the palette of Okabe and Ito."""


def draw_mark(
    draw: ImageDraw.ImageDraw, look: Look, centre: tuple[float, float], radius: float, line_px: int
) -> None:
    """A circle, a square or a broken circle round ``centre``, with a dark rim."""
    for colour, width, grow in ((INK, line_px + 2, 1), (look.colour, line_px, 0)):
        reach = radius + grow
        box = (centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
        if look.dashed:
            for start in range(0, 360, 60):
                draw.arc(box, start, start + 35, colour, width)
        elif look.round:
            draw.ellipse(box, outline=colour, width=width)
        else:
            draw.rectangle(box, outline=colour, width=width)
