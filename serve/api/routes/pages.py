"""The pages for people, operators and programmers, and what installs the first on a phone."""

from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data.texts.catalogue import texts_in
from serve.advice.questionnaire import questions
from serve.api.language import language_headers, requested_texts
from serve.api.page_files import WEB, page_version, shell_files

SCRIPT_SECTIONS = {
    "index.html": ("page", "questions", "glossary", "strength", "diary", "change"),
    "operator.html": ("page", "operator"),
}
"""The sections of the catalogue that a page's scripts use (serve/web/common/texts.js)."""
NO_CACHE = {"Cache-Control": "no-cache"}

router = APIRouter(include_in_schema=False)
_TEMPLATES = Environment(
    loader=FileSystemLoader(WEB / "templates"), autoescape=True, undefined=StrictUndefined
)


@router.get("/")
def index(request: Request) -> HTMLResponse:
    """The page for people."""
    return _html("index.html", request)


@router.get("/operator")
def operator(request: Request) -> HTMLResponse:
    """The page for who runs the server: which hairs to label next, and training."""
    return _html("operator.html", request)


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The page for programmers, generated from /openapi.json."""
    return _html("docs.html", request)


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    """Name, icons and colours of the page as an app."""
    language = requested_texts(request).language
    content = _rendered("manifest.json", language)
    headers = language_headers(language) | NO_CACHE
    return Response(content, media_type="application/manifest+json", headers=headers)


@router.get("/service_worker.js")
def service_worker() -> Response:
    """The script that opens the page offline; at the root, since it serves what is below it."""
    files = [f"page/{page_version()}/{path}" for path in shell_files()]
    content = _TEMPLATES.get_template("service_worker.js").render(
        version=page_version(), files=files
    )
    return Response(content, media_type="text/javascript", headers=NO_CACHE)


def _html(template: str, request: Request) -> HTMLResponse:
    language = requested_texts(request).language
    headers = language_headers(language) | NO_CACHE
    return HTMLResponse(_rendered(template, language), headers=headers)


@cache
def _rendered(template: str, language: str) -> str:
    texts = texts_in(language)
    scripts = {name: texts.section(name) for name in SCRIPT_SECTIONS.get(template, ())}
    return _TEMPLATES.get_template(template).render(
        t=texts,
        catalogue={
            "language": language,
            "texts": scripts,
            "questions": [each.model_dump(exclude_defaults=True) for each in questions()],
        },
        page=f"page/{page_version()}",
    )
