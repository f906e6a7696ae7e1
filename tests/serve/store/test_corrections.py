"""Corrections by people, and the current labels."""

import json
from datetime import timedelta
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from data.errors import ShedlightError
from serve.error_codes import ServerErrorCode
from serve.store.correction import Correction, CorrectionKind, Point
from serve.store.replay import affected_hairs
from serve.store.saved_photo import SavedPhoto
from serve.store.store import Store
from serve.store.training_labels import RootFrom
from tests.helpers.serve.photo_store import (
    LISTED,
    NOW,
    events_of,
    jpeg_of,
    label,
    labels_of,
    missed,
    moved,
    report_of,
    save,
    undo,
)

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def saved(store: Store) -> SavedPhoto:
    return save(store)


def correct(store: Store, saved: SavedPhoto, *corrections: Correction) -> None:
    for correction in corrections:
        store.add(saved.id, correction, NOW)


def current(store: Store, saved: SavedPhoto) -> dict[int, str | None]:
    return {label.hair: label.label for label in labels_of(store, saved.id)}


def test_an_event_has_its_correction_time_client_and_model(store: Store, saved: SavedPhoto) -> None:
    first = store.add(saved.id, label(1, CorrectionKind.NO_BULB), NOW, client="a1")
    second = store.add(saved.id, missed(5.5, 6.25), LATER)
    assert events_of(store, saved.id) == (first, second)
    assert (first.photo_id, first.number, first.created_at) == (saved.id, 1, NOW)
    assert (first.client, first.model_version) == ("a1", "0")
    assert first.correction == Correction(CorrectionKind.NO_BULB, hair=1)
    assert (second.number, second.client, second.created_at) == (2, None, LATER)
    assert second.correction == Correction(CorrectionKind.TELOGEN, place=Point(5.5, 6.25))


def test_events_of_photos_do_not_mix(store: Store, saved: SavedPhoto) -> None:
    other = save(store)
    correct(store, saved, label(0), label(1))
    correct(store, other, label(0))
    assert [event.number for event in events_of(store, saved.id)] == [1, 2]
    assert [event.number for event in events_of(store, other.id)] == [1]


def test_an_undo_is_an_event_and_changes_no_event(store: Store, saved: SavedPhoto) -> None:
    correct(store, saved, label(0))
    before = events_of(store, saved.id)
    correct(store, saved, undo(1))
    assert events_of(store, saved.id)[:1] == before
    assert events_of(store, saved.id)[1].correction == undo(1)


@pytest.mark.parametrize(
    ("corrections", "expected"),
    [
        ([], {}),
        ([label(0)], {0: "misshapen"}),
        ([label(0), label(0, CorrectionKind.UNSURE)], {0: "unsure"}),
        ([label(0), label(1, CorrectionKind.NOT_HAIR)], {0: "misshapen", 1: "not_hair"}),
        ([label(0), undo(1)], {}),
        ([label(0), label(0, CorrectionKind.UNSURE), undo(2)], {0: "misshapen"}),
        ([label(0), label(0, CorrectionKind.UNSURE), undo(1)], {0: "unsure"}),
        ([label(0), undo(1), undo(2)], {0: "misshapen"}),
        ([label(0), undo(1), undo(2), undo(3)], {}),
        ([label(0), undo(1), undo(1)], {}),
        ([label(0), undo(1), label(0, CorrectionKind.ANAGEN)], {0: "anagen"}),
        ([moved(0, 1)], {0: None}),
        ([moved(0, 1), label(0)], {0: "misshapen"}),
        ([missed(5, 6)], {2: "telogen"}),
        ([missed(5, 6), label(2)], {2: "misshapen"}),
        ([missed(5, 6), undo(1)], {}),
        ([missed(5, 6), label(2), undo(1)], {}),
        ([missed(5, 6), label(2), undo(1), undo(3)], {2: "misshapen"}),
        ([missed(5, 6), missed(7, 8, CorrectionKind.UNSURE), undo(1)], {3: "unsure"}),
    ],
)
def test_events_in_order_give_the_current_labels(
    store: Store, saved: SavedPhoto, corrections: list[Correction], expected: dict[int, str | None]
) -> None:
    correct(store, saved, *corrections)
    assert current(store, saved) == expected


def test_a_corrected_report_keeps_what_the_model_reported(store: Store, saved: SavedPhoto) -> None:
    correct(store, saved, label(0), moved(0, 1), missed(5.5, 6))
    corrected = store.corrected(saved.id)
    model = report_of()
    ends = model["hairs"][0]["ends"]
    assert model["hairs"][0]["root"] == {"x": ends[0]["x"], "y": ends[0]["y"]}
    assert corrected["hairs"][0] == model["hairs"][0] | {
        "corrected_label": "misshapen",
        "corrected_root": {"x": ends[1]["x"], "y": ends[1]["y"]},
    }
    assert corrected["hairs"][1] == model["hairs"][1]
    root = {"x": 5.5, "y": 6.0}
    assert corrected["missed_roots"] == [{"id": 2, "root": root, "corrected_label": "telogen"}]
    assert corrected["summary"] == model["summary"]
    schema = json.loads(files("model").joinpath("schema/shedlight-1.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(corrected)


def test_without_corrections_the_report_is_the_models(store: Store, saved: SavedPhoto) -> None:
    assert store.corrected(saved.id) == report_of() | {"photo": saved.id, "missed_roots": []}


def test_labels_have_the_root_and_its_source(store: Store, saved: SavedPhoto) -> None:
    correct(store, saved, label(0), label(1), missed(5.5, 6))
    left, right = (Point(end["x"], end["y"]) for end in report_of()["hairs"][0]["ends"])
    known, unknown, found = labels_of(store, saved.id)
    assert (known.root, known.other_end, known.root_from) == (left, right, RootFrom.MACHINE)
    assert unknown.root_from is RootFrom.UNKNOWN
    assert (found.root, found.other_end, found.root_from) == (
        Point(5.5, 6),
        None,
        RootFrom.PERSON,
    )
    correct(store, saved, moved(0, 1))
    turned = labels_of(store, saved.id)[0]
    assert (turned.root, turned.other_end, turned.root_from) == (right, left, RootFrom.PERSON)
    assert (turned.label, turned.machine_label) == (
        CorrectionKind.MISSHAPEN,
        CorrectionKind.TELOGEN,
    )


@pytest.mark.parametrize(
    ("root_type", "machine"),
    [("misshapen", CorrectionKind.MISSHAPEN), ("none", CorrectionKind.NO_BULB)],
)
def test_the_models_label_is_named_as_a_correction(
    store: Store, root_type: str, machine: CorrectionKind
) -> None:
    photo = save(store)
    report = store.get(photo.id).report
    report["hairs"][0] |= {"label": "anagen", "root_type": root_type}
    own = store.save(jpeg_of(), report, False, True, NOW)
    correct(store, own, label(0))
    assert labels_of(store, own.id)[0].machine_label is machine


def test_a_row_has_everything_that_training_needs(store: Store, saved: SavedPhoto) -> None:
    store.add(saved.id, missed(5.5, 6), NOW, client="a1")
    assert labels_of(store, saved.id)[0].as_row(saved.id) == {
        "photo": saved.id,
        "hair": 2,
        "root_x": 5.5,
        "root_y": 6.0,
        "other_end_x": None,
        "other_end_y": None,
        "root_from": "person",
        "label": "telogen",
        "labelled_by": "a1",
        "labelled_at": "2026-05-04T12:00:00+00:00",
        "model_version": "0",
        "machine_label": None,
    }


def test_only_improving_and_corrected_photos_are_exported(store: Store) -> None:
    agreed, untouched, undone = (save(store, now=NOW + timedelta(hours=i)) for i in (2, 1, 0))
    link = save(store, improve=False)
    first = save(store, now=NOW - timedelta(hours=1))
    for photo in (agreed, undone, link, first):
        correct(store, photo, label(0))
    correct(store, undone, undo(1))
    exported = list(store.labelled_photos())
    assert [found.photo.id for found in exported] == [first.id, agreed.id]
    assert exported[0].labels == labels_of(store, first.id)
    assert labels_of(store, untouched.id) == ()


def test_a_photo_deleted_during_an_export_is_left_out(store: Store) -> None:
    first, second = save(store), save(store, now=LATER)
    correct(store, first, label(0))
    correct(store, second, label(0))
    export = store.labelled_photos()
    assert next(export).photo == first
    store.delete(second.id)
    assert list(export) == []


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"kind": CorrectionKind.TELOGEN}, "hair"),
        ({"kind": CorrectionKind.TELOGEN, "hair": 0, "place": Point(1, 1)}, "place"),
        ({"kind": CorrectionKind.TELOGEN, "hair": 0, "undoes": 1}, "undoes"),
        ({"kind": CorrectionKind.TELOGEN, "hair": 0, "root_end": 1}, "root_end"),
        ({"kind": CorrectionKind.NOT_HAIR, "place": Point(1, 1)}, "kind"),
        ({"kind": CorrectionKind.ROOT_MOVED, "hair": 0}, "root_end"),
        ({"kind": CorrectionKind.ROOT_MOVED, "root_end": 1}, "hair"),
        ({"kind": CorrectionKind.ROOT_MOVED, "hair": 0, "root_end": 2}, "root_end"),
        ({"kind": CorrectionKind.UNDO}, "undoes"),
        ({"kind": CorrectionKind.UNDO, "undoes": 1, "hair": 0}, "hair"),
    ],
)
def test_a_correction_has_what_its_kind_needs(parts: dict[str, object], field: str) -> None:
    with pytest.raises(ShedlightError) as caught:
        Correction(**parts)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == (ServerErrorCode.INVALID_REQUEST, field)


@pytest.mark.parametrize(
    ("correction", "field"),
    [
        (label(LISTED), "hair"),
        (label(-1), "hair"),
        (moved(LISTED, 0), "hair"),
        (missed(300, 5), "place"),
        (missed(5, -0.5), "place"),
        (missed(float("nan"), 5), "place"),
        (undo(0), "undoes"),
        (undo(1), "undoes"),
    ],
)
def test_what_the_photo_does_not_have_cannot_be_corrected(
    store: Store, saved: SavedPhoto, correction: Correction, field: str
) -> None:
    with pytest.raises(ShedlightError) as caught:
        store.add(saved.id, correction, NOW)
    assert (caught.value.code, caught.value.field) == (ServerErrorCode.INVALID_REQUEST, field)
    assert events_of(store, saved.id) == ()


def test_a_root_marked_by_hand_has_no_other_end(store: Store, saved: SavedPhoto) -> None:
    correct(store, saved, missed(5, 6))
    with pytest.raises(ShedlightError) as caught:
        store.add(saved.id, moved(LISTED, 0), NOW)
    assert caught.value.field == "hair"


def test_an_undone_root_cannot_be_labelled(store: Store, saved: SavedPhoto) -> None:
    correct(store, saved, missed(5, 6), undo(1))
    with pytest.raises(ShedlightError) as caught:
        store.add(saved.id, label(LISTED), NOW)
    assert caught.value.field == "hair"


@pytest.mark.parametrize("client", ["", "x" * 65, "=cmd()", "-1", "a b", "a\n"])
def test_a_client_token_is_plain(store: Store, saved: SavedPhoto, client: str) -> None:
    with pytest.raises(ShedlightError) as caught:
        store.add(saved.id, label(0), NOW, client=client)
    assert caught.value.field == "client"
    assert events_of(store, saved.id) == ()


def test_the_last_active_event_is_undone_repeatedly(store: Store, saved: SavedPhoto) -> None:
    correct(store, saved, label(0), label(1), label(0, CorrectionKind.UNSURE), undo(3))
    second, first = (store.undo_last(saved.id, NOW, client="a1") for _ in range(2))
    assert (second.correction, second.number, second.client) == (undo(2), 5, "a1")
    assert first.correction == undo(1)
    assert current(store, saved) == {}
    with pytest.raises(ShedlightError) as caught:
        store.undo_last(saved.id, NOW)
    assert (caught.value.code, caught.value.field) == (ServerErrorCode.INVALID_REQUEST, "undoes")
    assert len(events_of(store, saved.id)) == 6


def test_each_event_has_its_hair(store: Store, saved: SavedPhoto) -> None:
    correct(store, saved, missed(1, 1), label(0), undo(1), missed(2, 2), label(LISTED + 1))
    _, events = store.history(saved.id)
    assert affected_hairs(events, LISTED) == {
        1: LISTED,
        2: 0,
        3: None,
        4: LISTED + 1,
        5: LISTED + 1,
    }
