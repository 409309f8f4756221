"""A publisher of models on this machine: a real HTTP server that breaks in the ways that real ones do."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from studio.catalogue.entries import Entry, ModelFile

Fault = Literal["cut", "stall", "flip", "html", "hold"]
_BLOCK = 1 << 14
_PORTAL = b"<!DOCTYPE html><html><title>Log in to the train's network</title></html>"


@dataclass
class Publisher:
    """What is published, what goes wrong with the next answers, and how much was sent."""

    files: dict[str, bytes] = field(default_factory=dict)
    states_hashes: bool = True
    faults: list[tuple[Fault, int]] = field(default_factory=list)
    """Each is used up by one answer to GET: what happens, and at which byte of the file."""
    portal: bool = False
    sent: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def entry(self, id: str = "net", *, hashes: bool = False) -> Entry:
        """An entry whose files are published here, with their hashes on our list or not."""
        return Entry(
            id=id,
            name="Net",
            engine="pocket-tts",
            publisher="Here",
            licence="MIT",
            page=self.address,
            languages=("en",),
            about="A test.",
            about_mb=8,
            memory_mb=20,
            files=tuple(
                ModelFile(
                    name=name,
                    url=f"{self.address}/{name}",
                    size_bytes=len(data) if hashes else 0,
                    sha256=hashlib.sha256(data).hexdigest() if hashes else "",
                )
                for name, data in self.files.items()
            ),
        )

    def write_list(self, folder: Path, *entries: Entry) -> None:
        """Put entries on the list of the processes whose settings lie in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        text = "".join(f"[[model]]\n{_toml(entry)}\n" for entry in entries)
        (folder / "models.toml").write_text(text, encoding="utf-8")


def _toml(entry: Entry) -> str:
    """Keys and values; text, numbers and lists look the same in JSON."""
    plain = msgspec.to_builtins(entry)
    tables = [", ".join(f"{key} = {json.dumps(value)}" for key, value in file.items()) for file in plain.pop("files")]
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    return "\n".join([*lines, f"files = [{', '.join(f'{{ {table} }}' for table in tables)}]"])


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    publisher: Publisher

    def log_message(self, format: str, *args: object) -> None: ...

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        publisher = self.publisher
        fault: Fault | None = None
        at = 0
        if body and publisher.faults:
            fault, at = publisher.faults.pop(0)
        if publisher.portal or fault == "html":
            self._head(200, len(_PORTAL), {"Content-Type": "text/html"})
            if body:
                self.wfile.write(_PORTAL)
            return
        data = publisher.files.get(self.path.strip("/"))
        if data is None:
            self._head(404, 0, {})
            return
        sha256 = hashlib.sha256(data).hexdigest()
        headers = {"ETag": f'"{sha256[:16]}"', "Accept-Ranges": "bytes"}
        if publisher.states_hashes:
            headers |= {"X-Repo-Commit": "0" * 40, "X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(len(data))}
        start = self._start(headers["ETag"])
        if start > len(data) or (start and start == len(data)):
            self._head(416, 0, {})
            return
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self._head(206 if start else 200, len(data) - start, headers)
        if body:
            self._send(data, start, fault, at)

    def _send(self, data: bytes, start: int, fault: Fault | None, at: int) -> None:
        publisher = self.publisher
        at = max(at, start)
        if fault == "flip":
            data = data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]
        position = start
        while position < len(data):
            stop = min(position + _BLOCK, len(data))
            if fault in ("cut", "stall", "hold") and position <= at < stop:
                self._write(data[position:at])
                self.wfile.flush()
                publisher.reached.set()
                if fault == "cut":
                    self.close_connection = True
                    self.connection.close()
                    return
                publisher.go_on.wait(60)
                if fault == "stall":
                    self.close_connection = True
                    return
                position, fault = at, None
                continue
            if not self._write(data[position:stop]):
                return
            position = stop

    def _write(self, block: bytes) -> bool:
        try:
            self.wfile.write(block)
        except OSError:
            self.close_connection = True
            return False
        self.publisher.sent += len(block)
        return True

    def _start(self, tag: str) -> int:
        asked = self.headers.get("Range", "")
        if not asked or self.headers.get("If-Range", tag) != tag:
            return 0
        return int(asked.removeprefix("bytes=").partition("-")[0])

    def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **headers}.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def publisher() -> Iterator[Publisher]:
    """Publish on a port of this machine until the block ends."""
    here = Publisher()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answer", (_Answer,), {"publisher": here}))
    server.daemon_threads = True
    here.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield here
    finally:
        here.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


def safetensors(size_bytes: int, seed: int) -> bytes:
    """A file in the safetensors format whose weights are noise."""
    noise = np.random.default_rng(seed).integers(0, 256, size_bytes, np.uint8).tobytes()
    header = json.dumps({"noise": {"dtype": "U8", "shape": [size_bytes], "data_offsets": [0, size_bytes]}}).encode()
    return len(header).to_bytes(8, "little") + header + noise
