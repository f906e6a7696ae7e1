"""The results of a batch as one zip, made while it is sent."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from serve.jobs.batches.folder import ResultFile
from serve.jobs.batches.zip_stream import Pipe

_CHUNK = 1 << 20


def archive(results: Path) -> Iterator[bytes]:
    """The files in a folder of results. Raises OSError when it is deleted meanwhile: what was sent
    by then cannot be taken for a whole zip."""
    pipe = Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as packed:
        for name in ResultFile:
            with (
                (results / name).open("rb") as file,
                packed.open(name, "w", force_zip64=True) as to,
            ):
                while piece := file.read(_CHUNK):
                    to.write(piece)
                    yield pipe.drained()
    yield pipe.drained()
