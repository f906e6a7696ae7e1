"""The ray tracer: Mitsuba 3, imported only when a picture is wanted."""

import os
import re
from pathlib import Path
from types import ModuleType

VARIANT = "llvm_ad_rgb"
FALLBACK_VARIANT = "scalar_rgb"
BROKEN_LLVM = (14, 15)
"""Major versions of libLLVM that aborted the process under drjit (measured by us)."""


class RendererMissingError(ImportError):
    """Mitsuba is not installed."""


def find_llvm(roots: tuple[Path, ...] = (Path("/usr/lib"),)) -> Path | None:
    """The newest libLLVM below `roots`/*/ that drjit can use, or None."""
    found = [path for root in roots for path in root.glob("*/libLLVM*.so*")]
    usable = [p for p in found if _major(p) is not None and _major(p) not in BROKEN_LLVM]
    return max(usable, key=lambda p: (_major(p) or 0, len(p.name)), default=None)


def _major(path: Path) -> int | None:
    number = re.search(r"libLLVM(?:-|\.so\.)(\d+)", path.name)
    return int(number[1]) if number else None


def load() -> ModuleType:
    """Mitsuba with a variant set: vectorised where an LLVM is found, else the slow scalar one.

    Raises RendererMissingError when mitsuba is not installed.
    """
    variant = VARIANT
    if "DRJIT_LIBLLVM_PATH" not in os.environ:
        llvm = find_llvm()
        if llvm is None:
            variant = FALLBACK_VARIANT
        else:
            os.environ["DRJIT_LIBLLVM_PATH"] = str(llvm)
    try:
        import mitsuba
    except ImportError as error:
        raise RendererMissingError(
            "rendering needs Mitsuba 3: pip install 'shedlight[render]'"
        ) from error
    if mitsuba.variant() is None:
        mitsuba.set_variant(variant)
    return mitsuba
