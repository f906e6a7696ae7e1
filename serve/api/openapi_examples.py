"""Example answers for the documentation, made by the code that makes the real ones."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain

import numpy as np

from data.io.jsonl import Json
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import EndProbabilities, Hair, Label, RootType
from model.report import ModelName, PhotoReport, Status
from model.share.confusion import FAULTLESS
from model.share.counts import LabelCounts
from model.share.posterior import summarise, summarise_counts
from model.share.summary import Summary
from serve.advice.advise import advise
from serve.advice.questionnaire import Context, Setting, Shedding
from serve.api.answer import batch_json
from serve.api.errors import error_json
from serve.api.schemas import correction_answer, kept_answer
from serve.error_codes import ServerError, ServerErrorCode
from serve.jobs.state import BatchStage, BatchState
from serve.store.correction import Correction, CorrectionEvent, CorrectionKind
from serve.store.retention import RetentionDays
from serve.store.saved_photo import SavedPhoto

_POOL = summarise_counts(LabelCounts(telogen=1))


def _report() -> PhotoReport:
    root = End(412.0, 118.5, -1.6, EndState.VISIBLE)
    cut_off = End(380.2, 1000.0, 1.5, EndState.OUT_OF_PHOTO)
    strand = Strand(np.array([[412.0, 118.5], [411.2, 127.9]]), 8.4, (root, cut_off), -96.0)
    read = EndProbabilities(club=0.96, misshapen=0.02, bare=0.01, not_hair=0.01)
    hair = Hair(strand, (read, None), Label.TELOGEN, None, 0.97, 0.02, RootType.CLUB, 0)
    model = ModelName("shedlight-ends", "1", "0" * 64, "rendered hairs")
    return PhotoReport("hairs.jpg", "0" * 64, Status.SCORED, model, 800, 1000, (hair,), (), _POOL)


def _kept() -> tuple[SavedPhoto, tuple[CorrectionEvent, ...]]:
    """The photo kept for a link, and one hair of it called misshapen by a person."""
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    report = _report().as_json()
    kept = SavedPhoto(
        id="Zk3vQ0yRr1m8aXwBt5LhNg",
        created_at=at,
        expires_at=RetentionDays().end(at, improve=False),
        width=report["width"],
        height=report["height"],
        sha256=report["sha256"],
        roots_in_view=True,
        improve=False,
        report=report | {"photo": "Zk3vQ0yRr1m8aXwBt5LhNg"},
    )
    said = Correction(CorrectionKind.MISSHAPEN, hair=0)
    return kept, (CorrectionEvent(kept.id, 1, said, at, None, kept.model_version),)


def _pool(reports: Iterable[PhotoReport]) -> Summary:
    return summarise(chain.from_iterable(report.hairs for report in reports), FAULTLESS)


def _advice() -> list[Json]:
    context = Context(setting=Setting.CLINIC, shedding=Shedding.SLIGHT)
    return [dict(advice.as_json()) for advice in advise(_POOL, context)]


def _error() -> Json:
    field = "context.needle_mm"
    what = f"'{field}' (Input should be greater than or equal to 0)"
    return error_json(ServerError(ServerErrorCode.INVALID_REQUEST, field=field, what=what))


def _batch() -> Json:
    message = "Hold the camera still, and tap on the roots to focus."
    answer = {
        "pool": _POOL.as_json(),
        "advice": _advice(),
        "retake": [{"code": "blurred", "photos": 1, "message": message}],
    }
    end = datetime(2026, 5, 4, 13, tzinfo=UTC)
    state = BatchState(BatchStage.DONE, 2, done=2, rejected=1, expires_at=end, answer=answer)
    return batch_json("Zk3vQ0yRr1m8aXwBt5LhNg", state)


_KEPT = _kept()
EXAMPLES: dict[str, Json] = {
    "PhotosAnswer": {
        "photos": [_report().as_json()],
        "pool": _POOL.as_json(),
        "advice": _advice(),
    },
    "AdviceAnswer": {"pool": _POOL.as_json(), "advice": _advice()},
    "Error": _error(),
    "BatchAnswer": _batch(),
    "KeptPhotoAnswer": kept_answer(_pool, *_KEPT),
    "CorrectionAnswer": correction_answer(_pool, _KEPT[1][0], *_KEPT),
}
