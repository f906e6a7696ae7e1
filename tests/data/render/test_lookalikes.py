import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from data.render import labels
from data.render.lookalikes import dataset
from data.render.lookalikes.lettering import put
from data.render.lookalikes.overlays import INKS, OVERLAYS, burn_in
from data.render.lookalikes.picture import Picture
from data.render.lookalikes.prints import seen_aslant
from data.render.makers import find_maker


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "SIZES", ((160, 120),))


def drawn(out: Path, kinds: list[str]) -> list[dict[str, object]]:
    find_maker("lookalikes")(out, len(kinds), 3, None, kinds)
    return [json.loads(line) for line in (out / "truth.jsonl").read_text().splitlines()]


def test_the_kinds_take_turns_and_only_some_have_hairs(tmp_path: Path) -> None:
    kinds = list(dataset.KINDS)
    lines = drawn(tmp_path, kinds)
    assert [line["regime"] for line in lines] == kinds
    for line in lines:
        assert bool(line["hairs"]) == dataset.KINDS[str(line["regime"])].has_hairs
        mask = cv2.imread(str(tmp_path / str(line["mask"])), cv2.IMREAD_UNCHANGED)
        assert mask.shape == (120, 160)
        if not line["hairs"]:
            assert not np.isin(mask, (labels.SHAFT, labels.BULB)).any()


def test_a_kind_is_the_same_beside_others(tmp_path: Path) -> None:
    both, alone = drawn(tmp_path / "both", ["ruler", "grid"]), drawn(tmp_path / "alone", ["grid"])
    assert both[1] == alone[0]


def test_cut_hairs_are_bare_and_lit_from_below(tmp_path: Path) -> None:
    for line in drawn(tmp_path, ["cut_hairs"] * 3):
        assert line["transmitted"]
        assert {hair["root"] for hair in line["hairs"]} == {"bare"}  # type: ignore[attr-defined]


def test_threads_among_hairs_are_clutter(tmp_path: Path) -> None:
    for line in drawn(tmp_path, ["hairs_threads"] * 3):
        kinds = {thing["kind"] for thing in line["clutter"]}  # type: ignore[attr-defined]
        assert kinds & {"thread", "microfibre"}


@pytest.mark.parametrize("kind", OVERLAYS)
def test_an_overlay_is_flat_in_one_colour_and_marked(kind: str) -> None:
    picture = Picture(np.zeros((300, 400, 3), np.float32), np.zeros((300, 400), np.uint8), 200.0)
    pixels = np.full((300, 400, 3), 120, np.uint8)
    burned = burn_in(picture, pixels, kind, np.random.default_rng(4))
    inked = burned[picture.mask == labels.OTHER]
    colours, counts = np.unique(inked, axis=0, return_counts=True)
    assert tuple(colours[counts.argmax()].tolist()) in INKS
    assert picture.clutter[0]["kind"] == kind


def test_words_are_cut_off_at_the_border() -> None:
    ink = np.zeros((4, 5), np.uint8)
    put(ink, np.full((3, 4), 9, np.uint8), 3, -1)
    assert ink[:2, 3:].tolist() == [[9, 9], [9, 9]]
    assert ink.sum() == 4 * 9


def test_a_sheet_seen_straight_stays_where_it_is() -> None:
    view = seen_aslant((100, 100), 0.0, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(view, np.eye(3), atol=1e-9)


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        find_maker("lookalikes")(tmp_path, 1, 0, None, ["nowhere"])
