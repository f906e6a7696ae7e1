"""Decodes HEIC photos in a separate process.

Files that ran code in decoders of HEIC were found in 2026. So the decoder is never loaded into a
process of ours: a new one is started for each file, without the environment, with limits on memory
and time, and it ends after the file.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits

TIME_LIMIT_S = 120
"""Seconds until the process is killed, on a busy machine. Our assumption."""
_PROGRAM = Path(__file__).with_name("heic_process.py")
_MODES = {"L", "LA", "La", "RGB", "RGBA", "RGBa", "I;16"}
_MAX_LINE = 100
_ERRORS = {
    code.value: code
    for code in (ErrorCode.DAMAGED_IMAGE, ErrorCode.UNSUPPORTED_TYPE, ErrorCode.HEIC_UNSAFE)
}


def is_heic_installed() -> bool:
    """Whether the extra ``heic`` is installed."""
    return importlib.util.find_spec("pi_heif") is not None


def decode_heic(raw: bytes, limits: ReadLimits) -> Image.Image:
    """The upright primary image of a HEIC file. Raises ShedlightError.

    Raises HEIC_DISABLED, HEIC_NOT_INSTALLED, and HEIC_UNSAFE for a decoder with known holes. A
    process that crashes or takes too long means DAMAGED_IMAGE.
    """
    if not limits.heic:
        raise ShedlightError(ErrorCode.HEIC_DISABLED)
    if not is_heic_installed():
        raise ShedlightError(ErrorCode.HEIC_NOT_INSTALLED)
    command = [sys.executable, "-P", "-S", "-B", str(_PROGRAM), str(limits.max_pixels)]
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    if "SYSTEMROOT" in os.environ:  # Windows starts no program without it
        environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    try:
        done = subprocess.run(
            command,
            input=raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=TIME_LIMIT_S,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE) from error
    except OSError as error:
        raise ShedlightError(ErrorCode.INTERNAL) from error
    end = done.stdout.find(b"\n", 0, _MAX_LINE)
    words = done.stdout[: max(end, 0)].decode("ascii", "replace").split()
    if words == [ErrorCode.TOO_MANY_PIXELS.value]:
        raise limits.too_many_pixels()
    if len(words) != 3:
        code = _ERRORS.get(words[0] if words else "", ErrorCode.DAMAGED_IMAGE)
        raise ShedlightError(code)
    # What the process sends is checked like the file itself: a file may have taken it over.
    try:
        mode, size = words[0], (int(words[1]), int(words[2]))
        limits.check_size(*size)
        if mode not in _MODES:
            raise ValueError(mode)
        return Image.frombytes(mode, size, memoryview(done.stdout)[end + 1 :])
    except (TypeError, ValueError) as error:
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE) from error
