"""Teaching from folders of labels to what is in force afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from model.inference.root_classifier import EndClassifier
from model.registry.registry import ALIAS, Registry
from model.version import WEIGHTS_FILE, load_version
from tests.helpers.model.versions import SHIPPED_NAME
from tests.helpers.training.examples import crop
from tests.helpers.training.label_folders import finds, folder, picture, strand
from tests.helpers.training.tiny_retraining import (
    PLAN,
    SHOWN,
    label_crops,
    make_tiny,
    on_a_ground,
    promote_always,
    save,
)
from training.labels.labelled_strand import Extent
from training.retrain.command import retrain_and_report
from training.retrain.parallel_fits import Fit
from training.retrain.promotion import Verdict
from training.retrain.report import OUTCOME, REPORT
from training.retrain.retrain import RetrainConfig
from training.retrain.run_state import PROGRESS, Outcome

ORDER = RetrainConfig(curve=False)


@dataclass(frozen=True)
class Bench:
    """A folder to teach in."""

    path: Path

    @property
    def registry(self) -> Registry:
        return Registry(self.path / "models")

    def taught(self, *labels: Path, order: RetrainConfig = ORDER) -> Outcome:
        return retrain_and_report(labels, self.path / "run", self.registry.folder, order)

    def crops(self, persons: Sequence[int], name: str = "labels", **how: object) -> Path:
        return label_crops(self.path / name, persons, **how)  # type: ignore[arg-type]

    def in_force(self) -> str:
        return self.registry.champion().name


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    make_tiny(monkeypatch)
    return Bench(tmp_path)


def untouched(bench: Bench) -> bool:
    """Whether nothing was ever put in force but what comes with the package."""
    return bench.in_force() == SHIPPED_NAME and not (bench.registry.folder / ALIAS).exists()


class TestLabelsThatTeachNothing:
    @pytest.fixture(params=["missing", "empty", "contradictory", "damaged"])
    def labels(self, request: pytest.FixtureRequest, bench: Bench) -> Path:
        head, row = b"photo,x,y,label\n", b"a.png,100,200,"
        files = {
            "missing": None,
            "empty": {},
            "contradictory": {
                "a.png": picture(), "t.csv": head + row + b"club\n" + row + b"bent\n"
            },
            "damaged": {"club/a.png": b"\x89PNG and no more"},
        }[request.param]  # fmt: skip
        place = bench.path / "labels"
        if files is not None:
            place.mkdir()
            folder(place, files)
        return place

    def test_no_model_is_made_and_it_is_said_why(
        self,
        labels: Path,
        bench: Bench,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr("training.retrain.command.shipped_finder", lambda: finds(strand()))
        outcome = bench.taught(labels)
        assert (outcome.decision.verdict, outcome.challenger) == (Verdict.NO_LABELS, None)
        assert (len(outcome.labels.problems), outcome.evidence) == (1, None)
        said = capsys.readouterr().out
        assert str(outcome.labels.problems[0]) in said
        assert "There is no label that a model could be fitted to." in said
        assert '"state": "done"' in (bench.path / "run" / PROGRESS).read_text()
        assert untouched(bench)
        assert len(bench.registry.versions()) == 1


@pytest.mark.parametrize(
    ("persons", "classes", "verdict", "words"),
    [
        (range(3), ["club"], Verdict.TOO_FEW, "There are 3 labels"),
        (range(30), ["club"], Verdict.TOO_FEW_OF_A_KIND, "Of anagen hairs there are 0 labels"),
        ([0] , SHOWN, Verdict.ONE_GROUP, "one person"),
    ],
)  # fmt: skip
def test_too_little_makes_a_version_that_is_not_put_in_force(
    bench: Bench, persons: Sequence[int], classes: Sequence[str], verdict: Verdict, words: str
) -> None:
    outcome = bench.taught(bench.crops(persons, each=1, classes=classes))
    assert outcome.decision.verdict is verdict
    assert words in outcome.decision.reason
    assert not outcome.promoted
    assert untouched(bench)
    assert outcome.challenger in [entry.name for entry in bench.registry.versions()]
    assert words in (bench.path / "run" / REPORT).read_text("utf-8")
    assert f'"verdict": "{verdict.value}"' in (bench.path / "run" / OUTCOME).read_text()


@pytest.mark.parametrize("arch", ["mobilenet_v3_small", "resnet18"])
def test_another_network_learns_what_is_known_and_then_the_labels(
    bench: Bench, arch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.retrain.retrain.ANEW_EPOCHS", 1)
    outcome = bench.taught(bench.crops(range(2), each=1), order=RetrainConfig(arch, curve=False))
    assert outcome.decision.verdict is Verdict.TOO_FEW
    assert outcome.challenger
    version = load_version(bench.registry.find(outcome.challenger))
    assert version.manifest.name.name == arch
    assert version.manifest.parent == SHIPPED_NAME
    EndClassifier(version)  # runs, or it is refused
    assert untouched(bench)


@pytest.mark.parametrize(
    ("classes", "curve", "fits"),
    [
        (SHOWN, True, 3 + 1 + 2 * 3),
        (SHOWN, False, 3 + 1),
        (["club"], True, 3 + 1),  # three labels: no kind has enough for a curve
    ],
)
def test_only_what_is_asked_for_is_fitted_ahead(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    classes: Sequence[str],
    curve: bool,
    fits: int,
) -> None:
    ahead: list[Fit] = []
    monkeypatch.setattr(
        "training.retrain.experiment.fit_in_parallel",
        lambda _material, fits, _tell: ahead.extend(fits),
    )
    bench.taught(bench.crops(range(3), each=1, classes=classes), order=RetrainConfig(curve=curve))
    assert len({fit.run for fit in ahead}) == len(ahead) == fits
    draws = [fit.plan.draws for fit in ahead]
    assert draws == sorted(draws, reverse=True), "the longest first"


def test_crops_count_and_photos_of_one_class_do_not(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.retrain.command.shipped_finder", lambda: finds(strand()))
    labels = bench.crops(range(3), each=1)
    folder(labels, {f"club/person {k}/photo.png": picture(k) for k in range(3)})
    outcome = bench.taught(labels)
    extents = [hair.extent for hair in outcome.labels.hairs]
    assert (extents.count(Extent.END), extents.count(Extent.PHOTO)) == (9, 3)
    assert outcome.evidence
    assert outcome.evidence.fitted == 12
    assert {judged.hair.extent for judged in outcome.evidence.judged} == {Extent.END}
    assert outcome.evidence.counts == {"telogen": 3, "anagen": 6}
    assert "There are 9 labels" in outcome.decision.reason


def test_of_photos_of_one_class_alone_nothing_can_be_judged(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.retrain.command.shipped_finder", lambda: finds(strand()))
    files = {f"{name}/{k}.png": picture(k) for k, name in enumerate(["club", "bent", "club"])}
    outcome = bench.taught(folder(bench.path / "labels", files))
    assert (outcome.decision.verdict, outcome.promoted) == (Verdict.NO_LABELS, False)
    assert "photos of one class" in outcome.decision.reason
    assert untouched(bench)


def mislabelled(place: Path, wrong: float) -> Path:
    """Clubs and hooks of eight people, of which a share ``wrong`` is labelled as the other."""
    rng, other = np.random.default_rng(0), {"club": "bent", "bent": "club"}
    for person in range(8):
        for k in range(5):
            for shown in other:
                said = other[shown] if rng.uniform() < wrong else shown
                file = place / said / f"person {person}" / f"{shown} {k}.png"
                save(file, on_a_ground(crop(SHOWN[shown], rng).pixels, rng))
    return place


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [(0.0, Verdict.BETTER), (0.2, Verdict.MANY_SLIPS), (0.5, Verdict.MANY_SLIPS)],
)
def test_good_labels_earn_a_promotion_and_wrong_ones_do_not(
    wrong: float, verdict: Verdict, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tiny(monkeypatch, replace(PLAN, epochs=2, draws=96, batch=24))
    outcome = bench.taught(mislabelled(bench.path / "labels", wrong))
    assert outcome.evidence
    assert outcome.evidence.counts.total() == 80
    assert outcome.decision.verdict is verdict
    assert outcome.promoted is (verdict is Verdict.BETTER)
    assert bench.in_force() == (outcome.challenger if outcome.promoted else SHIPPED_NAME)


class TestASecondRound:
    @pytest.fixture
    def first(self, bench: Bench) -> Outcome:
        """What came of six persons' labels: it is in force."""
        with pytest.MonkeyPatch.context() as patch:
            promote_always(patch)
            outcome = bench.taught(bench.crops(range(6)))
        assert outcome.promoted
        assert bench.in_force() == outcome.challenger
        return outcome

    def test_the_same_labels_teach_nothing_more(self, bench: Bench, first: Outcome) -> None:
        moves = bench.registry.moves()
        again = bench.taught(bench.path / "labels")
        assert again.decision.verdict is Verdict.IN_FORCE
        assert again.challenger == again.champion == first.challenger
        assert bench.registry.moves() == moves

    def test_only_new_photos_are_judged_by(self, bench: Bench, first: Outcome) -> None:
        more = bench.crops(range(6, 11), "more", each=1, classes=["club"])
        again = bench.taught(bench.path / "labels", more)
        assert again.evidence
        assert again.evidence.fitted == 36 + 5
        assert "There are 5 labels" in again.decision.reason
        assert bench.in_force() == first.challenger
        assert again.challenger not in (None, first.challenger)

    def test_what_was_taken_back_can_be_taught_again(self, bench: Bench, first: Outcome) -> None:
        bench.registry.rollback()
        again = bench.taught(bench.path / "labels")
        assert (again.champion, again.challenger) == (SHIPPED_NAME, first.challenger)
        assert again.decision.verdict is not Verdict.IN_FORCE

    def test_fewer_labels_than_before_make_their_own_version_again(
        self, bench: Bench, first: Outcome, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        promote_always(monkeypatch)
        more = bench.crops(range(6, 8), "more")
        assert bench.taught(bench.path / "labels", more).promoted
        again = bench.taught(bench.path / "labels")
        assert (again.challenger, again.promoted) == (first.challenger, True)
        assert bench.in_force() == first.challenger

    def test_a_damaged_version_is_made_anew(
        self,
        bench: Bench,
        first: Outcome,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert first.challenger
        damaged = bench.registry.find(first.challenger)
        (damaged / WEIGHTS_FILE).write_bytes(b"")
        assert bench.in_force() == SHIPPED_NAME
        promote_always(monkeypatch)
        again = bench.taught(bench.path / "labels")
        assert (again.champion, again.challenger) == (SHIPPED_NAME, first.challenger)
        assert f"The version {first.challenger} is missing or damaged" in capsys.readouterr().out
        assert load_version(damaged).manifest.name.version == bench.in_force() == first.challenger
