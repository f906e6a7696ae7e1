"""Rulers, grids and printed pages, flat on their grounds, seen at any turn and a little aslant."""

import cv2
import numpy as np

from data.render.lookalikes.lettering import any_words, put, written
from data.render.lookalikes.picture import Array, Image, Mask, Picture, covered
from data.render.painter.backdrops import mist

PALE_INKS = ((0.02, 0.02, 0.02), (0.02, 0.04, 0.25), (0.45, 0.03, 0.03))
GRID_INKS = ((0.6, 0.25, 0.1), (0.15, 0.4, 0.6), (0.25, 0.5, 0.3), (0.1, 0.1, 0.1), (0.5, 0.5, 0.5))
STOCKS = ((0.85, 0.84, 0.8), (0.75, 0.72, 0.6), (0.55, 0.56, 0.57), (0.65, 0.45, 0.2))
"""White, cream, steel and wood; linear."""


def seen_aslant(
    size: tuple[int, int], turn_deg: float, slant: float, rng: np.random.Generator
) -> Array:
    """The map (3, 3) from a sheet of `size` (width, height) to the picture: turned about its
    middle, and each corner moved by up to `slant` of the width."""
    width, height = size
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, 1.0)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    placed = corners @ turn[:, :2].T + turn[:, 2]
    moved = placed + rng.uniform(-slant, slant, (4, 2)) * width
    made = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))
    return np.asarray(made, np.float64)


def sheet_of(picture: Picture) -> tuple[Mask, tuple[int, int]]:
    """An empty sheet that covers the picture at any turn, and where its middle square begins."""
    width, height = picture.size
    side = int(1.15 * np.hypot(width, height))
    return np.zeros((side, side), np.uint8), ((side - width) // 2, (side - height) // 2)


def onto(picture: Picture, sheet: Mask, rng: np.random.Generator, straight: float = 0.5) -> Image:
    """A sheet (S, S) as the picture shows it, 0-1: nearly level with the chance `straight`."""
    side, (width, height) = len(sheet), picture.size
    turn = rng.normal(0, 3) if rng.random() < straight else rng.uniform(0, 360)
    turn += float(rng.choice([0, 90, 180, 270]))
    view = seen_aslant((side, side), turn, float(rng.choice([0, 0.02])), rng)
    shift = np.array([[1, 0, (width - side) / 2], [0, 1, (height - side) / 2], [0, 0, 1]])
    placed = cv2.warpPerspective(sheet, shift @ view, (width, height), flags=cv2.INTER_AREA)
    return covered(placed)


def draw_ruler(picture: Picture, rng: np.random.Generator) -> None:
    """A ruler lies on a table, its edge in view or not."""
    picture.lay_table(rng)
    lay_ruler(picture, rng, rng.uniform(0.3, 0.9))


def lay_ruler(picture: Picture, rng: np.random.Generator, share: float) -> None:
    """Lays a ruler across the picture that covers about `share` of its height."""
    sheet, (_, top) = sheet_of(picture)
    side, height = len(sheet), picture.size[1]
    body = np.zeros_like(sheet)
    place = float(rng.choice([rng.uniform(0, 1 - share), 1 - share])) * height
    first, last = int(top + place), int(top + place + share * height)
    body[first:last] = 255
    mm = picture.px_per_mm
    pitch = max(4.0, mm * float(rng.choice([1, 1, 1, 0.5, 25.4 / 16])))
    ticks = _ticks(side, pitch, mm, rng)
    reach = min(ticks.shape[0], last - first)
    sheet[first : first + reach] = ticks[:reach]
    if rng.random() < 0.5 and last - first > 2 * reach:
        sheet[last - reach : last] = ticks[:reach][::-1]
    state = rng.bit_generator.state
    body_share = onto(picture, body, rng, 0.8)
    rng.bit_generator.state = state  # the ticks lie as their ruler does
    inked = onto(picture, sheet, rng, 0.8)
    stock = np.array(STOCKS[int(rng.integers(len(STOCKS)))]) * rng.uniform(0.8, 1.1)
    shade = cv2.GaussianBlur(body_share, (0, 0), 2 + 0.3 * mm)
    picture.light *= (1 - 0.4 * shade * (1 - body_share))[..., None]
    grain = 1 + 0.02 * mist(rng, picture.mask.shape, (3, 40), 0.8)
    clear = rng.random() < 0.25
    picture.cover(body_share * (0.15 if clear else 1.0), grain[..., None] * stock)
    dark = clear or stock.mean() > 0.2
    ink = np.array(PALE_INKS[int(rng.integers(3))]) if dark else np.full(3, 0.8)
    picture.cover(inked * body_share, ink, "ruler")


def _ticks(side: int, pitch: float, mm: float, rng: np.random.Generator) -> Mask:
    """Ticks from the upper edge on, with numbers: (h, side)."""
    long = float(np.clip(mm * rng.uniform(2, 4), 8, 160))
    thick = int(np.clip(pitch * rng.uniform(0.08, 0.25), 1, 14))
    high = float(np.clip(mm * rng.uniform(1.5, 4), 10, 160))
    ink = np.zeros((int(2 * long + 1.6 * high) + 4, side), np.uint8)
    for k, at in enumerate(np.arange(0, side, pitch)):
        tall = long * (2.0 if k % 10 == 0 else 1.5 if k % 5 == 0 else 1.0)
        cv2.line(ink, (int(at), 0), (int(at), int(tall)), 255.0, thick, cv2.LINE_AA)
        if k % 10 == 0:
            number = written(str(k // 10), high, rng)
            put(ink, number, int(at - number.shape[1] / 2), int(2 * long + 2))
    return ink


def draw_grid(picture: Picture, rng: np.random.Generator) -> None:
    """Squared, ruled or millimetre paper, a cutting mat or a counting chamber."""
    micro = rng.random() < 0.25
    picture.lay_micrograph(rng) if micro else picture.lay_table(rng)
    sheet, _ = sheet_of(picture)
    pitch = max(
        9.0,
        picture.px_per_mm * float(rng.choice([0.05, 0.2]) if micro else rng.choice([1, 2, 5, 10])),
    )
    fine = int(np.clip(pitch * rng.uniform(0.02, 0.12), 1, 14))
    ruled, every = rng.random() < 0.2, int(rng.choice([0, 4, 5, 10]))
    for k, at in enumerate(np.arange(rng.uniform(0, pitch), len(sheet), pitch)):
        thick = fine * 2 if every and k % every == 0 else fine
        cv2.line(sheet, (0, int(at)), (len(sheet), int(at)), 255.0, thick, cv2.LINE_AA)
        if not ruled:
            cv2.line(sheet, (int(at), 0), (int(at), len(sheet)), 255.0, thick, cv2.LINE_AA)
    dark = float(np.median(picture.light)) < 0.12
    ink = np.full(3, 0.75) if dark else np.array(GRID_INKS[int(rng.integers(len(GRID_INKS)))])
    picture.cover(onto(picture, sheet, rng) * np.float32(rng.uniform(0.4, 1)), ink, "grid")


def draw_text(picture: Picture, rng: np.random.Generator) -> None:
    """A printed page, from fine print to a few letters close up."""
    picture.lay_table(rng, ["painted_white", "painted_white", "painted_grey", "painted_colour"])
    sheet, (left, top) = sheet_of(picture)
    high = float(np.exp(rng.uniform(np.log(9), np.log(260))))
    y = top + rng.uniform(-1, 1) * high
    while y < len(sheet) - top:
        if rng.random() < 0.12:
            y += high * 1.5
        line = written(any_words(int(3 + 700 / high), rng), high, rng)
        put(sheet, line, int(left - rng.uniform(-0.1, 0.6) * picture.size[0] / 2), int(y))
        y += line.shape[0] + high * rng.uniform(0.4, 1.2)
    ink = np.array(PALE_INKS[int(rng.choice(3, p=[0.8, 0.1, 0.1]))])
    inked = onto(picture, sheet, rng, 0.7)
    patchy = 1 - 0.1 * np.abs(mist(rng, picture.mask.shape, (2, 4), 0.8))
    picture.cover(
        (inked * np.clip(patchy, 0, 1) * rng.uniform(0.7, 1)).astype(np.float32), ink, "text"
    )
