"""How far teaching is, for whoever looks into its folder."""

import json
from dataclasses import dataclass
from pathlib import Path

PROGRESS = "progress.json"
RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"


@dataclass(frozen=True)
class ProgressFile:
    """``progress.json`` in the folder of a run, replaced as a whole each time."""

    run: Path

    def tell(self, state: str, step: str, done: float, message: str | None = None) -> None:
        """Notes a state, the step in words, the share (0 to 1) that is done, and a sentence if
        there is one to say."""
        told = {"state": state, "step": step, "done": round(done, 3), "message": message}
        fresh = self.run / f".{PROGRESS}"
        fresh.write_text(json.dumps(told) + "\n", "utf-8")
        fresh.replace(self.run / PROGRESS)
