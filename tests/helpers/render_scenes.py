"""Small hand-made scenes for the tests of the renderer."""

from data.render.camera import CameraSpec
from data.render.spec import (
    ClutterSpec,
    ColourSpec,
    CurveSpec,
    EndSpec,
    GroundSpec,
    HairSpec,
    LightSpec,
    PhoneSpec,
    SceneSpec,
)


def straight_hair(root: str | EndSpec = "cut", tip: str = "cut", **changes: object) -> HairSpec:
    """100 um wide, 10 mm long, from (-5, 0) along x; black."""
    fields: dict[str, object] = {
        "width_um": 100.0,
        "length_mm": 10.0,
        "root_at_mm": (-5.0, 0.0),
        "heading_deg": 0.0,
        "curve": CurveSpec(),
        "colour": ColourSpec(0.98, 0.0),
        "root": root if isinstance(root, EndSpec) else root_of(root),
        "tip": EndSpec(tip, 2, length_ratio=20.0),
    }
    return HairSpec(**{**fields, **changes})  # type: ignore[arg-type]


def root_of(kind: str) -> EndSpec:
    """A root 1.8 shafts wide and 3 long, with a tail and a sheath where its kind has them."""
    tail = 2.0 * (kind in ("club_tail", "club_both"))
    return EndSpec(kind, 1, 1.8, 3.0, tail_ratio=tail, sheath_ratio=5.0 * ("sheath" in kind))


def scene(hair: HairSpec | None = None, ground: str = "white_paper") -> SceneSpec:
    """160 x 120 pixels, 10 pixels per mm, seen from straight above."""
    return SceneSpec(
        seed=7,
        regime="tray",
        camera=CameraSpec(160, 120, 10.0),
        ground=GroundSpec(ground, 3),
        lights=(LightSpec(70, 30, 0.8, 1.0, (1.0, 1.0, 1.0)),),
        fill=0.3,
        hairs=(hair,) if hair else (),
        clutter=(ClutterSpec("crumb", (0.0, 4.0), 0.6, 0.1, (0.8, 0.1, 0.1), 5),),
        phone=PhoneSpec(seed=11),
        samples=8,
    )
