"""``shedlight serve`` and ``shedlight about``: the server, and the versions installed."""

from pathlib import Path
from typing import Annotated

import typer

from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError

_EXTRAS = {"train": "torch", "render": "mitsuba", "heic": "pi_heif", "ray": "ray"}
"""One package of each extra."""


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on.", envvar="SHEDLIGHT_HOST")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on.", envvar="SHEDLIGHT_PORT", min=0, max=65_535)
    ] = 8000,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Starts the web page and the API on this machine."""
    from pydantic import ValidationError

    from serve.api.server import serve_http
    from serve.app import create_app
    from serve.model_reload import ModelReloader
    from serve.settings import Settings

    try:
        settings = Settings(host=host, port=port, models=models)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["shedlight", *map(str, first["loc"])]).upper()
        raise CommandError(f"The setting {name} is wrong: {first['msg']}.") from error
    served = create_app(settings, reloader=ModelReloader(settings))
    serve_http(served, host, port)


def about(models: ModelsFolder = MODELS_FOLDER) -> None:
    """Prints the versions of Shedlight, its libraries and the active model, for bug reports."""
    import platform
    from importlib.util import find_spec

    from model.registry.registry import NO_HOME, expand_home

    folder = expand_home(models)
    extras = [extra for extra, package in _EXTRAS.items() if find_spec(package)]
    rows = {
        "Shedlight": _installed("shedlight"),
        "Python": f"{platform.python_version()} on {platform.platform()}",
        "OpenCV": _installed("opencv-python-headless"),
        "ONNX Runtime": _installed("onnxruntime"),
        "NumPy": _installed("numpy"),
        "extras": ", ".join(extras) or "none",
        "models folder": "none: there is no home folder" if folder == NO_HOME else str(folder),
        "active model": _active_model(models),
    }
    for label, value in rows.items():
        typer.echo(f"{label:<15}{value}")


def _installed(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _active_model(models: Path) -> str:
    """Name, version and training data; the error if no version can be loaded."""
    from data.errors import ShedlightError
    from model.registry.registry import Registry
    from model.version import load_version

    try:
        champion = Registry(models).champion()
        name = load_version(champion.folder).manifest.name
    except (ShedlightError, OSError) as error:
        return str(error)
    lines = [f"{name.name} {name.version}, trained on {name.trained_on}", champion.problem]
    return "\n".join(filter(None, lines))
