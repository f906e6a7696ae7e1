"""Collects the examples of a folder of renders and caches them."""

import hashlib
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

import data
from data.images.photo import Photo
from data.images.read import read_photo_file
from data.strands.crop import crop_end
from data.strands.strand import EndState
from model.inference.line_finder import LINE_NET, WEIGHTS_FILE, shipped_finder
from model.inference.width_meter import COARSE_FILE, FINE_FILE, WIDTH_NETS
from training.datasets.annotations import AnnotatedPhoto, load_annotations
from training.datasets.example_files import load_examples, save_examples
from training.datasets.examples import AnnotatedStrand, Example
from training.datasets.matching import match
from training.datasets.synthetic import (
    contrast_of,
    fragments_from_truth,
    hairs_from_truth,
    sample_negatives,
)

PROCESSES = 2
MIN_CONTRAST = 4.0
"""A hair made from the annotations with less contrast (in grey levels) is invisible."""
_FORMAT = "4"
"""Raise this when the collected examples change, so that old caches are not used."""

Job = tuple[Path, AnnotatedPhoto, bool, int]


def collect(rendered: Path, cache: Path, find: bool = True, seed: int = 0) -> list[Example]:
    """The examples of ``rendered``: from its annotations and, with ``find``, from the strands that
    the finder proposes. They are cached in ``cache`` under the hash of their input."""
    file = cache_file(rendered, cache, find, seed)
    if not file.exists():
        jobs = [(rendered, truth, find, seed) for truth in load_annotations(rendered)]
        # Spawned, because a fork of a process in which torch has threads may hang.
        with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
            batches = pool.imap(_examples_of_photo, jobs, chunksize=2)
            tracked = track(batches, "Collecting root crops", total=len(jobs))
            save_examples(file, list(chain.from_iterable(tracked)))
    return load_examples(file)


def cache_file(rendered: Path, cache: Path, find: bool = True, seed: int = 0) -> Path:
    """The file in ``cache`` for the examples of ``rendered``."""
    return cache / f"examples-{hash_of(rendered, find, seed)[:16]}.npz"


def hash_of(rendered: Path, find: bool, seed: int) -> str:
    """SHA-256 of the examples' input: annotations, sizes of the photos, and the finder."""
    digest = hashlib.sha256(f"{_FORMAT} {find} {seed} ".encode())
    digest.update((rendered / "truth.jsonl").read_bytes())
    for file in sorted((rendered / "photos").iterdir()):
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
    return [
        _example(photo, truth.name, annotated, is_found)
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


def _example(photo: Photo, name: str, annotated: AnnotatedStrand, found: bool) -> Example:
    """The strand with its crops, and its path reduced to the ends to save memory."""
    strand = annotated.strand
    one, other = (
        crop_end(photo, strand, k) if strand.ends[k].state is EndState.VISIBLE else None
        for k in (0, 1)
    )
    ends = np.array([[end.x, end.y] for end in strand.ends])
    short = replace(annotated, strand=replace(strand, path=ends))
    return Example(short, name, found, (one, other))
