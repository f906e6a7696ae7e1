"""``python -m serve``, for where the command ``shedlight`` is not on the path."""

from serve.cli.main import main

main()
