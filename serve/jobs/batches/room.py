"""How much a batch may hold."""

from data.errors import ErrorCode, ShedlightError

OTHERS_PER_PHOTO = 10
"""For each photo that a batch may have, so many other files may lie in its zips: to pass over
millions takes time and memory, too. Our assumption."""
MB = 1_000_000


class Room:
    """What is left of the photos, and of the unpacked bytes, that a batch may have."""

    def __init__(self, photos: int, unpacked_bytes: int) -> None:
        self._photos, self._bytes = photos, unpacked_bytes
        self._others = photos * OTHERS_PER_PHOTO
        self._most_photos, self._most_bytes = photos, unpacked_bytes

    def take_photo(self) -> None:
        """Takes the place of one; raises TOO_MANY_FILES."""
        self._photos -= 1
        if self._photos < 0:
            raise self._too_many()

    def take_other(self) -> None:
        """Takes the place of a file that is passed over; raises TOO_MANY_FILES."""
        self._others -= 1
        if self._others < 0:
            raise self._too_many()

    def take_bytes(self, count: int) -> None:
        """Takes the place of some; raises TOO_MUCH_IN_ZIP."""
        self._bytes -= count
        if self._bytes < 0:
            raise self.too_much()

    def too_much(self) -> ShedlightError:
        """The error of a zip that unpacks to more than it may."""
        limit_mb = self._most_bytes / MB
        return ShedlightError(ErrorCode.TOO_MUCH_IN_ZIP, field="files", limit_mb=limit_mb)

    def _too_many(self) -> ShedlightError:
        return ShedlightError(ErrorCode.TOO_MANY_FILES, field="files", limit=self._most_photos)
