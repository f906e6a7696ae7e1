"""The page for people in their language, and the page for programmers."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data.texts.catalogue import texts_in
from serve.api.language import language_headers, requested_texts

WEB = Path(__file__).parents[2] / "web"
SCRIPT_SECTIONS = ("page",)
"""The sections of the catalogue that the page's scripts use (serve/web/common/texts.js)."""

router = APIRouter(include_in_schema=False)
_TEMPLATES = Environment(loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined)


@router.get("/")
def index(request: Request) -> HTMLResponse:
    """The page for people."""
    language = requested_texts(request).language
    return HTMLResponse(_index(language), headers=language_headers(language))


@router.get("/docs")
def docs() -> FileResponse:
    """The page for programmers, generated from /openapi.json."""
    return FileResponse(WEB / "docs.html")


@cache
def _index(language: str) -> str:
    texts = texts_in(language)
    scripts = {name: texts.section(name) for name in SCRIPT_SECTIONS}
    return _TEMPLATES.get_template("index.html").render(
        t=texts, catalogue={"language": language, "texts": scripts}
    )
