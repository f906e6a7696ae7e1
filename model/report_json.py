"""Hairs as JSON, in the format of a report (``shedlight/1``), and back."""

import numpy as np

from data.io.jsonl import Json
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import EndProbabilities, Hair, Label, Reason, RootType

SHAFT_DECIMALS = 2
"""Decimals of a shaft's width in a report."""


def hair_json(index: int, hair: Hair) -> Json:
    """The ``hair`` object of ``model/schema/shedlight-1.json``."""
    strand = hair.strand
    root = None if hair.root_end is None else strand.ends[hair.root_end]
    return {
        "id": index,
        "label": hair.label.value,
        "reason": hair.reason.value if hair.reason else None,
        "probabilities": {"telogen": round(hair.p_telogen, 4), "anagen": round(hair.p_anagen, 4)},
        "root_type": hair.root_type.value if hair.root_type else None,
        "root": None if root is None else {"x": round(root.x, 1), "y": round(root.y, 1)},
        "ends": [_end_json(*pair) for pair in zip(strand.ends, hair.ends, strict=True)],
        "path": [[round(float(x), 1), round(float(y), 1)] for x, y in strand.path],
        "shaft_px": round(strand.shaft_px, SHAFT_DECIMALS),
    }


def hair_of(record: Json) -> Hair:
    """The hair that ``hair_json`` wrote, with the model's label and the rounding of the JSON.

    The strand's contrast, tangle and confidences are not in the JSON; they have default values.
    """
    one, other = record["ends"]
    root = record["root"] and (record["root"]["x"], record["root"]["y"])
    strand = Strand(
        np.array(record["path"], np.float64),
        record["shaft_px"],
        (_end_of(one), _end_of(other)),
        contrast=0.0,
    )
    root_type = record["root_type"]
    return Hair(
        strand=strand,
        ends=(_probabilities_of(one), _probabilities_of(other)),
        label=Label(record["label"]),
        reason=None if record["reason"] is None else Reason(record["reason"]),
        p_telogen=record["probabilities"]["telogen"],
        p_anagen=record["probabilities"]["anagen"],
        root_type=None if root_type is None else RootType(root_type),
        root_end=[(end["x"], end["y"]) for end in (one, other)].index(root) if root else None,
    )


def _end_json(end: End, probabilities: EndProbabilities | None) -> Json:
    known = None
    if probabilities is not None:
        known = {name: round(p, 4) for name, p in vars(probabilities).items()}
    return {
        "x": round(end.x, 1),
        "y": round(end.y, 1),
        "direction": round(end.direction, 4),
        "state": end.state.value,
        "probabilities": known,
    }


def _end_of(record: Json) -> End:
    return End(record["x"], record["y"], record["direction"], EndState(record["state"]))


def _probabilities_of(record: Json) -> EndProbabilities | None:
    known = record["probabilities"]
    return None if known is None else EndProbabilities(**known)
