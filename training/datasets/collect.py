"""Collects the examples of a folder of renders and caches them."""

import hashlib
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

import data
from data.images.photo import Photo
from data.images.read import read_photo_file
from data.render import labels
from data.strands.crop import RootCrop, crop_end, crop_pose
from data.strands.strand import EndState, Strand
from model.inference.line_finder import LINE_NET, WEIGHTS_FILE, shipped_finder
from model.inference.width_meter import COARSE_FILE, FINE_FILE, WIDTH_NETS
from model.networks.parts import PARTS, PARTS_CELL_PX
from training.datasets.annotations import AnnotatedPhoto, load_annotations
from training.datasets.example_files import PARTS_SHAPE, load_examples, save_examples
from training.datasets.examples import NOT_HAIR, UNTRAINED, AnnotatedStrand, Example, PartsMap
from training.datasets.matching import match
from training.datasets.synthetic import (
    contrast_of,
    fragments_from_truth,
    hairs_from_truth,
    sample_negatives,
)

PROCESSES = 2
_STROKE_SHARE = 0.3
"""Share of the cells along the last shaft widths from which a stroke or thread is shown."""
_GREY_SATURATION, _BLACK_VALUE, _BROWN_HUE, _BROWN_SATURATION = 60, 60, 22, 150
"""Colours of hair in OpenCV's HSV: grey, black, and from red brown to blond. Our choice."""
MIN_CONTRAST = 4.0
"""A hair made from the annotations with less contrast (in grey levels) is invisible."""
_FORMAT = "7"
"""Raise this when the collected examples change, so that old caches are not used."""

_PART_OF_LABEL = np.zeros(len(labels.LABEL_NAMES), np.uint8)
_PART_OF_LABEL[[labels.SHAFT, labels.SHEATHED_SHAFT]] = PARTS.index("shaft")
_PART_OF_LABEL[[labels.BULB, labels.SHEATHED_BULB, labels.TAIL]] = PARTS.index("root")
_PART_OF_LABEL[labels.SHEATH] = PARTS.index("sheath")
_PART_OF_LABEL[labels.OTHER] = PARTS.index("other")
_SHIFT = (1 / PARTS_CELL_PX - 1) / 2
_CROP_TO_MAP = np.array([[1 / PARTS_CELL_PX, 0, _SHIFT], [0, 1 / PARTS_CELL_PX, _SHIFT], [0, 0, 1]])
"""From pixels of a crop to cells of its map of parts, (0, 0) in the middle of the first."""

Job = tuple[Path, AnnotatedPhoto, bool, int]


def collect(rendered: Path, cache: Path, find: bool = True, seed: int = 0) -> list[Example]:
    """The examples of ``rendered``: from its annotations and, with ``find``, from the strands that
    the finder proposes. They are cached in ``cache`` under the hash of their input."""
    return load_examples(collect_file(rendered, cache, find, seed))


def collect_file(rendered: Path, cache: Path, find: bool = True, seed: int = 0) -> Path:
    """The file of those examples, which is made if it does not exist."""
    file = cache_file(rendered, cache, find, seed)
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        jobs = [(rendered, truth, find, seed) for truth in load_annotations(rendered)]
        # Spawned, because a fork of a process in which torch has threads may hang.
        with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
            batches = pool.imap(_examples_of_photo, jobs, chunksize=2)
            tracked = track(batches, "Collecting root crops", total=len(jobs))
            save_examples(file, list(chain.from_iterable(tracked)))
    return file


def cache_file(rendered: Path, cache: Path, find: bool = True, seed: int = 0) -> Path:
    """The file in ``cache`` for the examples of ``rendered``."""
    return cache / f"examples-{hash_of([rendered], find, seed)[:16]}.npz"


def hash_of(rendered: Sequence[Path], find: bool, seed: int) -> str:
    """SHA-256 of the examples' input: annotations, sizes of the photos, and the finder."""
    digest = hashlib.sha256(f"{_FORMAT} {find} {seed} ".encode())
    for folder in rendered:
        digest.update((folder / "truth.jsonl").read_bytes())
        for file in sorted((folder / "photos").iterdir()):
            digest.update(f"{file.name} {file.stat().st_size} ".encode())
    for file in finder_files() if find else ():
        digest.update(file.read_bytes())
    return digest.hexdigest()


def finder_files() -> list[Path]:
    """The sources and weights that the finder's strands and their crops depend on."""
    folders = (Path(data.__path__[0], name) for name in ("images", "strands", "no_hair"))
    sources = chain.from_iterable(sorted(folder.glob("*.py")) for folder in folders)
    width_nets = (WIDTH_NETS / name for name in (COARSE_FILE, FINE_FILE))
    return [*sources, LINE_NET / WEIGHTS_FILE, *width_nets]


def _examples_of_photo(job: Job) -> list[Example]:
    rendered, truth, find, seed = job
    cv2.setNumThreads(1)
    photo = read_photo_file(rendered / "photos" / truth.name)
    synthetic = _synthetic_strands(photo, truth, seed)
    found = [match(strand, truth) for strand in shipped_finder().find(photo)] if find else []
    mask = _label_picture(rendered / truth.mask) if truth.mask else None
    return [
        _example(photo, mask, truth.name, annotated, is_found)
        for is_found, strands in ((False, synthetic), (True, found))
        for annotated in strands
    ]


def _synthetic_strands(photo: Photo, truth: AnnotatedPhoto, seed: int) -> Iterator[AnnotatedStrand]:
    """Strands from the annotations. They depend on the photo's name and the seed alone."""
    name_seed = int(hashlib.sha256(truth.name.encode()).hexdigest()[:8], 16)
    rng = np.random.default_rng([seed, name_seed])
    hairs = chain(hairs_from_truth(truth, rng), fragments_from_truth(truth, rng))
    for annotated in chain(hairs, sample_negatives(photo, truth, rng)):
        strand = annotated.strand
        contrast = contrast_of(photo, strand.path, strand.shaft_px)
        if abs(contrast) >= MIN_CONTRAST or annotated.truth == "not_hair":
            yield replace(annotated, strand=replace(strand, contrast=contrast))


def _label_picture(path: Path) -> PartsMap:
    """A label picture with the index of each pixel's part in ``PARTS``."""
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise OSError(f"{path} cannot be read.")
    return np.asarray(_PART_OF_LABEL[picture], np.uint8)


def _example(
    photo: Photo, mask: PartsMap | None, name: str, annotated: AnnotatedStrand, found: bool
) -> Example:
    """The strand with its crops, and its path reduced to the ends to save memory."""
    strand = annotated.strand
    visible = [end.state is EndState.VISIBLE for end in strand.ends]
    one, other = (crop_end(photo, strand, k) if visible[k] else None for k in (0, 1))
    of_one, of_other = (
        None if mask is None or not visible[k] else _parts_at(mask, strand, k) for k in (0, 1)
    )
    ends = np.array([[end.x, end.y] for end in strand.ends])
    first, second = (
        UNTRAINED if kind == NOT_HAIR and crop and _may_be_cut_hair(crop, parts) else kind
        for kind, crop, parts in zip(
            annotated.end_classes, (one, other), (of_one, of_other), strict=True
        )
    )
    path_of_ends = replace(strand, path=ends)
    short = replace(annotated, strand=path_of_ends, end_classes=(first, second))
    return Example(short, name, found, (one, other), (of_one, of_other))


def _may_be_cut_hair(crop: RootCrop, parts: PartsMap | None) -> bool:
    """Whether a drawn stroke or a thread reaches the crop's middle in a colour that hair has.

    Its end looks the same as that of a cut hair, which must stay a hair.
    """
    if parts is None:
        return False
    row, column = PARTS_SHAPE[0] // 2, PARTS_SHAPE[1] // 2
    shaft = parts[row - 2 : row + 2, column - 15 : column - 3] == PARTS.index("other")
    if shaft.mean() < _STROKE_SHARE:
        return False
    small = cv2.resize(crop.pixels, PARTS_SHAPE[::-1], interpolation=cv2.INTER_AREA)
    colours = small[row - 2 : row + 2, column - 15 : column - 3][shaft][:, None]
    hue, saturation, value = np.median(cv2.cvtColor(colours, cv2.COLOR_BGR2HSV), axis=(0, 1))
    is_brown = hue <= _BROWN_HUE and saturation <= _BROWN_SATURATION
    return bool(saturation <= _GREY_SATURATION or value <= _BLACK_VALUE or is_brown)


def _parts_at(mask: PartsMap, strand: Strand, k: int) -> PartsMap:
    """The map of parts of the crop of end ``k``."""
    end = strand.ends[k]
    pose = _CROP_TO_MAP @ crop_pose(end, end.shaft_px or strand.shaft_px)
    size = (PARTS_SHAPE[1], PARTS_SHAPE[0])
    found = cv2.warpAffine(
        mask, pose[:2], size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(found, np.uint8)
