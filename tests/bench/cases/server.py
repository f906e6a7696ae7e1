"""Cases of the server: zips, addresses, headers, a proxy, and its end."""

import os
import signal
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import httpx

from tests.bench.cases.product import HOMELESS, TIMEOUT_S, Case, Product, case

PROXY_PORTS = 8960, 8963
"""Of the server and of the proxy of the case."""
ENDS_WITHIN_S = 15.0
"""Ten seconds, and some for a busy machine."""
ZIPS = {
    **dict.fromkeys(
        ("bsdtar_dot", "bsdtar_all", "dotnet_backslash"),
        ("bent/ben/IMG_2.jpg", "club/anna/IMG_1.jpg"),
    ),
    "mac_noflag": ("Zoé/Übersicht.jpg",),
}
"""The photos in each zip."""


def server(product: Product) -> Iterator[Case]:
    """05, 10 and 15: everything that needs a running server."""
    with running(product, PROXY_PORTS[0]) as (address, _):
        with httpx.Client(base_url=address, timeout=TIMEOUT_S) as client:
            yield from zips(product, client)
            yield from addresses(product, client)
        yield behind_a_proxy(product)
    yield stopped_during_an_upload(product)
    if os.getuid() == 0:
        yield read_only_folder(product)


@contextmanager
def running(
    product: Product, port: int = 0, before: Sequence[str] = (), **options: Any
) -> Iterator[tuple[str, Any]]:
    """The address and the process of a ready server."""
    with socket.create_server(("127.0.0.1", port)) as free:
        port = free.getsockname()[1]
    command = [*before, *product.command, "serve", "--port", str(port)]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
    process = subprocess.Popen(command, **options)
    try:
        end = monotonic() + TIMEOUT_S
        while process.poll() is None and monotonic() < end:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            sleep(0.2)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait()


def zips(product: Product, client: httpx.Client) -> Iterator[Case]:
    """05: zips of four programs."""
    for name, photos in ZIPS.items():
        raw = (product.cases / "05_zips" / f"{name}.zip").read_bytes()
        sent = client.post("/v1/batches", files={"files": (f"{name}.zip", raw, "application/zip")})
        links = sent.json()["links"]
        while client.get(links["self"]).json()["state"] in ("waiting", "running"):
            sleep(0.2)
        lines = client.get(f"{links['results']}/results.jsonl").text.splitlines()
        reports = [httpx.Response(200, text=line).json() for line in lines]
        got = ", ".join(sorted(f"{each['photo']} {each['status']}" for each in reports))
        yield case(f"05 zip {name}", ", ".join(f"{photo} scored" for photo in photos), got)


def addresses(product: Product, client: httpx.Client) -> Iterator[Case]:
    """10: HEAD, wrong addresses, a photo without its type, names of other letters."""
    for address in ("/", "/docs", "/healthz", "/readyz", "/metrics", "/v1/model", "/openapi.json"):
        head, get = client.head(address), client.get(address)
        expected = f"{get.status_code}, no body"
        got = f"{head.status_code}, {'a body' if head.content else 'no body'}"
        yield case(f"10 HEAD {address}", expected, got)
    raw = product.photos()[0].read_bytes()
    for address in ("/v1/photos/", "/v1/photo", "/"):
        answer = client.post(address, files={"files": ("a.jpg", raw, "image/jpeg")})
        got = f"{answer.status_code} {answer.json()['error']['code']}"
        yield case(f"10 a photo to {address}", "404 not_found", got)
    for kind in ({}, {"content-type": "application/x-www-form-urlencoded"}):
        answer = client.post("/v1/photos", content=raw, headers=kind)
        yield case(f"10 a photo with {kind or 'no type'}", "scored", _first(answer, "status"))
    name = "Zöpfe.jpg"
    disposition = f"form-data; name=\"files\"; filename*=UTF-8''{quote(name)}"
    head = f"--XX\r\nContent-Disposition: {disposition}\r\nContent-Type: image/jpeg\r\n\r\n"
    body = head.encode() + raw + b"\r\n--XX--\r\n"
    kind = {"content-type": "multipart/form-data; boundary=XX"}
    answer = client.post("/v1/photos", content=body, headers=kind)
    yield case("10 filename*", name, unicodedata.normalize("NFC", _first(answer, "photo")))


def _first(answer: httpx.Response, key: str) -> str:
    """An entry of the first photo's report, or the code of an error."""
    content = answer.json()
    return str(content["photos"][0][key] if "photos" in content else content["error"]["code"])


def behind_a_proxy(product: Product) -> Case:
    """10: the page and all that it loads, below a path."""
    script = product.cases / "10_http" / "subpath_proxy.py"
    proxy = subprocess.Popen([sys.executable, script], stdout=subprocess.DEVNULL)
    top = f"http://127.0.0.1:{PROXY_PORTS[1]}/shedlight/"
    try:
        sleep(2)
        page = httpx.get(top, timeout=TIMEOUT_S)
        parts = [part.split('"')[0] for part in page.text.replace('href="', 'src="').split('src="')]
        loaded = [part for part in parts[1:] if part.endswith((".css", ".js", ".svg", ".png"))]
        found = sum(httpx.get(httpx.URL(top).join(part)).status_code == 200 for part in loaded)
    finally:
        proxy.terminate()
        proxy.wait()
    got = f"{found} of {len(loaded)} files, status {page.status_code}"
    right = found == len(loaded) > 0 and page.status_code == 200
    return Case("10 below a path", "all files, status 200", got, right)


def stopped_during_an_upload(product: Product) -> Case:
    """10: a phone loses its network in mid-upload, then the server is asked to end."""
    with running(product) as (address, process):
        url = httpx.URL(address)
        with socket.create_connection((url.host, url.port or 80)) as phone:
            head = "POST /v1/photos HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n"
            phone.sendall(f"{head}Content-Length: 5000000\r\n\r\n".encode() + b"x" * 100_000)
            sleep(1)
            process.send_signal(signal.SIGTERM)
            start = monotonic()
            try:
                process.wait(90)
            except subprocess.TimeoutExpired:
                process.kill()
            took_s = monotonic() - start
    right = took_s <= ENDS_WITHIN_S
    return Case("10 end during an upload", "within ten seconds", f"after {took_s:.0f} s", right)


def read_only_folder(product: Product) -> Case:
    """15: a photo is to be saved, and the server may not write into its folder."""
    folder = product.new("work")
    folder.mkdir(mode=0o755)
    environment = {key: value for key, value in os.environ.items() if key != "HOME"}
    photo = Path(product.photos()[0]).read_bytes()
    with running(product, 0, HOMELESS, cwd=folder, env=environment) as (address, _):
        sent = {"files": ("a.jpg", photo, "image/jpeg")}
        data = {"retention": "link"}
        answer = httpx.post(f"{address}/v1/photos", files=sent, data=data, timeout=TIMEOUT_S)
    got = f"{answer.status_code} {answer.json().get('error', {}).get('code', 'scored')}"
    return case("15 read-only folder", "500 store_not_writable", got)
