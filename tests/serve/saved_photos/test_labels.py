"""Corrections of a saved photo over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from model.labelling.hair import ALL
from model.share.answer import summarise_counts
from model.share.confusion import FAULTLESS, Confusion
from model.share.counts import LabelCounts
from serve.app import create_app
from serve.saved_photos.corrected import apply_corrections
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import error_of
from tests.helpers.serve.saved_photos import SCORER, label, save_photo, settings_in

TEN_PERCENT_WRONG = Confusion((0.9, 0.1, 0.0), (0.1, 0.9, 0.0))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(settings_in(tmp_path), SCORER)) as client:
        yield client


@pytest.fixture
def photo(client: TestClient) -> str:
    return save_photo(client)


def say(client: TestClient, address: str, body: object = None, **headers: str) -> Any:
    answer = client.post(address, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_label_is_answered_with_event_photo_and_summary(client: TestClient, photo: str) -> None:
    answer = label(client, photo, 3, "no_bulb")
    assert answer.keys() == {"event", "photo", "pool"}
    event = answer["event"]
    assert event.pop("created_at").endswith("+00:00")
    assert event == {
        "number": 1,
        "kind": "no_bulb",
        "hair": 3,
        "place": None,
        "root_end": None,
        "undoes": None,
        "model_version": "0",
    }
    hair = answer["photo"]["hairs"][3]
    assert (hair["label"], hair["corrected_label"]) == ("unsure", "no_bulb")
    pool = answer["pool"]
    assert [pool[name] for name in ("telogen", "misshapen", "no_bulb", "unsure")] == [2, 1, 1, 0]
    assert answer["photo"]["summary"]["unsure"] == 1  # the model's label remains


def test_the_photo_has_all_events_and_the_last_summary(client: TestClient, photo: str) -> None:
    labelled = [label(client, photo, hair, "telogen") for hair in (0, 2)]
    saved = client.get(photo).json()
    assert saved["events"] == [each["event"] for each in labelled]
    assert (saved["photo"], saved["pool"]) == (labelled[1]["photo"], labelled[1]["pool"])


@pytest.mark.parametrize(
    ("hair", "kind", "counts"),
    [
        (0, "telogen", (2, 1, 1, 0, 4)),
        (0, "misshapen", (1, 2, 2, 0, 4)),
        (0, "no_bulb", (1, 2, 1, 1, 4)),
        (0, "anagen", (1, 2, 1, 0, 4)),
        (0, "unsure", (1, 1, 1, 0, 4)),
        (0, "not_hair", (1, 1, 1, 0, 3)),
        (3, "telogen", (3, 1, 1, 0, 4)),
    ],
)
def test_each_label_counts_in_the_summary(
    client: TestClient, photo: str, hair: int, kind: str, counts: tuple[int, ...]
) -> None:
    pool = label(client, photo, hair, kind)["pool"]
    names = ("telogen", "anagen", "misshapen", "no_bulb", "hairs")
    assert tuple(pool[name] for name in names) == counts


def test_labels_by_people_have_no_error_rates_and_the_rest_the_models(tmp_path: Path) -> None:
    scorer = FakeScorer(telogen=2, misshapen=1, unsure=0, confusion={ALL: TEN_PERCENT_WRONG})
    with TestClient(create_app(settings_in(tmp_path), scorer)) as client:
        photo = save_photo(client)
        one = label(client, photo, 2, "telogen")["pool"]
        assert one["error_rates"] == "rendered"
        expected = summarise_counts(LabelCounts(2), TEN_PERCENT_WRONG, LabelCounts(1))
        assert one["telogen_share"] == expected.as_json()["telogen_share"]
        for hair in (0, 1):
            pool = label(client, photo, hair, "telogen")["pool"]
    assert pool == summarise_counts(LabelCounts(telogen=3), FAULTLESS).as_json()
    assert pool["error_rates"] == "none"


def test_a_root_moves_to_the_other_end(client: TestClient, photo: str) -> None:
    hair = client.get(photo).json()["photo"]["hairs"][0]
    answer = say(client, f"{photo}/hairs/0/label", {"root_end": 1})
    moved = answer["photo"]["hairs"][0]
    assert moved["root"] == hair["root"]
    assert moved["corrected_root"] == {name: hair["ends"][1][name] for name in ("x", "y")}
    assert (answer["event"]["kind"], answer["event"]["root_end"]) == ("root_moved", 1)
    assert answer["pool"] == answer["photo"]["summary"]
    assert apply_corrections(answer["photo"]).hairs[0].root_end == 1


def test_a_missed_root_is_added_and_may_be_labelled_again(client: TestClient, photo: str) -> None:
    answer = say(client, f"{photo}/hairs", {"x": 30.5, "y": 40, "label": "misshapen"})
    assert (answer["event"]["hair"], answer["event"]["place"]) == (4, {"x": 30.5, "y": 40.0})
    assert answer["photo"]["missed_roots"] == [
        {"id": 4, "root": {"x": 30.5, "y": 40.0}, "corrected_label": "misshapen"}
    ]
    assert (answer["pool"]["hairs"], answer["pool"]["misshapen"]) == (5, 2)
    assert label(client, photo, 4, "telogen")["pool"]["telogen"] == 3
    assert label(client, photo, 4, "not_hair")["pool"]["hairs"] == 4
    assert client.get(f"{photo}/hairs/4/crop.png").status_code == 404


def test_the_last_correction_is_undone_and_restored(client: TestClient, photo: str) -> None:
    before = client.get(photo).json()["pool"]
    label(client, photo, 0, "misshapen")
    label(client, photo, 1, "misshapen")
    first = say(client, f"{photo}/undo")
    assert (first["event"]["kind"], first["event"]["undoes"]) == ("undo", 2)
    assert first["event"]["hair"] is None
    assert first["pool"]["misshapen"] == 2
    assert say(client, f"{photo}/undo")["pool"] == before
    again = say(client, f"{photo}/undo", {"event": 3})
    assert (again["event"]["undoes"], again["pool"]["misshapen"]) == (3, 2)
    assert "corrected_label" in again["photo"]["hairs"][1]
    assert "corrected_label" not in again["photo"]["hairs"][0]


def test_nothing_to_undo_is_an_error(client: TestClient, photo: str) -> None:
    answer = client.post(f"{photo}/undo")
    assert (answer.status_code, error_of(answer)["field"]) == (422, "event")


@pytest.mark.parametrize(
    ("part", "body", "field"),
    [
        ("/hairs/0/label", {"label": "club"}, "label"),
        ("/hairs/0/label", {"label": "undo"}, "label"),
        ("/hairs/0/label", {"label": "telogen", "root_end": 1}, "body"),
        ("/hairs/0/label", {}, "body"),
        ("/hairs/0/label", {"root_end": 2}, "root_end"),
        ("/hairs/0/label", {"label": "telogen", "by": "me"}, "by"),
        ("/hairs/4/label", {"label": "telogen"}, "hair"),
        ("/hairs/-1/label", {"label": "telogen"}, "hair"),
        ("/hairs/x/label", {"label": "telogen"}, "hair"),
        ("/hairs", {"x": 1, "y": 1, "label": "not_hair"}, "label"),
        ("/hairs", {"x": 1, "y": 1}, "label"),
        ("/hairs", {"x": -1, "y": 1, "label": "telogen"}, "x"),
        ("/hairs", {"x": 320, "y": 1, "label": "telogen"}, "x"),
        ("/hairs", {"x": 1, "y": "1", "label": "telogen"}, "y"),
        ("/undo", {"event": 1}, "event"),
        ("/undo", {"event": 0}, "event"),
        ("/undo", {"label": "telogen"}, "label"),
    ],
)
def test_an_invalid_correction_names_its_field(
    client: TestClient, photo: str, part: str, body: object, field: str
) -> None:
    answer = client.post(photo + part, json=body)
    assert (answer.status_code, error_of(answer)["code"]) == (422, "invalid_request")
    assert error_of(answer)["field"] == field
    assert f"'{field}'" in error_of(answer)["message"]
    assert client.get(photo).json()["events"] == []


def test_client_tokens_are_not_in_answers(client: TestClient, photo: str) -> None:
    address = f"{photo}/hairs/0/label"
    answer = client.post(address, json={"label": "telogen"}, headers={"X-Client": "secret_token"})
    assert answer.status_code == 200
    assert "secret_token" not in answer.text + client.get(photo).text
    bad = client.post(address, json={"label": "telogen"}, headers={"X-Client": "a b"})
    assert (bad.status_code, error_of(bad)["field"].lower()) == (422, "x-client")


def test_the_overlay_shows_corrections(client: TestClient, photo: str) -> None:
    def drawn() -> np.ndarray[Any, np.dtype[Any]]:
        png = client.get(f"{photo}/overlay.png").content
        pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
        assert pixels is not None
        return pixels.astype(int)

    before = drawn()
    changed = []
    for part, body in (
        ("/hairs/0/label", {"label": "telogen"}),  # the same, but by a person
        ("/hairs/1/label", {"label": "not_hair"}),
        ("/hairs", {"x": 250, "y": 200, "label": "unsure"}),
        ("/hairs", {"x": 150, "y": 20, "label": "telogen"}),
    ):
        say(client, photo + part, body)
        changed.append(drawn())
    for one, other in zip([before, *changed], changed, strict=False):
        assert np.abs(one - other).sum() > 1000
