"""Runs a folder of cases on an installed product: files and calls on which such programs fail.

    python -m tests.bench.cases FOLDER [--command shedlight] [--only labels]

Prints each case with what is expected and what came out; exit status 1 if any is wrong. FOLDER has
the folders 01_old_results_in_folder, 04_groups_csv and so on. Cases that need no files, or any
photos, make their own.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.cases import command_line
from tests.bench.cases.product import Product
from tests.bench.cases.server import server

GROUPS = (
    *(command_line.old_results, command_line.system_folders, command_line.resumed_twice),
    *(command_line.groups, command_line.labels, command_line.photos, command_line.surroundings),
    server,
)


def main() -> None:
    """Prints a line for each case, and the number of wrong ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--command", nargs="+", default=["shedlight"])
    parser.add_argument("--only", default="", help="the name of a group, such as labels")
    given = parser.parse_args()
    wrong = total = 0
    with tempfile.TemporaryDirectory() as work:
        Path(work).chmod(0o755)
        product = Product(given.command, given.folder.resolve(), Path(work))
        for group in GROUPS:
            for each in group(product) if given.only in group.__name__ else ():
                total, wrong = total + 1, wrong + (not each.right)
                mark = "right" if each.right else "WRONG"
                print(f"{mark}  {each.name}\n    expected: {each.expected}\n    got: {each.got}")  # noqa: T201
                sys.stdout.flush()
    print(f"{total} cases, {wrong} wrong")  # noqa: T201
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
