"""Folders that systems, NAS devices and photo viewers lay beside photos."""

import re
import unicodedata

_SYSTEM_FOLDERS = frozenset(
    {
        *("@eadir", "#recycle", "#snapshot", "@recycle", ".@__thumb", "@recently-snapshot"),
        *("$recycle.bin", "recycler", "recycled", "system volume information"),
        *(".trashes", ".trash", "lost+found", "__macosx", ".appledouble", ".spotlight-v100"),
        *(".fseventsd", ".temporaryitems", "network trash folder", "temporary items"),
        *(".snapshot", "~snapshot", ".thumbnails", ".thumbs", "thumbnails", "thumbs"),
        *("thumbnail", "_thumb", "_thumbs", "@tmp", "@sharebin", "@database", "@transcode"),
        *("trash", "trashbox", "recycle.bin", "recycle bin", "papierkorb", "lost.dir", "msocache"),
    }
)
"""Folders of Synology, QNAP and NetApp, Windows, macOS, Linux, Android and photo viewers."""
_NUMBERED = re.compile(r"\.trash-.*|found\.\d{3}|.*\.lrdata")
"""Bins of Linux, what CHKDSK of Windows saves, and previews of Lightroom."""


def is_system_folder(name: str) -> bool:
    """Whether a system, a NAS or a photo viewer keeps its own files in folders of this name."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return folded in _SYSTEM_FOLDERS or _NUMBERED.fullmatch(folded) is not None
