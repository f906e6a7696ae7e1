"""Retraining from folders of labels to the active version."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from markupsafe import escape

from model.inference.root_classifier import EndClassifier
from model.registry.registry import ALIAS, Registry
from model.version import WEIGHTS_FILE, load_version
from tests.helpers.model.versions import SHIPPED_NAME
from tests.helpers.training import tiny_retraining as tiny
from tests.helpers.training.examples import crop
from tests.helpers.training.label_folders import finds, folder, picture, strand
from training.datasets.replay import load_frozen, load_replay
from training.labels.labelled_strand import Extent
from training.retrain.command import retrain_and_report
from training.retrain.parallel_fits import Fit
from training.retrain.promotion import PromotionVerdict
from training.retrain.report import REPORT
from training.retrain.retrain import RetrainConfig
from training.retrain.run_state import OUTCOME, PROGRESS, Outcome


@dataclass(frozen=True)
class Bench:
    """A folder to retrain in."""

    path: Path

    @property
    def registry(self) -> Registry:
        return Registry(self.path / "models")

    @property
    def active(self) -> str:
        return self.registry.champion().name

    def retrain(self, *labels: Path, config: RetrainConfig = tiny.CONFIG) -> Outcome:
        return retrain_and_report(labels, self.path / "run", self.registry.folder, config)

    def crops(self, persons: Sequence[int], name: str = "labels", **how: object) -> Path:
        return tiny.label_crops(self.path / name, persons, **how)  # type: ignore[arg-type]

    def is_untouched(self) -> bool:
        """Whether nothing was ever promoted."""
        return self.active == SHIPPED_NAME and not (self.registry.folder / ALIAS).exists()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    tiny.use_small_data(monkeypatch)
    return Bench(tmp_path)


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finds one strand in every photo."""
    monkeypatch.setattr("training.retrain.command.shipped_finder", lambda: finds(strand()))


class TestUselessLabels:
    @pytest.fixture(params=["missing", "empty", "contradictory", "damaged"])
    def labels(self, request: pytest.FixtureRequest, bench: Bench) -> Path:
        header, row = b"photo,x,y,label\n", b"a.png,100,200,"
        contradictory = header + row + b"club\n" + row + b"bent\n"
        files = {
            "missing": None,
            "empty": {},
            "contradictory": {"a.png": picture(), "t.csv": contradictory},
            "damaged": {"club/a.png": b"\x89PNG and no more"},
        }[request.param]
        path = bench.path / "labels"
        if files is not None:
            path.mkdir()
            folder(path, files)
        return path

    def test_no_model_is_made_and_the_problem_is_reported(
        self, labels: Path, bench: Bench, finder: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        outcome = bench.retrain(labels)
        assert (outcome.decision.verdict, outcome.challenger) == (PromotionVerdict.NO_LABELS, None)
        assert (len(outcome.labels.problems), outcome.evidence) == (1, None)
        printed = capsys.readouterr().out
        assert str(outcome.labels.problems[0]) in printed
        assert outcome.decision.reason in printed
        progress = json.loads((bench.path / "run" / PROGRESS).read_text())
        assert progress["state"] == "done"
        assert bench.is_untouched()
        assert len(bench.registry.versions()) == 1


def test_too_few_labels_make_a_version_that_is_not_promoted(bench: Bench) -> None:
    outcome = bench.retrain(bench.crops(range(3), each=1, classes=["club"]))
    assert outcome.decision.verdict is PromotionVerdict.TOO_FEW
    assert not outcome.promoted
    assert bench.is_untouched()
    assert outcome.challenger in [entry.name for entry in bench.registry.versions()]
    assert escape(outcome.decision.reason) in (bench.path / "run" / REPORT).read_text("utf-8")
    saved = json.loads((bench.path / "run" / OUTCOME).read_text())
    assert saved["verdict"] == outcome.decision.verdict.value


@pytest.mark.parametrize(
    "arch", ["mobilenet_v3_small", pytest.param("resnet18", marks=pytest.mark.slow)]
)
def test_another_architecture_is_fitted_to_the_shipped_model_and_the_labels(
    bench: Bench, arch: str
) -> None:
    plan = replace(tiny.PLAN, distillation_epochs=1)
    config = replace(tiny.CONFIG, arch=arch, plan=plan)
    outcome = bench.retrain(bench.crops([0], each=1), config=config)
    assert outcome.decision.verdict is PromotionVerdict.ONE_GROUP
    assert outcome.challenger
    version = load_version(bench.registry.find(outcome.challenger))
    assert version.manifest.name.name == arch
    assert version.manifest.parent == SHIPPED_NAME
    EndClassifier(version)  # it runs, or is refused
    assert bench.is_untouched()


@pytest.mark.parametrize(
    ("classes", "curve", "fits"),
    [
        (tiny.SHOWN, True, 3 + 1 + 2 * 3),
        (tiny.SHOWN, False, 3 + 1),
        (["club"], True, 3 + 1),  # three labels: no kind has enough for a curve
    ],
)
def test_only_what_is_needed_is_fitted_ahead(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    classes: Sequence[str],
    curve: bool,
    fits: int,
) -> None:
    ahead: list[Fit] = []

    def stop(_: object, wanted: Sequence[Fit], *__: object) -> None:
        ahead.extend(wanted)
        raise KeyboardInterrupt

    monkeypatch.setattr("training.retrain.experiment.fit_in_parallel", stop)
    labels = bench.crops(range(3), each=1, classes=classes)
    with pytest.raises(KeyboardInterrupt):
        bench.retrain(labels, config=replace(tiny.CONFIG, curve=curve))
    assert len({fit.run for fit in ahead}) == len(ahead) == fits
    draws = [fit.plan.draws for fit in ahead]
    assert draws == sorted(draws, reverse=True), "the longest first"


def test_crops_are_evidence_and_photos_of_one_class_are_not(bench: Bench, finder: None) -> None:
    labels = bench.crops(range(3), each=1)
    folder(labels, {f"club/person {k}/photo.png": picture(k) for k in range(3)})
    outcome = bench.retrain(labels)
    extents = [hair.extent for hair in outcome.labels.hairs]
    assert (extents.count(Extent.END), extents.count(Extent.PHOTO)) == (9, 3)
    assert outcome.evidence
    assert outcome.evidence.fitted == 12
    assert {label.hair.extent for label in outcome.evidence.labels} == {Extent.END}
    assert outcome.evidence.counts == {"telogen": 3, "anagen": 6}
    assert outcome.decision.verdict is PromotionVerdict.TOO_FEW


def test_photos_of_one_class_alone_are_no_evidence(bench: Bench, finder: None) -> None:
    files = {f"{name}/{k}.png": picture(k) for k, name in enumerate(["club", "bent", "club"])}
    outcome = bench.retrain(folder(bench.path / "labels", files))
    assert (outcome.decision.verdict, outcome.promoted) == (PromotionVerdict.NO_LABELS, False)
    assert outcome.challenger
    assert bench.is_untouched()


def mislabelled(path: Path, wrong: float) -> Path:
    """Clubs and hooks of eight people, of which a share ``wrong`` is labelled as the other.

    If none is, they are faint on spotted ground: the shipped network is sure of clear ones, so that
    no other could be better.
    """
    rng, other = np.random.default_rng(0), {"club": "bent", "bent": "club"}
    for person in range(8):
        for k in range(5):
            for shown in other:
                label = other[shown] if rng.uniform() < wrong else shown
                file = path / label / f"person {person}" / f"{shown} {k}.png"
                clear = crop(tiny.SHOWN[shown], rng).pixels
                faint = (clear / 4 + 128).astype(np.uint8)
                drawn = (clear, rng) if wrong else (faint, rng, (24, 40, 3))
                tiny.save(file, tiny.with_background(*drawn))
    return path


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        (0.0, PromotionVerdict.BETTER),
        pytest.param(0.2, PromotionVerdict.MANY_LABEL_ERRORS, marks=pytest.mark.slow),
        pytest.param(0.5, PromotionVerdict.MANY_LABEL_ERRORS, marks=pytest.mark.slow),
    ],
)
def test_good_labels_are_promoted_and_wrong_ones_are_not(
    wrong: float, verdict: PromotionVerdict, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Real renders: a few steps change the predictions for drawn roots at random.
    monkeypatch.setattr("training.retrain.retrain.load_replay", partial(list, load_replay()[:60]))
    monkeypatch.setattr("training.retrain.retrain.load_frozen", partial(list, load_frozen()[:60]))
    plan = replace(tiny.PLAN, epochs=2, draws=96, batch=24)
    labels = mislabelled(bench.path / "labels", wrong)
    outcome = bench.retrain(labels, config=replace(tiny.CONFIG, plan=plan))
    assert outcome.evidence
    assert outcome.evidence.counts.total() == 80
    assert outcome.decision.verdict is verdict
    assert outcome.promoted is (verdict is PromotionVerdict.BETTER)
    assert bench.active == (outcome.challenger if outcome.promoted else SHIPPED_NAME)


class TestSecondRetraining:
    @pytest.fixture(scope="class")
    def retrained(self, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
        """A folder in which three persons' labels were promoted, and the outcome."""
        bench = Bench(tmp_path_factory.mktemp("retrained"))
        with pytest.MonkeyPatch.context() as patch:
            tiny.use_small_data(patch)
            tiny.promote_always(patch)
            return bench.path, bench.retrain(bench.crops(range(3), each=1))

    @pytest.fixture
    def first(self, bench: Bench, retrained: tuple[Path, Outcome]) -> Outcome:
        """The outcome of three persons' labels, which is promoted."""
        path, outcome = retrained
        shutil.copytree(path, bench.path, symlinks=True, dirs_exist_ok=True)
        assert outcome.promoted
        assert bench.active == outcome.challenger
        return outcome

    def test_the_same_labels_give_the_active_version(self, bench: Bench, first: Outcome) -> None:
        moves = bench.registry.events()
        again = bench.retrain(bench.path / "labels")
        assert again.decision.verdict is PromotionVerdict.ALREADY_ACTIVE
        assert again.challenger == again.champion == first.challenger
        assert bench.registry.events() == moves

    def test_only_new_photos_are_evidence(self, bench: Bench, first: Outcome) -> None:
        more = bench.crops(range(3, 8), "more", each=1, classes=["club"])
        again = bench.retrain(bench.path / "labels", more)
        assert again.evidence
        assert again.evidence.fitted == 9 + 5
        assert again.evidence.counts == {"telogen": 5}
        assert bench.active == first.challenger
        assert again.challenger not in (None, first.challenger)

    def test_after_a_rollback_the_labels_are_compared_again(
        self, bench: Bench, first: Outcome
    ) -> None:
        bench.registry.rollback()
        again = bench.retrain(bench.path / "labels")
        assert (again.champion, again.challenger) == (SHIPPED_NAME, first.challenger)
        assert again.decision.verdict is not PromotionVerdict.ALREADY_ACTIVE

    def test_fewer_labels_give_their_earlier_version_again(
        self, bench: Bench, first: Outcome, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tiny.promote_always(monkeypatch)
        more = bench.crops(range(3, 5), "more", each=1)
        assert bench.retrain(bench.path / "labels", more).promoted
        again = bench.retrain(bench.path / "labels")
        assert (again.challenger, again.promoted) == (first.challenger, True)
        assert bench.active == first.challenger

    def test_a_damaged_version_is_made_again(
        self,
        bench: Bench,
        first: Outcome,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert first.challenger
        damaged = bench.registry.find(first.challenger)
        (damaged / WEIGHTS_FILE).write_bytes(b"")
        assert bench.active == SHIPPED_NAME
        warning = bench.registry.champion().problem
        tiny.promote_always(monkeypatch)
        again = bench.retrain(bench.path / "labels")
        assert (again.champion, again.challenger) == (SHIPPED_NAME, first.challenger)
        assert warning
        assert warning in capsys.readouterr().out
        assert load_version(damaged).manifest.name.version == bench.active == first.challenger
