"""The replay and the frozen set: rendered examples that are part of the package.

``replay`` is mixed into retraining on people's labels, against forgetting. ``frozen`` is never
trained on; a new version must not get worse on it.
"""

import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from model.version import CLASSES, LICENCE, sha256
from training.datasets.annotations import PHOTOGRAPH
from training.datasets.collect import collect, hash_of
from training.datasets.example_files import jpeg_of, pack_examples, unpack_examples
from training.datasets.examples import Example, crops_of
from training.datasets.splits import balanced, is_held_out_photo

FOLDER = Path(__file__).parents[1] / "replay"
_CROP_SHARE = 0.98
"""Share of a set's bytes for the JPEGs of its crops; everything else takes less than the rest."""


@dataclass(frozen=True)
class ReplaySet:
    """A set by its ``name``, its maximum size, and whether its photos are ``held_out``."""

    name: str
    limit_bytes: int
    held_out: bool

    def accepts(self, example: Example) -> bool:
        """Whether an example is of this set's photos, may be distributed, and can be trained on."""
        background = example.annotated.attributes.background
        is_ours = background != "" and not background.startswith(PHOTOGRAPH)
        is_on_side = is_held_out_photo(example.photo) is self.held_out
        return is_on_side and is_ours and bool(example.trained_crops)

    def files(self, folder: Path) -> tuple[Path, Path]:
        """Its examples and its manifest."""
        return folder / f"{self.name}.npz", folder / f"{self.name}.json"


REPLAY = ReplaySet("replay", 10_000_000, held_out=False)
FROZEN = ReplaySet("frozen", 4_000_000, held_out=True)


def load_replay(folder: Path = FOLDER) -> list[Example]:
    """The set to mix into retraining, in a balanced order.

    Raises ShedlightError (MODEL_REFUSED) when it does not match its manifest.
    """
    return load_set(REPLAY, folder)


def load_frozen(folder: Path = FOLDER) -> list[Example]:
    """The set on which a new version must not get worse; otherwise as ``load_replay``."""
    return load_set(FROZEN, folder)


def load_set(replay_set: ReplaySet, folder: Path) -> list[Example]:
    """Reads a set. Raises ShedlightError (MODEL_REFUSED) if a file is missing or wrong."""
    file, manifest_file = replay_set.files(folder)
    try:
        raw, manifest = file.read_bytes(), json.loads(manifest_file.read_text("utf-8"))
        _check(manifest, {"sha256": sha256(raw)})
        examples = unpack_examples(raw)
        _check(manifest, manifest_of(replay_set, raw, examples))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return examples


def save_set(
    replay_set: ReplaySet, examples: Sequence[Example], source: Mapping[str, object], folder: Path
) -> dict[str, object]:
    """Writes a set and its manifest, which also holds the ``source`` of the examples.

    Returns the manifest. Raises ValueError when an example does not belong in the set, or the set
    is empty or too large.
    """
    raw = pack_examples(examples)
    manifest = manifest_of(replay_set, raw, examples) | dict(source)
    folder.mkdir(parents=True, exist_ok=True)
    file, manifest_file = replay_set.files(folder)
    file.write_bytes(raw)
    manifest_file.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    return manifest


def manifest_of(
    replay_set: ReplaySet, raw: bytes, examples: Sequence[Example]
) -> dict[str, object]:
    """The manifest of the file ``raw``, which holds ``examples``.

    Raises ValueError when an example does not belong in the set, or the set is empty or too large.
    """
    rejected = {example.photo for example in examples if not replay_set.accepts(example)}
    if rejected:
        raise ValueError(f"{replay_set.name} may not hold examples of {sorted(rejected)}")
    if not examples or len(raw) > replay_set.limit_bytes:
        raise ValueError(f"{replay_set.name}: {len(examples)} examples in {len(raw)} bytes")
    counts = {name: dict(sorted(Counter(values).items())) for name, values in _properties(examples)}
    return {
        "name": replay_set.name,
        "sha256": sha256(raw),
        "bytes": len(raw),
        "examples": len(examples),
        "crops": len(crops_of(examples)),
        "counts": counts,
        "photos": sorted({example.photo for example in examples}),
        "licence": LICENCE,
    }


def choose(replay_set: ReplaySet, examples: Sequence[Example], seed: int) -> list[Example]:
    """As many of the examples as fit into the set, in a balanced order."""
    left_bytes = _CROP_SHARE * replay_set.limit_bytes
    chosen = []
    for example in balanced([e for e in examples if replay_set.accepts(e)], seed):
        left_bytes -= sum(len(jpeg_of(crop.pixels)) for crop in crops_of([example]))
        if left_bytes < 0:
            break
        chosen.append(example)
    return chosen


def build_replay_sets(
    rendered: Sequence[Path], run: Path, out: Path = FOLDER, seed: int = 0
) -> list[dict[str, object]]:
    """Fills both sets in ``out`` from the examples that ``run`` collected of ``rendered``.

    ``seed`` is that of the run. Returns the manifests. Raises OSError, and ValueError if
    one of them would be empty.
    """
    examples = [e for folder in rendered for e in collect(folder, run, find=True, seed=seed)]
    sets = {replay_set: choose(replay_set, examples, seed) for replay_set in (REPLAY, FROZEN)}
    for replay_set, chosen in sets.items():
        if not chosen:
            raise ValueError(f"None of the rendered photos is for the {replay_set.name} set.")
    source = {"seed": seed, "training_data_sha256": hash_of(rendered, True, seed)}
    return [save_set(replay_set, chosen, source, out) for replay_set, chosen in sets.items()]


def _check(manifest: Mapping[str, object], expected: Mapping[str, object]) -> None:
    for name, value in expected.items():
        if manifest[name] != value:
            raise ValueError(f"{name}: {manifest[name]!r} instead of {value!r}")


def _properties(examples: Sequence[Example]) -> Iterable[tuple[str, Iterable[str]]]:
    """What the manifest counts, by name."""
    attributes = [example.annotated.attributes for example in examples]
    yield "truth", (example.annotated.truth for example in examples)
    yield "end", (CLASSES[k] for example in examples for _, k in example.trained_crops)
    yield "kind", (each.kind for each in attributes)
    yield "width_bin", (example.width_bin for example in examples)
    yield "shade", (each.shade for each in attributes)
    yield "background", (each.background for each in attributes)
    yield "origin", ("found" if example.found else "synthetic" for example in examples)
