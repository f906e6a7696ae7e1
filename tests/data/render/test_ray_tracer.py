import sys
from pathlib import Path

import pytest

from data.render import ray_tracer as engine


def folder(tmp_path: Path, *names: str) -> tuple[Path, ...]:
    (tmp_path / "x86").mkdir()
    for name in names:
        (tmp_path / "x86" / name).touch()
    return (tmp_path,)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["libLLVM-14.so.1", "libLLVM-15.so"], None),
        (["libLLVM-14.so.1", "libLLVM.so.19.1", "libLLVM.so.22.1"], "libLLVM.so.22.1"),
        (["libLLVM-16.so", "libLLVM-9.so"], "libLLVM-16.so"),
        ([], None),
    ],
)
def test_the_newest_usable_llvm_is_taken(
    tmp_path: Path, names: list[str], expected: str | None
) -> None:
    found = engine.find_llvm(folder(tmp_path, *names))
    assert (found.name if found else None) == expected


def test_a_missing_mitsuba_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mitsuba", None)
    monkeypatch.setenv("DRJIT_LIBLLVM_PATH", "unused")
    with pytest.raises(engine.RendererMissingError, match=r"pip install 'shedlight\[render\]'"):
        engine.load()
