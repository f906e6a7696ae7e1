"""The HTTP server, which tells the application when it is about to stop."""

import socket
from contextlib import suppress

import uvicorn
from fastapi import FastAPI


class StoppingServer(uvicorn.Server):
    """Waits for its answers to end, as uvicorn does; those that watch a batch end when told."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ctrl-C, SIGTERM, or the end of a test."""
        self._app.state.batches.stop()
        await super().shutdown(sockets)


def serve_http(app: FastAPI, host: str, port: int) -> None:
    """Serves until Ctrl-C or SIGTERM; ends the program where the port cannot be had.

    There is no access log: with a raw body, answers about someone's health stand in the address.
    """
    config = uvicorn.Config(app, host=host, port=port, server_header=False, access_log=False)
    with suppress(KeyboardInterrupt):  # raised once more when all is closed
        StoppingServer(config, app).run()
