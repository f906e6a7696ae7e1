"""The server: ``create_app`` assembles routes, middleware and the resources behind them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware

from serve.api.errors import INTERNAL_ERROR, errors, install_error_handlers
from serve.api.middleware import (
    MAX_SMALL_BODY,
    SECURITY_HEADERS,
    BodyLimitErrors,
    HeadRequests,
    RateLimit,
    RootPath,
    SecurityHeaders,
)
from serve.api.openapi import DESCRIPTION, install_examples
from serve.api.page_files import PageFiles
from serve.api.permissions import (
    API_KEY_HEADER,
    CLIENT_HEADER,
    IDEMPOTENCY_HEADER,
    RequireKey,
)
from serve.api.routes import (
    advice,
    batches,
    corrections,
    labels,
    pages,
    photos,
    saved_photos,
    status,
    training,
)
from serve.jobs.batches.queue import BatchQueue
from serve.jobs.training.manager import TrainingJobManager
from serve.model_reload import ModelReloader
from serve.resources import Resources
from serve.scoring.interfaces import PhotoScorer, ThreadWorkers, Workers
from serve.settings import Settings


def create_app(
    settings: Settings | None = None,
    scorer: PhotoScorer | None = None,
    workers: Workers | None = None,
    reloader: ModelReloader | None = None,
) -> FastAPI:
    """The application. Without a ``scorer``, it uses the active version of the model.

    Pass a ``reloader`` to detect a damaged version before startup; otherwise startup raises
    ShedlightError (MODEL_REFUSED). A ``scorer`` runs in threads, or in the ``workers`` given, which
    start and stop with the server.
    """
    settings = settings or Settings()
    app = FastAPI(
        title="Shedlight",
        version="1",
        description=DESCRIPTION,
        lifespan=_lifespan(settings, scorer, workers, reloader),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    app.include_router(_api(settings))
    app.include_router(status.health_router)
    app.mount("/page", PageFiles(), name="page")
    app.include_router(pages.router)
    _add_middleware(app, settings)
    install_error_handlers(app, SECURITY_HEADERS)
    install_examples(app)
    return app


def _api(settings: Settings) -> APIRouter:
    """The routes under /v1/, in the order of the documentation, with their body limits."""
    api = APIRouter(dependencies=[RequireKey], responses=errors(401, 429) | INTERNAL_ERROR)
    api.include_router(photos.router, max_body_size=settings.max_upload_bytes)
    api.include_router(batches.upload_router, max_body_size=settings.max_batch_bytes)
    for routes in (batches, saved_photos, corrections, labels, training, advice, status):
        api.include_router(routes.router, max_body_size=MAX_SMALL_BODY)
    return api


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Adds what a request passes before its route, innermost first."""
    app.add_middleware(BodyLimitErrors)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6)
    app.add_middleware(HeadRequests)
    if settings.requests_per_minute:
        app.add_middleware(RateLimit, per_minute=settings.requests_per_minute)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "DELETE"],
            allow_headers=[
                API_KEY_HEADER,
                CLIENT_HEADER,
                IDEMPOTENCY_HEADER,
                "Authorization",
                "Content-Type",
            ],
            expose_headers=["Retry-After"],
        )
    app.add_middleware(SecurityHeaders)
    if settings.root_path:
        app.add_middleware(RootPath, root_path=settings.root_path)


def _lifespan(
    settings: Settings,
    scorer: PhotoScorer | None,
    workers: Workers | None,
    reloader: ModelReloader | None,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            batches = app.state.batches = BatchQueue(settings, lambda: app.state.resources)
            await stack.enter_async_context(batches.running())
            if scorer is None:
                active = reloader or ModelReloader(settings)
                resources = active.initial_resources()
                await stack.enter_async_context(active.running(app))
            else:
                own = workers or ThreadWorkers(scorer, settings.workers)
                resources = Resources.of(settings, scorer, own)
                stack.push_async_callback(to_thread.run_sync, own.close)
            app.state.resources = resources
            resources.workers.start()
            await stack.enter_async_context(resources.photo_service.running())
            jobs = app.state.training_jobs = TrainingJobManager(settings)
            await to_thread.run_sync(jobs.tidy)
            stack.push_async_callback(to_thread.run_sync, jobs.close)
            stack.callback(batches.stop)  # before the workers stop, so that no photo fails
            yield

    return lifespan
