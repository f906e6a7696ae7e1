"""Labels of the machine and of a person beside each other, at ``POST /v1/advice``."""

from collections.abc import Iterator

import httpx
import pytest

from data.io.jsonl import Json
from model.labelling.hair import ALL
from model.share.answer import summarise_counts
from model.share.confusion import Confusion
from model.share.counts import LabelCounts
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.http import error_of
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import label, save_photo, settings_in

SELDOM_WRONG = Confusion((0.98, 0.02, 0.0), (0.02, 0.98, 0.0))
TEN_PERCENT_WRONG = Confusion((0.9, 0.1, 0.0), (0.1, 0.9, 0.0))
SCORER = FakeScorer(14, 6, 0, confusion={ALL: SELDOM_WRONG, "4to8px": TEN_PERCENT_WRONG})
"""Reads 20 hairs of 6 pixels, and errs on them more than on others."""
SIX_PX = [6.0]
NO_LABELS = {"telogen": 0, "misshapen": 0, "no_bulb": 0}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = settings_in(tmp_path_factory.mktemp("store"))
    with running_server(settings, SCORER) as address, httpx.Client(base_url=address) as client:
        yield client


def pool(machine: httpx.Client, **counted: Json) -> Json:
    answer = machine.post("/v1/advice", json={"counts": NO_LABELS} | counted)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["pool"])


def by_machine(telogen: int, misshapen: int, **more: object) -> Json:
    return {"telogen": telogen, "misshapen": misshapen, "no_bulb": 0} | more


def width(pool: Json) -> float:
    return float(pool["telogen_share"]["high"] - pool["telogen_share"]["low"])


def test_one_correction_among_twenty_changes_little_and_stays_honest(
    machine: httpx.Client,
) -> None:
    before = pool(machine, by_machine=by_machine(14, 6, shafts_px=SIX_PX * 20))
    torn = {"telogen": 0, "misshapen": 1, "no_bulb": 0}
    after = pool(machine, counts=torn, by_machine=by_machine(13, 6, shafts_px=SIX_PX * 19))
    faultless = pool(machine, counts={"telogen": 13, "misshapen": 7, "no_bulb": 0})
    fell = before["telogen_share"]["estimate"] - after["telogen_share"]["estimate"]
    assert 0.01 < fell < 0.1
    assert (after["telogen"], after["misshapen"], after["hairs"]) == (13, 7, 20)
    assert width(after) > 1.1 * width(faultless)
    assert (after["error_rates"], faultless["error_rates"]) == ("rendered", "none")


def test_it_is_the_share_of_the_saved_photo(machine: httpx.Client) -> None:
    photo = save_photo(machine)
    label(machine, photo, 0, "no_bulb")
    counts = {"telogen": 0, "misshapen": 0, "no_bulb": 1}
    others = machine.get(photo).json()["photo"]["hairs"][1:]
    read = by_machine(13, 6, shafts_px=[hair["shaft_px"] for hair in others])
    assert pool(machine, counts=counts, by_machine=read) == machine.get(photo).json()["pool"]


@pytest.mark.parametrize(
    ("shafts_px", "confusion"),
    [([6.0], TEN_PERCENT_WRONG), ([3.9], SELDOM_WRONG), ([8], SELDOM_WRONG), ([], SELDOM_WRONG)],
)
def test_the_error_rates_are_those_of_the_width(
    machine: httpx.Client, shafts_px: list[float], confusion: Confusion
) -> None:
    summary = pool(machine, by_machine=by_machine(9, 3, shafts_px=shafts_px))
    assert summary == summarise_counts(LabelCounts(9, 3), confusion).as_json()


def test_a_lone_bare_end_may_be_a_root(machine: httpx.Client) -> None:
    read = by_machine(12, 0, unsure=12, shafts_px=SIX_PX)
    assert pool(machine, by_machine=read)["verdict"] == "mostly_telogen"
    assert pool(machine, by_machine=read | {"bare_end_only": 12})["verdict"] == "roots_not_shown"


def test_a_person_s_counts_alone_are_taken_as_they_are(machine: httpx.Client) -> None:
    for given in (LabelCounts(19, 1), LabelCounts(unsure=3)):
        counts = {name: getattr(given, name) for name in (*NO_LABELS, "unsure")}
        assert pool(machine, counts=counts) == summarise_counts(given).as_json()


def test_whole_numbers_may_be_written_with_a_point(machine: httpx.Client) -> None:
    body = '{"counts": {"telogen": 451.0, "misshapen": 4.51e2, "no_bulb": 0, "unsure": 2}}'
    answer = machine.post("/v1/advice", content=body, headers={"content-type": "application/json"})
    assert answer.json()["pool"]["telogen"] == 451
    assert answer.json()["pool"]["misshapen"] == 451


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ("[]", "by_machine"),
        ('{"telogen": 1, "misshapen": 0}', "by_machine.no_bulb"),
        ('{"telogen": 1.5, "misshapen": 0, "no_bulb": 0}', "by_machine.telogen"),
        ('{"telogen": 1, "misshapen": 0, "no_bulb": 0, "clubs": 1}', "by_machine.clubs"),
        (
            '{"telogen": 1, "misshapen": 0, "no_bulb": 0, "unsure": 1, "bare_end_only": 2}',
            "by_machine.bare_end_only",
        ),
        (
            '{"telogen": 1, "misshapen": 0, "no_bulb": 0, "shafts_px": [6, 0]}',
            "by_machine.shafts_px.1",
        ),
        (
            '{"telogen": 1, "misshapen": 0, "no_bulb": 0, "shafts_px": [1e999]}',
            "by_machine.shafts_px.0",
        ),
        (
            '{"telogen": 1, "misshapen": 0, "no_bulb": 0, "shafts_px": ["6"]}',
            "by_machine.shafts_px.0",
        ),
    ],
)
def test_what_is_wrong_with_the_machine_s_counts_is_named(
    machine: httpx.Client, wrong: str, field: str
) -> None:
    body = f'{{"counts": {{"telogen": 1, "misshapen": 0, "no_bulb": 0}}, "by_machine": {wrong}}}'
    answer = machine.post("/v1/advice", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, error_of(answer)["field"]) == (422, field)


def test_measures_of_hairs_come_back_summed_up(server: httpx.Client) -> None:
    hair = {"width_um": 72.0, "visible_mm": 20.0, "whole": True, "scale_error": 0.01}
    question = {"counts": {"telogen": 3, "misshapen": 0, "no_bulb": 0}, "measures": [hair] * 3}
    answer = server.post("/v1/advice", json=question).json()
    assert answer["pool"]["measures"]["median_um"] == 72.0
    assert answer["pool"]["measures"]["short"]["count"] == 3
    wrong = question | {"measures": [hair | {"width_um": 900}]}
    assert server.post("/v1/advice", json=wrong).status_code == 422
