"""What is made of the results once all photos are done."""

import json

from data.io.atomic import replaced
from serve.batch.failures import Failures
from serve.batch.groups import Groups
from serve.batch.report import REPORT, report_page
from serve.batch.results import scored_lines
from serve.batch.review import Doubtful
from serve.batch.run_folder import RunFolder
from serve.batch.run_summary import RunSummary
from serve.batch.tables import Tables
from serve.batch.totals import Totals
from serve.scoring.photo_scorer import PhotoScorer

SUMMARY = "summary.json"


def finish(run: RunFolder, scorer: PhotoScorer, groups: Groups) -> RunSummary:
    """Writes tables, summary and report in one pass over the results; they say the same however
    often it is done. Raises OSError."""
    totals, doubtful, failures = Totals(), Doubtful(), Failures()
    with Tables(run.out) as tables:
        for line in scored_lines(run.results, groups):
            for part in (tables, totals, doubtful, failures):
                part.add(line)
    summary = totals.summarised(scorer)
    with replaced(run.out / SUMMARY) as file:
        listed = {"listed_without_photo": len(groups.unmet)}
        file.write(json.dumps(summary.as_json(run.skipped) | listed, indent=1) + "\n")
    with replaced(run.out / REPORT) as file:
        file.write(report_page(summary, run, doubtful, failures))
    return summary
