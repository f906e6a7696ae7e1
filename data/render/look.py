"""Ways to show the scenes of a seed: as in training, or otherwise, to measure by."""

from collections.abc import Callable, Sequence
from typing import Literal

from data.render.second_look import second_look
from data.render.spec import SceneSpec
from data.render.variants import light_table

LookName = Literal["usual", "second", "light-table"]
Look = Callable[[SceneSpec, Sequence[str]], SceneSpec]
"""From a scene, and the photographed grounds that no training hair ever lay on, to the same scene
as it looks otherwise."""


def usual(spec: SceneSpec, _grounds: Sequence[str]) -> SceneSpec:
    """The scene as it is."""
    return spec


LOOKS: dict[LookName, Look] = {"usual": usual, "second": second_look, "light-table": light_table}
"""All but the usual one are for measuring, never trained on."""
