"""The folder of the model's versions, and the option that changes it."""

from pathlib import Path
from typing import Annotated

import typer

MODELS_FOLDER = Path("~/.shedlight/models")
"""One for each user; it need not exist."""
ModelsFolder = Annotated[
    Path,
    typer.Option("--models", help="Folder of the model's versions.", envvar="SHEDLIGHT_MODELS"),
]
"""The option of every command that uses a version."""
