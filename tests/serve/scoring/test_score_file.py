"""One file scored."""

from serve.error_codes import ServerErrorCode
from serve.scoring.score_file import ScoreOptions, score_file
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.fake_scorer import FakeScorer


def test_a_photo_longer_than_a_jpeg_is_scored_but_cannot_be_saved() -> None:
    raw = encoded(scene(70_000, 200), "PNG")
    assert score_file(FakeScorer(), raw, "a.png", ScoreOptions()).error is None
    scored = score_file(FakeScorer(), raw, "a.png", ScoreOptions(encode=True))
    assert scored.error
    assert (scored.error.code, scored.error.field) == (ServerErrorCode.INVALID_REQUEST, "files")
    assert scored.jpeg is None
