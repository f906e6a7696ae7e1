"""A server that receives photos as ours does but only decodes them, for comparison."""

import os

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from data.images.read import read_photo

_threads = CapacityLimiter(os.cpu_count() or 1)


async def decode(request: Request) -> JSONResponse:
    async with request.form() as form:
        file = form["files"]
        assert isinstance(file, UploadFile)
        photo = await to_thread.run_sync(lambda: read_photo(file.file.read()), limiter=_threads)
        return JSONResponse({"width": photo.width, "height": photo.height})


async def check_readiness(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ready"})


app = Starlette(
    routes=[Route("/v1/photos", decode, methods=["POST"]), Route("/readyz", check_readiness)]
)
