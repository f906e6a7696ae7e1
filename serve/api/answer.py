"""What the API says of a batch."""

from data.io.jsonl import Json
from model.share.confusion import ErrorRates
from model.share.summary import ShareBounds, ShareInterval, Summary, Verdict
from serve.jobs.state import BatchState

BATCHES = "/v1/batches"
BATCH = BATCHES + "/{batch_id}"


def batch_json(batch_id: str, state: BatchState) -> Json:
    """A batch as it stands in answers and events."""
    here = BATCH.format(batch_id=batch_id)
    links = {"self": here, "events": f"{here}/events", "results": f"{here}/results"}
    return {"id": batch_id} | state.as_json() | {"links": links}


def pool_of(told: Json) -> Summary:
    """The summary that was written as ``Summary.as_json`` has it."""
    share, bounds = told["telogen_share"], told["telogen_share_worst_case"]
    return Summary(
        telogen=told["telogen"],
        misshapen=told["misshapen"],
        no_bulb=told["no_bulb"],
        unsure=told["unsure"],
        share=ShareInterval(**share) if share else None,
        p_most_telogen=told["p_most_telogen"],
        verdict=Verdict(told["verdict"]),
        worst_case=ShareBounds(**bounds) if bounds else None,
        error_rates=ErrorRates(told["error_rates"]),
        unspecified_anagen=told["anagen"] - told["misshapen"] - told["no_bulb"],
    )
