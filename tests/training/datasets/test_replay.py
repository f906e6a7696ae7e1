import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")


from data.errors import ErrorCode, ShedlightError
from tests.helpers.training.examples import cache_examples, examples
from training.datasets.annotations import Attributes
from training.datasets.collect import hash_of
from training.datasets.example_files import pack_examples
from training.datasets.examples import UNTRAINED, Example
from training.datasets.replay import (
    FROZEN,
    REPLAY,
    ReplaySet,
    build_replay_sets,
    choose,
    load_frozen,
    load_replay,
    load_set,
    save_set,
)
from training.datasets.splits import split_held_out

SOURCE = {"seed": 0, "training_data_sha256": "0" * 64}


def on_background(background: str, example: Example) -> Example:
    attributes = Attributes("club", "dark", background)
    return replace(example, annotated=replace(example.annotated, attributes=attributes))


GIVEN = [on_background("wood", example) for example in examples(10)]
FIT_ON, HELD_OUT = split_held_out(GIVEN)


def code_of_loading(replay_set: ReplaySet, folder: Path) -> ErrorCode:
    with pytest.raises(ShedlightError) as refusal:
        load_set(replay_set, folder)
    return refusal.value.code


def test_a_saved_set_is_loaded_with_its_manifest(tmp_path: Path) -> None:
    given = [example for example in FIT_ON if example.photo == FIT_ON[0].photo]
    manifest = save_set(REPLAY, given, SOURCE, tmp_path)
    assert manifest == json.loads((tmp_path / "replay.json").read_text("utf-8"))
    assert (manifest["examples"], manifest["crops"]) == (4, 8)
    assert manifest["photos"] == [FIT_ON[0].photo]
    assert manifest["licence"] == "Apache-2.0"
    assert manifest["seed"] == 0
    assert manifest["counts"] == {
        "truth": {"bare": 1, "misshapen": 1, "not_hair": 1, "telogen": 1},
        "end": {"bare": 4, "club": 1, "misshapen": 1, "not_hair": 2},
        "kind": {"club": 4},
        "width_bin": {"over8px": 4},
        "shade": {"dark": 4},
        "background": {"wood": 4},
        "origin": {"found": 4},
    }
    truths = [example.annotated.truth for example in load_replay(tmp_path)]
    assert truths == [example.annotated.truth for example in given]


def test_no_photo_is_in_both_sets() -> None:
    mixed_in, frozen = choose(REPLAY, GIVEN, seed=0), choose(FROZEN, GIVEN, seed=0)
    assert {e.photo for e in mixed_in} == {e.photo for e in FIT_ON}
    assert {e.photo for e in frozen} == {e.photo for e in HELD_OUT}


@pytest.mark.parametrize(("replay_set", "wrong"), [(REPLAY, HELD_OUT), (FROZEN, FIT_ON)])
def test_photos_of_the_other_side_are_neither_saved_nor_loaded(
    replay_set: ReplaySet, wrong: list[Example], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=wrong[0].photo):
        save_set(replay_set, wrong, SOURCE, tmp_path)
    assert not list(tmp_path.iterdir())
    save_set(replace(replay_set, held_out=not replay_set.held_out), wrong, SOURCE, tmp_path)
    assert code_of_loading(replay_set, tmp_path) is ErrorCode.MODEL_REFUSED


@pytest.mark.parametrize("background", ["photo:cc0", ""])
def test_photographed_backgrounds_are_not_distributed(background: str, tmp_path: Path) -> None:
    others = [on_background(background, example) for example in FIT_ON]
    assert len(choose(REPLAY, FIT_ON + others, seed=0)) == len(FIT_ON)
    with pytest.raises(ValueError, match="may not hold"):
        save_set(REPLAY, others, SOURCE, tmp_path)


def test_examples_without_a_trained_end_are_left_out() -> None:
    unnamed = replace(FIT_ON[0].annotated, end_classes=(UNTRAINED, UNTRAINED))
    half = replace(FIT_ON[0].annotated, end_classes=(UNTRAINED, 2))
    given = [replace(FIT_ON[0], annotated=annotated) for annotated in (unnamed, half)]
    assert choose(REPLAY, given, seed=0) == given[1:]


def test_a_set_is_filled_up_to_its_limit(tmp_path: Path) -> None:
    whole = len(pack_examples(FIT_ON))
    half = replace(REPLAY, limit_bytes=whole // 2)
    chosen = choose(half, FIT_ON, seed=0)
    assert 0.3 * whole < len(pack_examples(chosen)) <= whole // 2
    with pytest.raises(ValueError, match="bytes"):
        save_set(half, FIT_ON, SOURCE, tmp_path)
    save_set(REPLAY, FIT_ON, SOURCE, tmp_path)
    assert code_of_loading(half, tmp_path) is ErrorCode.MODEL_REFUSED


def test_the_limits_are_10_and_4_megabytes() -> None:
    assert (REPLAY.limit_bytes, FROZEN.limit_bytes) == (10_000_000, 4_000_000)
    assert (REPLAY.held_out, FROZEN.held_out) == (False, True)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    save_set(FROZEN, HELD_OUT, SOURCE, tmp_path)
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
def test_a_manifest_that_does_not_match_is_refused(
    name: str, value: object, tmp_path: Path
) -> None:
    manifest = save_set(FROZEN, HELD_OUT, SOURCE, tmp_path)
    _, file = FROZEN.files(tmp_path)
    without = {key: old for key, old in manifest.items() if key != name}
    for wrong in (without, without | {name: value}):
        file.write_text(json.dumps(wrong), "utf-8")
        assert code_of_loading(FROZEN, tmp_path) is ErrorCode.MODEL_REFUSED


def test_both_sets_are_filled_from_a_run(tmp_path: Path) -> None:
    rendered = cache_examples(tmp_path, GIVEN, seed=3)
    build_replay_sets([rendered], tmp_path, tmp_path / "sets", seed=3)
    mixed_in, frozen = load_replay(tmp_path / "sets"), load_frozen(tmp_path / "sets")
    assert (len(mixed_in), len(frozen)) == (len(FIT_ON), len(HELD_OUT))
    manifest = json.loads((tmp_path / "sets" / "frozen.json").read_text("utf-8"))
    assert (manifest["seed"], manifest["training_data_sha256"]) == (
        3,
        hash_of([rendered], True, 3),
    )


def test_no_set_is_written_when_one_would_be_empty(tmp_path: Path) -> None:
    rendered = cache_examples(tmp_path, FIT_ON)
    with pytest.raises(ValueError, match="frozen"):
        build_replay_sets([rendered], tmp_path, tmp_path / "sets")
    assert not (tmp_path / "sets").exists()


def test_a_missing_folder_raises_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        build_replay_sets([tmp_path / "missing"], tmp_path, tmp_path / "sets")


def test_the_packaged_sets_match_their_manifests() -> None:
    assert load_replay()
    assert load_frozen()
