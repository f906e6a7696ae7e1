"""The server: ``create_app`` puts the parts together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

from anyio import to_thread
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from serve.api.answer import BATCHES
from serve.api.client import CLIENT_HEADER, KEY_HEADER
from serve.api.errors import install_error_handlers
from serve.api.middleware import HEADER, ApiKey, BodyLimit
from serve.api.openapi import install_openapi
from serve.api.rate_limit import RateLimit
from serve.api.routes import advice as advice_api
from serve.api.routes import batches as batches_api
from serve.api.routes import label_export as export_api
from serve.api.routes import label_queue as next_api
from serve.api.routes import labels as labels_api
from serve.api.routes import photos as photos_api
from serve.api.routes import saved_photos as kept_api
from serve.api.routes import status as about_api
from serve.api.routes import training as training_api
from serve.api.security_headers import SecurityHeaders
from serve.jobs.batches.queue import BatchQueue
from serve.jobs.training.manager import TrainingJobManager
from serve.model_reload import ModelReloader
from serve.resources import Resources
from serve.scoring.interfaces import PhotoScorer, ThreadWorkers, Workers
from serve.settings import Settings

PAGE = Path(__file__).parent / "web"
APIS = (
    photos_api,
    batches_api,
    kept_api,
    labels_api,
    next_api,
    export_api,
    training_api,
    advice_api,
    about_api,
)
"""In the order in which the documentation shows them."""


def create_app(
    settings: Settings | None = None,
    scorer: PhotoScorer | None = None,
    workers: Workers | None = None,
    reloader: ModelReloader | None = None,
) -> FastAPI:
    """The application; without a ``scorer``, the version of the model in force speaks.

    Pass a ``reloader`` to detect a damaged version before startup; otherwise startup raises
    ShedlightError (MODEL_REFUSED). A caller's own scorer works in threads, or in
    the ``workers`` given; they start and end with the server.
    """
    chosen = settings or Settings()
    app = FastAPI(
        title="Shedlight",
        lifespan=_lifespan(chosen, scorer, workers, reloader),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    for api in APIS:
        app.include_router(api.router)
    _add_page(app)
    _add_guards(app, chosen)
    install_error_handlers(app)
    install_openapi(app)
    return app


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
                reloading = reloader or ModelReloader(settings)
                shared = reloading.initial_resources()
                await stack.enter_async_context(reloading.running(app))
            else:
                at_work = workers or ThreadWorkers(scorer, settings.workers)
                shared = Resources.of(settings, scorer, at_work)
                stack.push_async_callback(to_thread.run_sync, at_work.close)
            app.state.resources = shared
            app.state.training_jobs = training_jobs = TrainingJobManager(settings)
            shared.workers.start()
            await stack.enter_async_context(shared.keeping.at_work())
            await to_thread.run_sync(training_jobs.tidy)
            stack.push_async_callback(to_thread.run_sync, training_jobs.close)
            stack.callback(batches.stop)  # before their workers end, so that no photo is blamed
            yield

    return lifespan


def _add_guards(app: FastAPI, settings: Settings) -> None:
    """What a request goes through before its handler, the innermost first."""
    uploads = {photos_api.PHOTOS: settings.max_upload_bytes, BATCHES: settings.max_batch_bytes}
    app.add_middleware(BodyLimit, uploads=uploads)
    if settings.api_key is not None:
        app.add_middleware(ApiKey, key=settings.api_key.get_secret_value())
    if settings.requests_per_minute:
        app.add_middleware(RateLimit, per_minute=settings.requests_per_minute)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=[HEADER, CLIENT_HEADER, KEY_HEADER, "Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
        )
    app.add_middleware(SecurityHeaders)


def _add_page(app: FastAPI) -> None:
    app.mount("/page", StaticFiles(directory=PAGE), name="page")

    @app.get("/", include_in_schema=False)
    def index() -> FileResponse:
        """The page for people."""
        return FileResponse(PAGE / "index.html")

    @app.get("/docs", include_in_schema=False)
    def docs() -> FileResponse:
        """The page for programmers, drawn from /openapi.json."""
        return FileResponse(PAGE / "docs.html")
