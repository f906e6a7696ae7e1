"""What a body is by its first bytes, and file names as clients encode them."""

import pytest
from python_multipart.multipart import parse_options_header

from serve.inputs.request_body import plain_disposition, sniffed_type
from tests.helpers.serve.http import PHOTO

PART = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
RAW = "application/octet-stream"


@pytest.mark.parametrize(
    ("declared", "start", "expected"),
    [
        ("", PHOTO[:512], RAW),
        ("application/x-www-form-urlencoded", PHOTO[:512], RAW),
        ("application/json", b"\x89PNG\r\n\x1a\n", RAW),
        ("multipart/form-data", PHOTO[:512], RAW),
        ("text/plain", b"GIF89a", RAW),
        ("multipart/form-data; boundary=XX", PART, "multipart/form-data; boundary=XX"),
        ('multipart/form-data; boundary="XX"', PART, 'multipart/form-data; boundary="XX"'),
        ("multipart/form-data", PART, 'multipart/form-data; boundary="XX"'),
        ("multipart/form-data; boundary=YY", PART, 'multipart/form-data; boundary="XX"'),
        ("", PART, 'multipart/form-data; boundary="XX"'),
        (
            "image/jpeg",
            b"--b\r\nContent-Type: image/jpeg\r\ncontent-disposition: form-data",
            'multipart/form-data; boundary="b"',
        ),
        ("text/plain", b"hello", "text/plain"),
        ("image/jpeg", b"hello", "image/jpeg"),
        ("application/json", b"", "application/json"),
        ("", b"--", ""),
    ],
)
def test_a_body_is_what_its_first_bytes_show(declared: str, start: bytes, expected: str) -> None:
    assert sniffed_type(declared, start) == expected


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ("filename*=UTF-8''Z%C3%B6pfe.jpg", "Zöpfe.jpg"),
        ("filename*=utf-8'de'Z%C3%B6pfe.jpg", "Zöpfe.jpg"),
        ("filename*=\"UTF-8''Z%C3%B6pfe.jpg\"", "Zöpfe.jpg"),
        ("filename*=ISO-8859-1''Z%F6pfe.jpg", "Zöpfe.jpg"),
        ("filename=\"Zopfe.jpg\"; filename*=UTF-8''Z%C3%B6pfe.jpg", "Zöpfe.jpg"),
        ("filename*=UTF-8''Z%C3%B6pfe.jpg; filename=\"Zopfe.jpg\"", "Zöpfe.jpg"),
        ("FileName* = UTF-8''%E2%82%AC%20rates.jpg", "€ rates.jpg"),
        ("filename*=UTF-8''a%22%3B%20b.jpg", 'a"; b.jpg'),
        ("filename*0*=UTF-8''Z%C3%B6; filename*1=\"pfe\"; filename*2*=%20.jpg", "Zöpfe .jpg"),
        ('filename*0="long "; filename*1="name.jpg"', "long name.jpg"),
        ("filename=\"a.jpg\"; filename*=UTF-8''%FF%FE.jpg", "a.jpg"),
        ('filename="a.jpg"; filename*=nonsense', "a.jpg"),
        ("filename=\"a; filename*=UTF-8''b.jpg\"", "a; filename*=UTF-8''b.jpg"),
        ('filename="Zöpfe.jpg"', "Zöpfe.jpg"),
    ],
)
def test_an_extended_file_name_is_decoded(parameters: str, name: str) -> None:
    for header in (
        f'form-data; name="files"; {parameters}',
        f"form-data; {parameters}; name=files",
    ):
        kind, options = parse_options_header(plain_disposition(header.encode()))
        assert (kind, options[b"name"]) == (b"form-data", b"files")
        assert options[b"filename"].decode() == name


def test_a_field_without_a_file_name_stays_a_field() -> None:
    header = b'form-data; name="context"'
    assert plain_disposition(header) == header
