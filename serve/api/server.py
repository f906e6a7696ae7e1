"""The HTTP server, which ends event streams before it stops."""

import socket
from contextlib import suppress

import uvicorn
from fastapi import FastAPI


class StoppingServer(uvicorn.Server):
    """Stops all batches and event streams first, since uvicorn waits for open answers."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Runs on Ctrl-C, on SIGTERM, and at the end of a test."""
        self._app.state.batches.stop()
        await super().shutdown(sockets)


def serve_http(app: FastAPI, host: str, port: int) -> None:
    """Serves until Ctrl-C or SIGTERM; exits if the port is not available.

    There is no access log: with a raw body, the address holds answers about someone's health.
    """
    config = uvicorn.Config(app, host=host, port=port, server_header=False, access_log=False)
    with suppress(KeyboardInterrupt):  # uvicorn raises it again after the shutdown
        StoppingServer(config, app).run()
