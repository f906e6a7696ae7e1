"""Where the versions of the model are kept on this machine."""

from pathlib import Path
from typing import Annotated

import typer

MODELS_FOLDER = Path("~/.shedlight/models")
"""For each user, whatever folder a command is run in; need not be there."""
ModelsFolder = Annotated[
    Path,
    typer.Option("--models", help="Folder of the model's versions.", envvar="SHEDLIGHT_MODELS"),
]
"""The option of every command that uses a version."""
