"""Exports a version for use in other programs, without Shedlight."""

import shutil
from pathlib import Path

from model.registry.registry import Registry
from model.version import VERSION_FILES, load_version

README_FILE = "README.md"
USE = """\
import json
import numpy as np, onnxruntime as ort
from PIL import Image

manifest = json.load(open("manifest.json"))
session = ort.InferenceSession("rootnet.onnx")
crop = np.asarray(Image.open("crop.png").convert("RGB"))[:, :, ::-1]  # 144 x 240, blue first
pixels = crop.transpose(2, 0, 1)[None].astype(np.float32)  # 1 x 3 x 144 x 240, from 0 to 255
(logits,) = session.run(["logits"], {"pixels": pixels, "shaft_px": np.float32([[8]])})
powers = np.exp((logits[0] - logits[0].max()) / manifest["temperature"])
print(dict(zip(manifest["classes"], (powers / powers.sum()).round(4).tolist())))
"""
"""Ten lines that print what the end of a hair in ``crop.png`` looks like."""
_README = """# {name} {version}

Trained on {trained_on}. See `model_card.md` for what it is for and where it fails.

It classifies the end of a hair. `crop.png` has 240 x 144 pixels, with the end in the
middle (120 pixels from the left) and the shaft coming in from the left along the middle row, drawn
12 pixels wide. `shaft_px` is how wide the shaft was in the photo. With ONNX Runtime, NumPy and
Pillow, in this folder:

```python
{use}```

These probabilities hold where the classes are as frequent as in `class_mix` of `manifest.json`.
Labels of hairs, from both ends, and shares, from labels, need the rest of Shedlight.
"""


def export_version(registry: Registry, name: str, out: Path) -> None:
    """Copies a version, with a README on how to run it, into the new folder ``out``.

    Raises RegistryError if there is no such version, ShedlightError (MODEL_REFUSED) if it is
    damaged, and OSError if ``out`` exists or cannot be written.
    """
    folder = registry.find(name)
    manifest = load_version(folder).manifest
    out.mkdir(parents=True)
    for file in VERSION_FILES:
        shutil.copyfile(folder / file, out / file)
    readme = _README.format(use=USE, **vars(manifest.name))
    (out / README_FILE).write_text(readme, "utf-8")
