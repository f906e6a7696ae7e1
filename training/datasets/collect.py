"""All examples of a folder of renders, collected once and kept."""

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
from training.datasets.annotations import AnnotatedPhoto, load_annotations
from training.datasets.examples import Example, Labelled, load_examples, save_examples
from training.datasets.matching import match
from training.datasets.synthetic import (
    contrast_of,
    hairs_from_truth,
    pieces_from_truth,
    sample_negatives,
)

PROCESSES = 2
LEAST_CONTRAST = 4.0
"""A hair drawn from the truth that stands out less (in grey levels) cannot be seen."""
_FORMAT = "4"
"""Raised when this room changes what it collects, so that old caches are not used."""

Job = tuple[Path, AnnotatedPhoto, bool, int]


def collect(rendered: Path, cache: Path, find: bool = True, seed: int = 0) -> list[Example]:
    """The examples of ``rendered``: drawn from its truth and, with ``find``, those that the
    finder proposes. They are kept in ``cache`` under the hash of what they were made from."""
    file = cache / f"examples-{hash_of(rendered, find, seed)[:16]}.npz"
    if not file.exists():
        jobs = [(rendered, truth, find, seed) for truth in load_annotations(rendered)]
        save_examples(file, list(chain.from_iterable(_each_photo(jobs))))
    return load_examples(file)


def hash_of(rendered: Path, find: bool, seed: int) -> str:
    """SHA-256 of what the examples depend on: truth, sizes of the photos, and the finder."""
    digest = hashlib.sha256(f"{_FORMAT} {find} {seed} ".encode())
    digest.update((rendered / "truth.jsonl").read_bytes())
    for file in sorted((rendered / "photos").iterdir()):
        digest.update(f"{file.name} {file.stat().st_size} ".encode())
    for source in sorted(Path(data.__path__[0]).glob("*.py")) if find else ():
        digest.update(source.read_bytes())
    if find:
        digest.update((LINE_NET / WEIGHTS_FILE).read_bytes())
    return digest.hexdigest()


def _each_photo(jobs: list[Job]) -> Iterator[list[Example]]:
    # Spawned, because a fork of a process in which torch has threads may hang.
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        batches = pool.imap(_examples_of, jobs, chunksize=2)
        yield from track(batches, "Collecting root crops", total=len(jobs))


def _examples_of(job: Job) -> list[Example]:
    rendered, truth, find, seed = job
    cv2.setNumThreads(1)
    photo = read_photo_file(rendered / "photos" / truth.name)
    drawn = _drawn(photo, truth, seed)
    found = [match(strand, truth) for strand in shipped_finder().find(photo)] if find else []
    return [
        _example(photo, truth.name, labelled, is_found)
        for is_found, several in ((False, drawn), (True, found))
        for labelled in several
    ]


def _drawn(photo: Photo, truth: AnnotatedPhoto, seed: int) -> Iterator[Labelled]:
    """What is drawn depends on the photo's name and the seed alone."""
    name_seed = int(hashlib.sha256(truth.name.encode()).hexdigest()[:8], 16)
    rng = np.random.default_rng([seed, name_seed])
    hairs = chain(hairs_from_truth(truth, rng), pieces_from_truth(truth, rng))
    for labelled in chain(hairs, sample_negatives(photo, truth, rng)):
        strand = labelled.strand
        contrast = contrast_of(photo, strand.path, strand.shaft_px)
        if abs(contrast) >= LEAST_CONTRAST or labelled.truth == "not_hair":
            yield replace(labelled, strand=replace(strand, contrast=contrast))


def _example(photo: Photo, name: str, labelled: Labelled, found: bool) -> Example:
    """With its crops, and without the path, which is long and no longer needed."""
    strand = labelled.strand
    one, other = (
        crop_end(photo, strand, k) if strand.ends[k].state is EndState.VISIBLE else None
        for k in (0, 1)
    )
    ends = np.array([[end.x, end.y] for end in strand.ends])
    return Example(replace(labelled, strand=replace(strand, path=ends)), name, found, (one, other))
