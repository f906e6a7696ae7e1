"""A buffer between a ``ZipFile`` that writes and a response that sends."""

import io


class StreamBuffer(io.RawIOBase):
    """A file that can be written, and drained in pieces while it is written."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        """Required by ``io.RawIOBase``."""
        return True

    def write(self, chunk: object, /) -> int:
        """Buffers a chunk until the next ``drain``."""
        self._chunks.append(bytes(chunk))  # type: ignore[call-overload]
        return len(self._chunks[-1])

    def drain(self) -> bytes:
        """Returns and forgets what was written since the last call."""
        chunks, self._chunks = self._chunks, []
        return b"".join(chunks)
