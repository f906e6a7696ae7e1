"""Pictures among photos that are no photos to score: our earlier results, and system folders."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum

from data.io.system_folders import is_system_folder

RESULTS_FILE, OVERLAY_FOLDER = "results.jsonl", "overlays"
"""Names in the folder of a run (serve/batch)."""
_TABLES = frozenset({"photos.csv", "hairs.csv"})
EXPLAIN_PICTURES = frozenset(
    {"1_photo.jpg", "2_lines.png", "3_widths.png", "4_curves.png", "5_strands.png", "7_hairs.jpg"}
)
"""Pictures of ``shedlight explain``; it also writes sheets of crops."""
CROP_SHEETS = "6_crops"
_SHEET = "labels.png"
"""The contact sheet of ``shedlight check-labels``."""
_STUDY = frozenset({"retake.png", "retake.json"})
"""The figure of ``shedlight study photo-quality``, and its numbers."""
_OWN_FOLDERS = {"crops": "labels.csv", "masks": "truth.jsonl"}
"""Folders of crops (label export) and label pictures (``shedlight render``), by a file beside."""


class LeftOut(StrEnum):
    """Why files in the folders given are not scored though they may be pictures."""

    EARLIER_RESULTS = "earlier_results"
    """Pictures that Shedlight drew."""
    SYSTEM_FOLDERS = "system_folders"
    """Files in thumbnail folders, recycle bins and the like."""
    HIDDEN_FOLDERS = "hidden_folders"
    """Files in other folders whose names begin with a dot."""


@dataclass
class LeftOutFiles:
    """The number of files left out for each reason, and of linked folders."""

    files: Counter[LeftOut] = field(default_factory=Counter)
    links_followed: int = 0
    links_left_out: int = 0

    def as_json(self) -> dict[str, int]:
        """The entry ``left_out`` of ``summary.json``."""
        return {reason.value: self.files[reason] for reason in LeftOut} | {
            "linked_folders_searched": self.links_followed,
            "linked_folders_left_out": self.links_left_out,
        }


def is_run_folder(files: Collection[str]) -> bool:
    """Whether a folder with these files holds the results of a run, perhaps without its lists."""
    return RESULTS_FILE in files or {*files} >= _TABLES


def own_pictures(
    files: Collection[str], in_overlays: bool, is_image: Callable[[str], bool]
) -> set[str]:
    """The pictures among a folder's files that Shedlight drew.

    A contact sheet of labels is known by its name, the figure of a study by the file beside it.
    All pictures of ``shedlight explain`` must be there. Overlays lie in a folder of that name or
    below it (``in_overlays``), and are named after their photo with its suffix: ``IMG_1.jpg.jpg``.
    """
    own = {
        file
        for file in files
        if in_overlays and file.endswith(".jpg") and is_image(file.removesuffix(".jpg"))
    }
    if {*files} >= EXPLAIN_PICTURES:
        own |= {file for file in files if file.startswith(CROP_SHEETS)} | EXPLAIN_PICTURES
    own |= {_SHEET} & {*files}
    if {*files} >= _STUDY:
        own |= {file for file in _STUDY if is_image(file)}
    return own


def is_own_folder(name: str, beside: Collection[str]) -> bool:
    """Whether Shedlight drew all pictures in a folder with the files ``beside`` it."""
    if name == OVERLAY_FOLDER:
        return is_run_folder(beside)
    return _OWN_FOLDERS.get(name) in beside


def left_out_members(members: Collection[str], is_image: Callable[[str], bool]) -> set[str]:
    """The pictures that Shedlight drew among the members of a zip, by their paths in it."""
    in_folder: defaultdict[str, list[str]] = defaultdict(list)
    for member in members:
        folder, _, name = member.rpartition("/")
        in_folder[folder].append(name)
    own: set[str] = set()
    for folder, files in in_folder.items():
        parts = folder.split("/") if folder else []
        places = ((parts[depth], "/".join(parts[:depth])) for depth in range(len(parts)))
        if any(is_own_folder(name, in_folder.get(above, ())) for name, above in places):
            drawn = set(files)
        else:
            drawn = own_pictures(files, OVERLAY_FOLDER in parts, is_image)
        own |= {f"{folder}/{name}" if folder else name for name in drawn if is_image(name)}
    return own


def reason_by_name(folder: str) -> LeftOut | None:
    """Why a folder of this name is left out wherever it lies; None if it is searched."""
    if is_system_folder(folder):
        return LeftOut.SYSTEM_FOLDERS
    return LeftOut.HIDDEN_FOLDERS if folder.startswith(".") else None
