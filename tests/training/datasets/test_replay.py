import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")


from data.errors import ErrorCode, ShedlightError
from tests.helpers.training.examples import examples
from training.datasets import replay as room
from training.datasets.annotations import Attributes
from training.datasets.examples import UNTRAINED, Example
from training.datasets.packing import pack
from training.datasets.replay import (
    FROZEN,
    REPLAY,
    ReplaySet,
    choose,
    fill,
    load,
    load_frozen,
    load_replay,
    save,
)
from training.datasets.splits import split

MADE_FROM = {"seed": 0, "training_data_sha256": "0" * 64}


def on(ground: str, example: Example) -> Example:
    facts = Attributes("club", "dark", ground)
    return replace(example, labelled=replace(example.labelled, facts=facts))


GIVEN = [on("wood", example) for example in examples(10)]
FIT_ON, HELD_OUT = split(GIVEN)


def code_of_loading(keepsake: ReplaySet, folder: Path) -> ErrorCode:
    with pytest.raises(ShedlightError) as refusal:
        load(keepsake, folder)
    return refusal.value.code


def test_a_set_comes_back_with_its_manifest(tmp_path: Path) -> None:
    given = [example for example in FIT_ON if example.photo == FIT_ON[0].photo]
    manifest = save(REPLAY, given, MADE_FROM, tmp_path)
    assert manifest == json.loads((tmp_path / "replay.json").read_text("utf-8"))
    assert (manifest["examples"], manifest["crops"]) == (4, 8)
    assert manifest["photos"] == [FIT_ON[0].photo]
    assert manifest["licence"] == "Apache-2.0"
    assert manifest["seed"] == 0
    assert manifest["counts"] == {
        "truth": {"bare": 1, "misshapen": 1, "not_hair": 1, "telogen": 1},
        "end": {"bare": 4, "club": 1, "misshapen": 1, "not_hair": 2},
        "kind": {"club": 4},
        "tier": {"over8px": 4},
        "shade": {"dark": 4},
        "ground": {"wood": 4},
        "found": {"found": 4},
    }
    truths = [example.labelled.truth for example in load_replay(tmp_path)]
    assert truths == [example.labelled.truth for example in given]


def test_no_photo_is_for_both_sets() -> None:
    replay, frozen = choose(REPLAY, GIVEN, seed=0), choose(FROZEN, GIVEN, seed=0)
    assert {e.photo for e in replay} == {e.photo for e in FIT_ON}
    assert {e.photo for e in frozen} == {e.photo for e in HELD_OUT}


@pytest.mark.parametrize(("keepsake", "wrong"), [(REPLAY, HELD_OUT), (FROZEN, FIT_ON)])
def test_photos_of_the_other_side_are_neither_saved_nor_loaded(
    keepsake: ReplaySet, wrong: list[Example], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=wrong[0].photo):
        save(keepsake, wrong, MADE_FROM, tmp_path)
    assert not list(tmp_path.iterdir())
    save(replace(keepsake, held_out=not keepsake.held_out), wrong, MADE_FROM, tmp_path)
    assert code_of_loading(keepsake, tmp_path) is ErrorCode.MODEL_REFUSED


@pytest.mark.parametrize("ground", ["photo:cc0", ""])
def test_pieces_of_photographs_are_not_given_away(ground: str, tmp_path: Path) -> None:
    others = [on(ground, example) for example in FIT_ON]
    assert len(choose(REPLAY, FIT_ON + others, seed=0)) == len(FIT_ON)
    with pytest.raises(ValueError, match="may not hold"):
        save(REPLAY, others, MADE_FROM, tmp_path)


def test_what_trains_no_end_is_left_out() -> None:
    nameless = replace(FIT_ON[0].labelled, end_classes=(UNTRAINED, UNTRAINED))
    half = replace(FIT_ON[0].labelled, end_classes=(UNTRAINED, 2))
    given = [replace(FIT_ON[0], labelled=labelled) for labelled in (nameless, half)]
    assert choose(REPLAY, given, seed=0) == given[1:]


def test_a_set_is_filled_up_to_its_limit(tmp_path: Path) -> None:
    whole = len(pack(FIT_ON))
    half = replace(REPLAY, limit_bytes=whole // 2)
    chosen = choose(half, FIT_ON, seed=0)
    assert 0.3 * whole < len(pack(chosen)) <= whole // 2
    with pytest.raises(ValueError, match="bytes"):
        save(half, FIT_ON, MADE_FROM, tmp_path)
    save(REPLAY, FIT_ON, MADE_FROM, tmp_path)
    assert code_of_loading(half, tmp_path) is ErrorCode.MODEL_REFUSED


def test_the_limits_are_those_promised() -> None:
    assert (REPLAY.limit_bytes, FROZEN.limit_bytes) == (10_000_000, 4_000_000)
    assert (REPLAY.held_out, FROZEN.held_out) == (False, True)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    save(FROZEN, HELD_OUT, MADE_FROM, tmp_path)
    file, _ = FROZEN.files(tmp_path)
    raw = file.read_bytes()
    file.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    assert code_of_loading(FROZEN, tmp_path) is ErrorCode.MODEL_REFUSED
    file.write_bytes(raw)
    assert len(load_frozen(tmp_path)) == len(HELD_OUT)
    file.unlink()
    assert code_of_loading(FROZEN, tmp_path) is ErrorCode.MODEL_REFUSED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "replay"),
        ("sha256", "0" * 64),
        ("bytes", 1),
        ("examples", 1),
        ("crops", 1),
        ("counts", {}),
        ("photos", []),
        ("licence", "GPL-3.0"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(name: str, value: object, tmp_path: Path) -> None:
    manifest = save(FROZEN, HELD_OUT, MADE_FROM, tmp_path)
    _, file = FROZEN.files(tmp_path)
    without = {key: kept for key, kept in manifest.items() if key != name}
    for wrong in (without, without | {name: value}):
        file.write_text(json.dumps(wrong), "utf-8")
        assert code_of_loading(FROZEN, tmp_path) is ErrorCode.MODEL_REFUSED


def test_both_sets_are_filled_from_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "collect", lambda *_, **__: GIVEN)
    monkeypatch.setattr(room, "hash_of", lambda *_: "1" * 64)
    fill(tmp_path, tmp_path, tmp_path / "kept", seed=3)
    replay, frozen = load_replay(tmp_path / "kept"), load_frozen(tmp_path / "kept")
    assert (len(replay), len(frozen)) == (len(FIT_ON), len(HELD_OUT))
    manifest = json.loads((tmp_path / "kept" / "frozen.json").read_text("utf-8"))
    assert (manifest["seed"], manifest["training_data_sha256"]) == (3, "1" * 64)


def test_nothing_is_written_when_one_set_would_be_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "collect", lambda *_, **__: FIT_ON)
    with pytest.raises(ValueError, match="frozen"):
        fill(tmp_path, tmp_path, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_the_shipped_sets_fit_their_manifests() -> None:
    assert load_replay()
    assert load_frozen()
