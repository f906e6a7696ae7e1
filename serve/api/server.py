"""The HTTP server, which stops within ten seconds of Ctrl-C or SIGTERM."""

import logging
import os
import socket
from contextlib import suppress
from threading import Timer

import uvicorn
from fastapi import FastAPI

REQUESTS_LIMIT_S = 5
"""Seconds for open requests to finish once the server stops; then they are cancelled."""
STOP_LIMIT_S = 9.0
"""Seconds until a server that still has not stopped exits with what is left undone."""

_log = logging.getLogger(__name__)


class StoppingServer(uvicorn.Server):
    """Stops all batches and event streams first, since uvicorn waits for open answers."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Runs on Ctrl-C, on SIGTERM, and at the end of a test."""
        self._app.state.batches.stop()
        await super().shutdown(sockets)


class _LimitedServer(StoppingServer):
    """Exits after STOP_LIMIT_S, such as when a thread still unpacks a large ZIP file."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        limit = Timer(STOP_LIMIT_S, _exit)
        limit.daemon = True  # it also covers threads that Python waits for at its end
        limit.start()
        await super().shutdown(sockets)


def serve_http(app: FastAPI, host: str, port: int) -> None:
    """Serves until Ctrl-C or SIGTERM; exits if the port is not available.

    There is no access log: with a raw body, the address holds answers about someone's health.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        server_header=False,
        access_log=False,
        timeout_graceful_shutdown=REQUESTS_LIMIT_S,
    )
    with suppress(KeyboardInterrupt):  # uvicorn raises it again after the shutdown
        _LimitedServer(config, app).run()


def _exit() -> None:
    """The workers end with the server; the next server deletes the batches."""
    _log.error("The server did not stop within %g s. It exits now.", STOP_LIMIT_S)
    os._exit(1)
