"""Names of a zip's members as different programs write them."""

import struct
import zipfile
import zlib

import pytest

from data.io.zip_paths import member_path


def with_unicode_path(true_name: str, plain: str, checksum_of: str | None = None) -> str | None:
    """The path of a member with a plain name and the extra field of its true name, which WinZip,
    WinRAR and Info-ZIP write behind others."""
    body = struct.pack("<BI", 1, zlib.crc32((checksum_of or plain).encode("cp437")))
    body += true_name.encode()
    info = zipfile.ZipInfo(plain)
    info.extra = struct.pack("<HHQ", 0x5455, 8, 0) + struct.pack("<HH", 0x7075, len(body)) + body
    return member_path(info)


def test_the_extra_field_holds_the_true_name() -> None:
    assert with_unicode_path("Анна/фото.jpg", "____/____.jpg") == "Анна/фото.jpg"
    assert with_unicode_path("Zoe\u0301.jpg", "Zo_.jpg") == "Zoe\u0301.jpg"


def test_the_extra_field_of_another_name_is_ignored() -> None:
    assert with_unicode_path("other.jpg", "a.jpg", checksum_of="b.jpg") == "a.jpg"


def test_the_extra_field_leads_out_of_no_zip() -> None:
    assert with_unicode_path("../../a.jpg", "a.jpg") is None


@pytest.mark.parametrize(
    "extra", [b"\x75\x70", b"\x75\x70\x02\x00\x01\x00", b"\x75\x70\xff\xff\x01", bytes(4)]
)
def test_a_broken_extra_field_is_ignored(extra: bytes) -> None:
    info = zipfile.ZipInfo("a.jpg")
    info.extra = extra
    assert member_path(info) == "a.jpg"
