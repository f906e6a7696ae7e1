"""The example of docs/how-it-works/advice.md.

``python -m tests.helpers.serve.advice_example`` renews what it prints.
"""

import re
import shlex
import subprocess
import sys
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/how-it-works/advice.md"
_EXAMPLE = re.compile(r"(```console\n\$ shedlight (.+?')\n)(.+?)(?=```)", re.S)


def example() -> tuple[str, str]:
    """The command without ``shedlight``, and the output on the page."""
    ((_, command, printed),) = _EXAMPLE.findall(PAGE.read_text("utf-8"))
    return command, printed


def run(command: str, folder: Path) -> str:
    """What the command prints in an empty folder with the examples, without spaces at line ends.

    Raises CalledProcessError if it fails.
    """
    (folder / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run(
        [sys.executable, "-m", "serve", *shlex.split(command.replace("\\\n", " "))],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environ | {"COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        check=True,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        printed = run(example()[0], Path(folder))
    page = _EXAMPLE.sub(lambda found: found[1] + printed, PAGE.read_text("utf-8"))
    PAGE.write_text(page, encoding="utf-8")
