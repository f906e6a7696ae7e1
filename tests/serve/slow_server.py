"""The server with a scorer that takes its time, in workers: ``python -m tests.serve.slow_server
PORT``."""

import sys

import serve.succession
from serve.cli import main

if __name__ == "__main__":
    from tests.serve.slow_batch import SlowScorer

    serve.succession.scorer_of = lambda _: SlowScorer  # type: ignore[assignment,return-value]
    sys.argv[1:] = ["serve", "--port", sys.argv[1]]
    main()
