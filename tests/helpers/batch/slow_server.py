"""The server with a scorer that takes its time, in workers: ``python -m
tests.helpers.batch.slow_server
PORT``."""

import sys

import serve.model_reload
from serve.cli.main import main

if __name__ == "__main__":
    from tests.helpers.batch.slow_batch import SlowScorer

    serve.model_reload.scorer_of = lambda _: SlowScorer  # type: ignore[assignment,return-value]
    sys.argv[1:] = ["serve", "--port", sys.argv[1]]
    main()
