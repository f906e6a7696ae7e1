#!/usr/bin/env python3
"""Finds private idiom in code and docs: ``python .ci/vocabulary.py [FILE ...]``.

Every word below has a plainer one beside it. The check fails on the first run that finds any. Words
in a quoted sentence of somebody else's can be let through with ``vocabulary: allow`` on their line.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PLAINER = {
    r"told|(?<![.])tells?|telling": "reports, describes, shows, says to whom",
    r"said|says": "labels, reports, states",
    r"in force": "active",
    r"anew": "again",
    r"whoever|whatever|nobody|somebody": "name who or what",
    r"so many": "N, this many, as many as",
    r"gone on|goes on with|go on with": "resumed, resumes, continue",
    r"(?:of|at) (?:its|our|their|his|her) own": "leave it out, or: separate, custom",
    r"of theirs": "leave it out",
    r"kept|keeper|keepsakes?": "saved, retained",
    r"nothings?(?= (?:listed|judged|drawn))|nothings": "negatives",
    r"company|lean(?:s|ing)? to": "photo effect, bias",
    r"surely|doubtful": "confidently, uncertain",
    r"taught|teach(?:er|es|ing)?": "retrained, training",
    r"slips?": "label errors",
    r"parcel|shelf|attendant|succession|exhibits?": "upload, store, process, reload, export",
    r"for good": "permanently",
    r"not a word|without a word": "say it plainly",
    r"who(?:m)? (?:knows|asks|tells|sends)": "anyone who, the client",
}
SUFFIXES = {".py", ".md", ".toml", ".yml", ".yaml"}
SKIPPED = (
    "CHANGELOG.md",
    "docs/research/",
    "docs/how-it-works/advice-rules.md",
    "tests/serve/web/",
    "tests/serve/advice/profiles/",
    ".ci/vocabulary.py",
)
"""History, what is generated from the advice, and tests that quote what people read."""
ALLOW = "vocabulary: allow"
_WORDS = re.compile(r"\b(?:" + "|".join(f"({words})" for words in PLAINER) + r")\b", re.IGNORECASE)


def findings(file: Path) -> Iterator[str]:
    """One line for every word of the list in a file."""
    plainer = list(PLAINER.values())
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if ALLOW in line:
            continue
        for match in _WORDS.finditer(line):
            instead = plainer[(match.lastindex or 1) - 1]
            yield f"{file}:{number}: '{match[0]}'; plainer: {instead}"


def tracked() -> list[Path]:
    """The files of the repository that hold prose or names."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True)
    return [
        Path(name)
        for name in listed.stdout.splitlines()
        if Path(name).suffix in SUFFIXES and not name.startswith(SKIPPED)
    ]


def main(names: list[str]) -> int:
    """Prints what was found; the exit status is 1 if there was any."""
    files = [Path(name) for name in names if not name.startswith(SKIPPED)] or tracked()
    found = [line for file in files if file.suffix in SUFFIXES for line in findings(file)]
    print("\n".join(found) or f"{len(files)} files in plain words.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
