"""``GET /v1/labels/next``: which hairs of saved photos to label next."""

from pathlib import Path

import httpx
import pytest

from tests.helpers.serve.http import OTHER, error_of
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import SCORER, label, save_photo, settings_in
from tests.serve.saved_photos.test_export import KEY, server

NEXT = "/v1/labels/next"


def queued(client: httpx.Client, **query: int) -> list[tuple[str, int]]:
    """Photo and hair of each item."""
    answer = client.get(NEXT, params=query)
    assert answer.status_code == 200, answer.text
    return [(each["links"]["photo"], each["hair"]) for each in answer.json()["hairs"]]


def test_the_least_certain_hair_comes_first_until_it_is_labelled(tmp_path: Path) -> None:
    with (
        running_server(settings_in(tmp_path), SCORER) as address,
        httpx.Client(base_url=address) as client,
    ):
        save_photo(client)  # for its link alone
        photo = save_photo(client, OTHER, retention="improve")
        # hairs 0 and 1 are telogen 0.94 : 0.05, 2 is anagen 0.08 : 0.9, 3 unsure 0.4 : 0.3
        order = queued(client)
        assert order[0] == (photo, 3)
        assert sorted(order) == [(photo, hair) for hair in range(4)]
        assert queued(client, count=1) == order[:1]
        answer = client.get(NEXT).json()
        first = answer["hairs"][0]
        assert (first["end"], first["guess"]) == (0, "telogen")
        # a twentieth that it is none, at its only end in view
        assert first["probability"] == pytest.approx(0.95 * 0.4)
        assert "38%" in first["why"]
        assert (answer["open"], answer["labelled"]) == (4, 0)
        assert client.get(first["links"]["crop"]).content.startswith(b"\x89PNG")
        answer = client.post(first["links"]["label"], json={"label": "unsure"})
        assert answer.status_code == 200
        assert photo not in [each for each, hair in queued(client) if hair == 3]
        answer = client.get(NEXT).json()
        assert (answer["open"], answer["labelled"]) == (3, 1)
        client.post(f"{photo}/undo")
        assert queued(client) == order


def test_a_hair_with_a_moved_root_is_still_queued(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        photo = save_photo(client, retention="improve")
        client.post(f"{photo}/hairs/3/label", json={"root_end": 1})
        assert (photo, 3) in queued(client)
        client.delete(photo)
        assert queued(client) == []


def test_the_queue_is_empty_without_saved_photos(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        assert client.get(NEXT).json() == {"hairs": [], "open": 0, "labelled": 0}
    assert not list(tmp_path.iterdir())


def test_other_machines_need_the_key(tmp_path: Path) -> None:
    with server(tmp_path, client="192.0.2.7") as client:
        answer = client.get(NEXT)
        assert (answer.status_code, error_of(answer)["code"]) == (403, "local_only")
    with server(tmp_path, client="192.0.2.7", api_key=KEY) as client:
        assert client.get(NEXT).status_code == 401
        assert client.get(NEXT, headers={"X-API-Key": KEY}).status_code == 200


@pytest.mark.parametrize("count", ["0", "201", "many"])
def test_a_count_out_of_bounds_is_refused(tmp_path: Path, count: str) -> None:
    with server(tmp_path) as client:
        answer = client.get(NEXT, params={"count": count})
        assert (answer.status_code, error_of(answer)["field"]) == (422, "count")


def test_a_labelled_hair_leaves_the_queue(tmp_path: Path) -> None:
    with server(tmp_path) as client:
        photos = [save_photo(client, raw, retention="improve") for raw in (OTHER, OTHER + b" ")]
        first = queued(client)[0]
        label(client, *first, "telogen")
        left = queued(client)
        assert first not in left
        assert {photo for photo, _ in left} == set(photos)
