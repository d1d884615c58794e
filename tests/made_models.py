"""Models made in code: manifests, wheels, a server on this machine, and the smallest ONNX file that runs."""

from __future__ import annotations

import hashlib
import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rushes.models.install import Outcome
from rushes.store.canonical import digest_bytes

LICENCE = {"name": "MIT", "url": "https://example.org/licence"}


def row(name: str, content: bytes | None, **more: Any) -> dict[str, Any]:
    """An entry of a manifest for a file of that content; content None: nothing is known of it."""
    return {
        "name": name,
        "version": "1",
        "says": f"Stands for {name}.",
        "file": f"{name}/{name}.onnx",
        "bytes": None if content is None else len(content),
        "blake3": None if content is None else digest_bytes(content),
        "licence": LICENCE,
        "core": False,
        "format": "onnx",
        "sources": [],
        "how": f"Ask the makers of {name}.",
        "inputs": [],
        "outputs": [],
        "preprocessing": "",
        **more,
    }


def by_sha256(name: str, content: bytes, **more: Any) -> dict[str, Any]:
    """An entry whose BLAKE3 nobody knows, but whose SHA-256 is published."""
    known = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return row(name, None, **known, **more)


def write_manifest(path: Path, *rows: dict[str, Any]) -> Path:
    """A manifest file."""
    path.write_text(json.dumps({"schema": "rushes/models@1", "models": rows}, indent=2))
    return path


def put(folder: Path, name: str, content: bytes) -> Path:
    """A model file in its place in a models folder."""
    path = folder / name / f"{name}.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def files_in(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def write_wheel(
    folder: Path, package: str, version: str, files: dict[str, bytes], tag: str = "py3-none-any"
) -> Path:
    """A wheel that pip accepts."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{package.replace('-', '_')}-{version}"
    path = folder / f"{stem}-{tag}.whl"
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@dataclass
class Told:
    """A watcher that remembers."""

    tried: list[tuple[str, str]] = field(default_factory=list)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def trying(self, name: str, source: str) -> None:
        self.tried.append((name, source))

    def received(self, name: str, bytes_there: int, bytes_total: int | None) -> None:
        assert bytes_total is None or bytes_there <= bytes_total

    def failed(self, name: str, source: str, reason: str) -> None:
        self.failures.append((name, source, reason))

    def ended(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


@dataclass
class Shelf:
    """What a server gives, how, and what it was asked."""

    content: bytes = b""
    ranges: bool = True
    """Whether it goes on from where it is asked to."""
    says_length: bool = True
    break_after: list[int] = field(default_factory=list)
    """Of the next answers, how many bytes each sends before the connection ends."""
    pause: threading.Event | None = None
    """Waited for after the first half of the content."""
    asked: list[str | None] = field(default_factory=list)
    """The Range of each request."""
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range")
        self.asked.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.ranges else 0
        if asked and self.ranges and start >= len(self.content):
            request.send_error(416)
            return
        request.send_response(206 if start else 200)
        if self.says_length:
            request.send_header("Content-Length", str(len(self.content) - start))
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        request.end_headers()
        self._send(request, start)

    def _send(self, request: BaseHTTPRequestHandler, start: int) -> None:
        rest = self.content[start:]
        if self.break_after:
            rest = rest[: self.break_after.pop(0)]
        half = len(rest) // 2 if self.pause else 0
        request.wfile.write(rest[:half])
        request.wfile.flush()
        if self.pause:
            self.pause.wait(30)
        request.wfile.write(rest[half:])


@contextmanager
def served(content: bytes, **how: Any) -> Iterator[Shelf]:
    """A server on this machine with one file at /model.onnx; every other address is not found."""
    shelf = Shelf(content=content, **how)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.close_connection = True
            if self.path == "/model.onnx":
                try:
                    shelf.answer(self)
                except ConnectionError:
                    return
            else:
                self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    host, port = server.server_address[:2]
    shelf.url = f"http://{host!s}:{port}/model.onnx"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield shelf
    finally:
        if shelf.pause:
            shelf.pause.set()
        server.shutdown()
        server.server_close()
        thread.join()


def doubling_onnx() -> bytes:
    """An ONNX model that adds x, two float32 numbers, to itself and calls the sum y. Protobuf by hand."""

    def number(tag: int, value: int) -> bytes:
        return bytes([tag << 3, value])

    def part(tag: int, *content: bytes) -> bytes:
        joined = b"".join(content)
        return bytes([tag << 3 | 2, len(joined)]) + joined

    def tensor(name: bytes) -> bytes:
        shape = part(2, part(1, number(1, 2)))
        return part(1, name) + part(2, part(1, number(1, 1), shape))

    node = part(1, part(1, b"x"), part(1, b"x"), part(2, b"y"), part(4, b"Add"))
    graph = part(7, node, part(2, b"doubling"), part(11, tensor(b"x")), part(12, tensor(b"y")))
    return number(1, 8) + graph + part(8, number(2, 13))
