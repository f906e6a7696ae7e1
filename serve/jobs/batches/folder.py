"""The folder of one batch: what was sent, how far it is, and what came out."""

import json
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from data.errors import ErrorCode, ShedlightError
from data.io.atomic import replaced
from serve.batch import RESULTS
from serve.batch.finish import SUMMARY
from serve.batch.report import REPORT
from serve.batch.run_folder import RUN
from serve.batch.tables import HAIRS, PHOTOS
from serve.jobs.batches.state import BatchState, Json


class ResultFile(StrEnum):
    """What can be fetched of a batch that is done."""

    RESULTS = RESULTS
    PHOTOS = PHOTOS
    HAIRS = HAIRS
    SUMMARY = SUMMARY
    REPORT = REPORT


MEDIA_TYPES = {
    ResultFile.RESULTS: "application/x-ndjson",
    ResultFile.PHOTOS: "text/csv",
    ResultFile.HAIRS: "text/csv",
    ResultFile.SUMMARY: "application/json",
    ResultFile.REPORT: "text/html",
}
_STATE, _GONE = "state.json", "."


@dataclass(frozen=True)
class BatchFolder:
    """All there is of a batch; without its state, there is no batch."""

    path: Path

    @property
    def id(self) -> str:
        """What it is called by; who knows it, may."""
        return self.path.name

    @property
    def photos(self) -> Path:
        """The folder of what was sent, while it is needed."""
        return self.path / "photos"

    @property
    def out(self) -> Path:
        """The folder of the results."""
        return self.path / "out"

    def state(self) -> BatchState:
        """How far it is; raises ShedlightError (BATCH_NOT_FOUND)."""
        try:
            return BatchState.of_json(json.loads((self.path / _STATE).read_text("utf-8")))
        except FileNotFoundError as error:
            raise ShedlightError(ErrorCode.BATCH_NOT_FOUND) from error

    def put(self, state: BatchState) -> None:
        """Writes how far it is; raises FileNotFoundError when it was deleted meanwhile."""
        with replaced(self.path / _STATE) as file:
            json.dump(state.as_json(), file)

    def answer(self) -> Json:
        """What all photos say together; raises BATCH_NOT_FOUND, BATCH_NOT_DONE."""
        state = self.state()
        if state.answer is None:
            raise ShedlightError(ErrorCode.BATCH_NOT_DONE)
        return state.answer

    def results(self) -> Path:
        """The folder of the results once they are whole; raises as ``answer`` does."""
        self.answer()
        return self.out

    def drop_photos(self) -> None:
        """Deletes what was sent, and where it lay."""
        for folder in (self.photos, self.out / RUN):
            shutil.rmtree(folder, ignore_errors=True)

    def delete(self) -> None:
        """Deletes all of it, at once for all who ask; raises BATCH_NOT_FOUND."""
        gone = self.path.with_name(_GONE + self.id)
        try:
            self.path.rename(gone)
        except FileNotFoundError as error:
            raise ShedlightError(ErrorCode.BATCH_NOT_FOUND) from error
        shutil.rmtree(gone, ignore_errors=True)
