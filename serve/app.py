"""The server: ``create_app`` puts the parts together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from serve import about_api, advice_api, photos_api
from serve.body_limit import BodyLimit
from serve.headers import SecurityHeaders
from serve.openapi import install_openapi
from serve.photo_scorer import PhotoScorer
from serve.problem import install_error_handlers
from serve.resources import Resources
from serve.settings import Settings

PAGE = Path(__file__).parent / "page"


def create_app(settings: Settings | None = None, scorer: PhotoScorer | None = None) -> FastAPI:
    """The application; ``scorer`` defaults to the shipped model, loaded when the server starts.

    Starting raises ShedlightError (MODEL_REFUSED) when the weights are damaged.
    """
    chosen = settings or Settings()
    app = FastAPI(
        title="Shedlight",
        lifespan=_lifespan(chosen, scorer),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    for router in (photos_api.router, advice_api.router, about_api.router):
        app.include_router(router)
    _add_page(app)
    app.add_middleware(
        BodyLimit,
        max_upload_bytes=chosen.max_upload_bytes,
        uploads=frozenset({photos_api.PHOTOS}),
    )
    app.add_middleware(SecurityHeaders)
    install_error_handlers(app)
    install_openapi(app)
    return app


def _lifespan(
    settings: Settings, scorer: PhotoScorer | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threads = CapacityLimiter(settings.scoring_threads)
        app.state.resources = Resources(settings, scorer or _shipped(), threads)
        yield

    return lifespan


def _shipped() -> PhotoScorer:
    from model.scorer import Scorer  # loads the runtime, which a caller's own scorer may not need

    return Scorer.shipped()


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
