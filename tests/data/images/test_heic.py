"""HEIC files: decoded upright in a separate process, never by an old decoder."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data.errors import ErrorCode, ShedlightError
from data.images import heic
from data.images.heic_process import SAFE_LIBHEIF
from data.images.photo import ReadLimits
from data.images.read import read_photo
from tests.helpers.heic_files import ORIENTATION_1, ORIENTATION_2, ORIENTATION_6, TRANSPARENT
from tests.helpers.hostile_files import mutated, scene


def refusal(raw: bytes, limits: ReadLimits = ReadLimits()) -> ErrorCode | None:
    try:
        read_photo(raw, limits)
    except ShedlightError as error:
        return error.code
    return None


def decoder(folder: Path, version: str, body: str = "") -> None:
    """A package that stands for a decoder of that version."""
    folder.joinpath("pi_heif.py").write_text(
        f"def libheif_version():\n    return {version!r}\n"
        f"class options: pass\ndef open_heif(raw):\n    {body or 'raise AssertionError'}\n"
    )


class TestWithDecoder:
    @pytest.fixture(autouse=True)
    def _needs_the_extra(self) -> None:
        pytest.importorskip("pi_heif", reason="needs the extra heic")

    @pytest.mark.parametrize("raw", [ORIENTATION_1, ORIENTATION_2, ORIENTATION_6])
    def test_a_photo_comes_out_upright(self, raw: bytes) -> None:
        pixels = read_photo(raw).pixels
        assert pixels.shape == (240, 320, 3)
        assert np.abs(pixels[:, :, ::-1].astype(int) - np.asarray(scene())).mean() < 1

    def test_what_is_transparent_lies_on_white(self) -> None:
        assert read_photo(TRANSPARENT).pixels[-1, -1].tolist() == [255, 255, 255]

    def test_a_damaged_file_is_refused(self) -> None:
        half = ORIENTATION_1[: len(ORIENTATION_1) // 2]
        assert refusal(half) is ErrorCode.DAMAGED_IMAGE
        assert refusal(ORIENTATION_1[:40]) is ErrorCode.DAMAGED_IMAGE

    def test_limits_hold(self) -> None:
        few = ReadLimits(max_pixels=320 * 240 - 1)
        assert refusal(ORIENTATION_1, few) is ErrorCode.TOO_MANY_PIXELS
        assert refusal(ORIENTATION_1, ReadLimits(min_side_px=241)) is ErrorCode.IMAGE_TOO_SMALL

    def test_the_decoder_is_loaded_into_no_process_of_ours(self) -> None:
        program = (
            "import sys; from data.images.read import read_photo;"
            "from tests.helpers.heic_files import ORIENTATION_1;"
            "read_photo(ORIENTATION_1); print(*sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        assert not {"pi_heif", "_pi_heif"} & set(done.stdout.decode().split())

    def test_mutated_files_give_a_photo_or_our_error(self) -> None:
        rng = np.random.default_rng(5)
        for _ in range(5):
            edits = [(float(rng.random()), int(rng.integers(256))) for _ in range(3)]
            refusal(mutated(ORIENTATION_1, edits))


def test_without_the_extra_a_photo_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    assert refusal(ORIENTATION_1) is ErrorCode.HEIC_NOT_INSTALLED


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heic.subprocess, "run", lambda *_, **__: pytest.fail("it was decoded"))
    assert refusal(ORIENTATION_1, ReadLimits(heic=False)) is ErrorCode.HEIC_DISABLED


@pytest.mark.parametrize("version", ["1.23.1", "1.23.0", "1.9.4", "0.7", "unknown"])
def test_an_old_decoder_is_not_used(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder(tmp_path, version)
    monkeypatch.syspath_prepend(tmp_path)
    assert refusal(ORIENTATION_1) is ErrorCode.HEIC_UNSAFE


def test_the_first_safe_decoder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder(tmp_path, ".".join(map(str, SAFE_LIBHEIF)), "raise SyntaxError")
    monkeypatch.syspath_prepend(tmp_path)
    assert refusal(ORIENTATION_1) is ErrorCode.UNSUPPORTED_TYPE


@pytest.mark.parametrize(
    "body",
    [
        "import os; os.kill(os.getpid(), 11)",
        "import os; os._exit(3)",
        "bytearray(1 << 40)",
        "open('written', 'w').write('x' * 100)",
        "print('RGB 320 240')",
        "print('RGB 999999 999999'); import os; os._exit(0)",
        "print('X' * 1000); import os; os._exit(0)",
        "import os; os._exit(0)",
    ],
)
def test_a_decoder_that_misbehaves_costs_one_file(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder(tmp_path, "1.23.4", body)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert refusal(ORIENTATION_1) in {ErrorCode.DAMAGED_IMAGE, ErrorCode.TOO_MANY_PIXELS}
    written = tmp_path / "written"
    assert not written.exists() or not written.read_bytes()


def test_the_decoder_sees_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder(tmp_path, "1.23.4", "import os; raise (KeyError, SyntaxError)['SECRET' in os.environ]")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("SECRET", "x")
    assert refusal(ORIENTATION_1) is ErrorCode.DAMAGED_IMAGE


def test_a_decoder_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder(tmp_path, "1.23.4", "import time; time.sleep(60)")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(heic, "TIME_LIMIT_S", 0.5)
    assert refusal(ORIENTATION_1) is ErrorCode.DAMAGED_IMAGE
