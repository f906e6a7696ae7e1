"""A real server on a free port of this machine, for the time of a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

import uvicorn

from serve.api.server import StoppingServer
from serve.app import create_app
from serve.model_reload import ModelReloader
from serve.scoring.interfaces import PhotoScorer
from serve.settings import Settings


@contextmanager
def running_server(
    settings: Settings, scorer: PhotoScorer | None, reloader: ModelReloader | None = None
) -> Iterator[str]:
    """Yields the address; the server stops when the block ends."""
    app = create_app(settings, scorer, reloader=reloader)
    server = StoppingServer(uvicorn.Config(app, port=0, log_level="critical"), app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
