"""A page with the overlays for the browser source of another program, on this computer only.

The address holds a token: without it nothing is told, not even that there is a page. The name that a browser asked for
is checked, so that no page of a stranger can reach this one under a name of its own (DNS rebinding).
"""

import base64
import hashlib
import hmac
import json
import os
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Protocol

from studio import paths

HOST: Final = "127.0.0.1"
_EVERY_S: Final = 1 / 30
_ALIVE_S: Final = 5.0
_PATIENCE_S: Final = 10.0
_MOST_CLIENTS: Final = 16


class Tells(Protocol):
    """What the page shows; see `studio.capture.page_feed.Feed`."""

    version: int

    def layout(self) -> dict[str, object]: ...

    def numbers(self) -> dict[str, object]: ...

    def picture(self, path: str) -> bytes | None: ...


class PageServer:
    """Serves from its construction until `close`; OSError where no port can be had."""

    def __init__(self, token: str, port: int, tells: Tells) -> None:
        """`port` is taken where it is free, else any other."""
        self._server = _open(token, port, tells)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="page", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Serve nothing any more; streams end at once."""
        self._server.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # there it would let two programs have one port

    def __init__(self, token: str, port: int, tells: Tells) -> None:
        self.token, self.tells = token.encode(), tells
        self.page, self.policy = _page()
        self.ending = threading.Event()
        self._clients = threading.BoundedSemaphore(_MOST_CLIENTS)
        super().__init__((HOST, port), _Handler)

    def verify_request(self, request: object, client_address: object) -> bool:
        return self._clients.acquire(blocking=False)

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]  # ours is TCP
        finally:
            self._clients.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away while something is sent to it is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE_S
    server_version, sys_version = "Melisma", ""

    def do_GET(self) -> None:
        token, slash, path = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not self._is_for_us() or not hmac.compare_digest(token.encode(), self.server.token):
            self._refuse(HTTPStatus.FORBIDDEN)
        elif path == "events":
            self._stream()
        elif slash and not path:
            self._answer("text/html; charset=utf-8", self.server.page)
        elif (picture := self.server.tells.picture(path)) is not None:
            self._answer("image/png", picture)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _is_for_us(self) -> bool:
        """Whether the browser asked for this computer, and not for a stranger's name that leads here."""
        port = self.server.server_address[1]
        names = (f"{HOST}:{port}", f"localhost:{port}")
        return self.headers.get("Host", "") in names and not self.server.ending.is_set()

    def _refuse(self, status: HTTPStatus) -> None:
        """The same few words whoever asks for whatever."""
        self._answer("text/plain; charset=utf-8", f"{status.value} {status.phrase}\n".encode(), status)

    def _answer(self, kind: str, body: bytes, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._head(kind, status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _head(self, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", self.server.policy),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)

    def _stream(self) -> None:
        """Layouts and numbers as they change, until the browser or the page goes away."""
        self._head("text/event-stream; charset=utf-8")
        self.end_headers()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tells, version, said, silent_s = self.server.tells, 0, "", 0.0
        while not self.server.ending.is_set():
            parts = []
            if tells.version != version:
                version = tells.version
                parts.append(f"event: layout\ndata: {json.dumps(tells.layout())}\n\n")
            numbers = json.dumps(tells.numbers(), separators=(",", ":"))
            if numbers != said or parts:
                said = numbers
                parts.append(f"event: numbers\ndata: {numbers}\n\n")
            silent_s = 0.0 if parts else silent_s + _EVERY_S
            if silent_s > _ALIVE_S:  # by this a browser that went away is noticed
                parts, silent_s = [": still here\n\n"], 0.0
            if parts:
                self.wfile.write("".join(parts).encode())
            self.server.ending.wait(_EVERY_S)

    def log_message(self, format: str, *args: object) -> None:
        """An address holds the token, and does not belong into a log."""


def _open(token: str, port: int, tells: Tells) -> _Server:
    try:
        return _Server(token, port, tells)
    except OSError:
        return _Server(token, 0, tells)


def _page() -> tuple[bytes, str]:
    """The page, and what it may do: run its own script, and ask this server."""
    page = (paths.resources() / "overlay" / "page.html").read_text("utf-8")
    script, style = (_hash(page.split(f"<{tag}>")[1].split(f"</{tag}>")[0]) for tag in ("script", "style"))
    return page.encode(), (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
