"""Keepsakes: rendered examples that go with the product.

``replay`` is mixed into later retraining on people's labels, so that nothing is forgotten;
``frozen`` is never trained on, and a new version must lose nothing on it. Filled by
``shedlight models replay-sets``.
"""

import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from model.version import CLASSES, LICENCE, sha256
from training.datasets.collect import collect, hash_of
from training.datasets.examples import UNTRAINED, Example, crops_of
from training.datasets.packing import jpeg_of, pack, unpack
from training.datasets.splits import balanced, is_held_out

FOLDER = Path(__file__).parents[1] / "replay"
PHOTOGRAPH = "photo:"
"""Grounds so named are pieces of photographs, which are not ours to give away."""
_FOR_CROPS = 0.98
"""Share of a set's bytes for the JPEGs of its crops; all else takes less than what is left."""


@dataclass(frozen=True)
class ReplaySet:
    """A set by its ``name``, the most bytes of its examples, and whether it is ``held_out``."""

    name: str
    limit_bytes: int
    held_out: bool

    def may_hold(self, example: Example) -> bool:
        """Whether an example is of this set's photos, is ours to give, and has an end to train."""
        ground = example.labelled.facts.ground
        ours = ground != "" and not ground.startswith(PHOTOGRAPH)
        return is_held_out(example.photo) is self.held_out and ours and any(_classes(example))

    def files(self, folder: Path) -> tuple[Path, Path]:
        """Its examples and its manifest."""
        return folder / f"{self.name}.npz", folder / f"{self.name}.json"


REPLAY = ReplaySet("replay", 10_000_000, held_out=False)
FROZEN = ReplaySet("frozen", 4_000_000, held_out=True)


def load_replay(folder: Path = FOLDER) -> list[Example]:
    """The set to mix into retraining, balanced as far as one goes into it.

    Raises ShedlightError (MODEL_REFUSED) when it does not fit its manifest.
    """
    return load(REPLAY, folder)


def load_frozen(folder: Path = FOLDER) -> list[Example]:
    """The set on which a new version must lose nothing; else as ``load_replay``."""
    return load(FROZEN, folder)


def load(keepsake: ReplaySet, folder: Path) -> list[Example]:
    """Reads a set. Raises ShedlightError (MODEL_REFUSED) when anything is missing or wrong."""
    file, manifest_file = keepsake.files(folder)
    try:
        raw, manifest = file.read_bytes(), json.loads(manifest_file.read_text("utf-8"))
        _expect(manifest, {"sha256": sha256(raw)})
        examples = unpack(raw)
        _expect(manifest, contents(keepsake, raw, examples))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as cause:
        raise ShedlightError(ErrorCode.MODEL_REFUSED) from cause
    return examples


def save(
    keepsake: ReplaySet, examples: Sequence[Example], made_from: Mapping[str, object], folder: Path
) -> dict[str, object]:
    """Writes a set and its manifest, which also says what it was ``made_from``.

    Returns the manifest. Raises ValueError when an example has no place in the set or they are
    too many.
    """
    raw = pack(examples)
    manifest = contents(keepsake, raw, examples) | dict(made_from)
    text = json.dumps(manifest, indent=2) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    file, manifest_file = keepsake.files(folder)
    file.write_bytes(raw)
    manifest_file.write_text(text, "utf-8")
    return manifest


def contents(keepsake: ReplaySet, raw: bytes, examples: Sequence[Example]) -> dict[str, object]:
    """What a manifest says of the file ``raw`` that holds ``examples``.

    Raises ValueError when an example has no place in the set, or the set is empty or too large.
    """
    strangers = {example.photo for example in examples if not keepsake.may_hold(example)}
    if strangers:
        raise ValueError(f"{keepsake.name} may not hold examples of {', '.join(sorted(strangers))}")
    if not examples or len(raw) > keepsake.limit_bytes:
        raise ValueError(f"{keepsake.name}: {len(examples)} examples in {len(raw)} bytes")
    return {
        "name": keepsake.name,
        "sha256": sha256(raw),
        "bytes": len(raw),
        "examples": len(examples),
        "crops": len(crops_of(examples)),
        "counts": {by: _counts(values) for by, values in _properties(examples).items()},
        "photos": sorted({example.photo for example in examples}),
        "licence": LICENCE,
    }


def choose(keepsake: ReplaySet, examples: Sequence[Example], seed: int) -> list[Example]:
    """As many of the examples as the set has room for, balanced."""
    left = _FOR_CROPS * keepsake.limit_bytes
    chosen = []
    for example in balanced([e for e in examples if keepsake.may_hold(e)], seed):
        left -= sum(len(jpeg_of(crop.pixels)) for crop in crops_of([example]))
        if left < 0:
            break
        chosen.append(example)
    return chosen


def fill(
    rendered: Path, run: Path, folder: Path = FOLDER, seed: int = 0
) -> list[dict[str, object]]:
    """Fills both sets from what ``run`` has collected of ``rendered``; their manifests.

    Raises OSError, and ValueError if one of them would be empty.
    """
    examples = collect(rendered, run, find=True, seed=seed)
    sets = {keepsake: choose(keepsake, examples, seed) for keepsake in (REPLAY, FROZEN)}
    for keepsake, chosen in sets.items():
        if not chosen:
            raise ValueError(f"None of the rendered photos is for the {keepsake.name} set.")
    made_from = {"seed": seed, "training_data_sha256": hash_of(rendered, True, seed)}
    return [save(keepsake, chosen, made_from, folder) for keepsake, chosen in sets.items()]


def _expect(manifest: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    for name, value in wanted.items():
        if manifest[name] != value:
            raise ValueError(f"{name}: found {manifest[name]!r}, wanted {value!r}")


def _properties(examples: Sequence[Example]) -> dict[str, Iterable[str]]:
    """What is counted, by its name."""
    return {
        "truth": [example.labelled.truth for example in examples],
        "end": [name for example in examples for name in _classes(example)],
        "kind": [example.labelled.facts.kind for example in examples],
        "tier": (example.tier for example in examples),
        "shade": [example.labelled.facts.shade for example in examples],
        "ground": [example.labelled.facts.ground for example in examples],
        "found": ["found" if example.found else "drawn" for example in examples],
    }


def _classes(example: Example) -> Iterator[str]:
    """The classes of its ends that can be trained."""
    pairs = zip(example.crops, example.labelled.end_classes, strict=True)
    return (CLASSES[k] for crop, k in pairs if crop is not None and k != UNTRAINED)


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
