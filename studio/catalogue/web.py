"""Asking a server for a file: what it says of it beforehand, and its bytes from any place on.

Only HTTPS, or HTTP to this very machine; redirections are held to the same. Nothing is sent but the request.
"""

import http.client
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from studio.catalogue.entries import ModelFile
from studio.errors import StudioError

_AGENT: Final = "melisma-studio"
_ASSET: Final = re.compile(r"https://github\.com/([^/]+/[^/]+)/releases/download/([^/]+)/([^/]+)")
_HERE: Final = ("127.0.0.1", "localhost", "::1")
_MOST_LIST_BYTES: Final = 4 << 20


class Said(Struct, frozen=True, kw_only=True):
    """What a publisher says of a file before it is downloaded; "" and 0 where it says nothing.

    `git` is Git's own hash of a small file: SHA-1 over its length and content. `tag` changes whenever the file does.
    """

    size_bytes: int = 0
    sha256: str = ""
    git: str = ""
    tag: str = ""


class Stream:
    """The bytes of one answer. `start` says where in the file they begin, 0 where the server ignored our wish."""

    def __init__(self, response: http.client.HTTPResponse, start: int, total: int) -> None:
        self._response = response
        self.start = start
        self.total_bytes = total

    def read(self, most: int) -> bytes:
        """Return some bytes as soon as there are any, b"" at the end. Raises `OSError` or `HTTPException`."""
        return self._response.read1(most)

    def close(self) -> None:
        """Hang up."""
        self._response.close()


def say(file: ModelFile, timeout_s: float) -> Said:
    """Ask what a publisher says of a file, following a hub's redirections but believing its first answer."""
    noted = _Noting()
    request = urllib.request.Request(_checked(file.url), method="HEAD", headers={"User-Agent": _AGENT})  # noqa: S310
    with _opener(noted).open(request, timeout=timeout_s) as response:
        answers = [*noted.answers, response.headers]
    said = _of_headers(answers)
    if file.stated_by == "github":
        asset = _of_github(file.url, timeout_s)
        return msgspec.structs.replace(said, sha256=asset.sha256, size_bytes=asset.size_bytes or said.size_bytes)
    return said if file.stated_by == "hub" else msgspec.structs.replace(said, sha256="", git="")


def stream(url: str, start: int, tag: str, timeout_s: float) -> Stream:
    """Ask for a file from byte `start` on, if it still is the one with that tag; else it comes from the beginning."""
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if tag:
            headers["If-Range"] = tag
    request = urllib.request.Request(_checked(url), headers=headers)  # noqa: S310
    response: http.client.HTTPResponse = _opener(_Noting()).open(request, timeout=timeout_s)
    length = int(response.headers.get("Content-Length") or 0)
    begins = _range_start(response.headers) if response.status == http.client.PARTIAL_CONTENT else 0
    return Stream(response, begins, begins + length if length else 0)


class _Noting(urllib.request.HTTPRedirectHandler):
    """Follows redirections and keeps what each said."""

    def __init__(self) -> None:
        self.answers: list[http.client.HTTPMessage] = []

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        self.answers.append(headers)
        _checked(newurl)
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is not None and req.get_method() == "HEAD":
            new.method = "HEAD"
        return new


def _opener(redirects: urllib.request.HTTPRedirectHandler) -> urllib.request.OpenerDirector:
    """One that knows HTTP and proxies, and, unlike urllib's own, neither files nor FTP."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        redirects,
    ):
        opener.add_handler(handler)
    return opener


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE):
        return url
    raise StudioError(
        "download.unsafe",
        "The model was not downloaded.",
        cause=f"It would have come over a connection that anybody can read and change ({parts.scheme}).",
        remedy="Tell us which model this was; you can import its files from disk instead.",
    )


def _of_headers(answers: list[http.client.HTTPMessage]) -> Said:
    """A hub says of a large file its SHA-256 and size; of a small one Git's hash as the tag."""
    last = answers[-1]
    hub = next((one for one in answers if one.get("X-Repo-Commit")), last)
    linked = _bare(hub.get("X-Linked-Etag", ""))
    small = _bare(hub.get("ETag", "")) if hub.get("X-Repo-Commit") and not linked else ""
    size = hub.get("X-Linked-Size") or last.get("Content-Length") or "0"
    return Said(
        size_bytes=int(size) if size.isdigit() else 0,
        sha256=linked if re.fullmatch(r"[0-9a-f]{64}", linked) else "",
        git=small if re.fullmatch(r"[0-9a-f]{40}", small) else "",
        tag=_strong(last.get("ETag", "")),
    )


def _of_github(url: str, timeout_s: float) -> Said:
    """GitHub lists the assets of a release with their sizes and, for newer ones, their hashes."""
    found = _ASSET.fullmatch(url)
    if found is None:
        return Said()
    repository, tag, name = found.groups()
    asked = urllib.request.Request(
        f"https://api.github.com/repos/{repository}/releases/tags/{tag}", headers={"User-Agent": _AGENT}
    )
    try:
        with _opener(_Noting()).open(asked, timeout=timeout_s) as response:
            listed = msgspec.json.decode(response.read(_MOST_LIST_BYTES))
        asset: Mapping[str, object] = next(one for one in listed["assets"] if one["name"] == name)
    except (OSError, http.client.HTTPException, msgspec.MsgspecError, LookupError, TypeError, StopIteration):
        return Said()  # it limits how often it answers; then the size from the file itself has to do
    digest, size = asset.get("digest"), asset.get("size")
    hashed = re.fullmatch(r"sha256:([0-9a-f]{64})", digest) if isinstance(digest, str) else None
    return Said(sha256=hashed[1] if hashed else "", size_bytes=size if isinstance(size, int) else 0)


def _range_start(headers: http.client.HTTPMessage) -> int:
    found = re.match(r"bytes (\d+)-", headers.get("Content-Range", ""))
    return int(found[1]) if found else 0


def _bare(tag: str) -> str:
    return tag.removeprefix("W/").strip('"').lower()


def _strong(tag: str) -> str:
    return "" if tag.startswith("W/") else tag


def why_not(error: Exception, host: str) -> tuple[str, str, str]:
    """Return code, cause and remedy of what went wrong between us and a server."""
    if isinstance(error, urllib.error.HTTPError):
        if error.code in (401, 403):
            return "terms", f"{host} only gives it to those who accepted its terms.", _TERMS
        if error.code in (404, 410):
            return "gone", f"{host} no longer has this file.", "Look for a newer studio, or import it from disk."
        return "server", f"{host} answered with error {error.code}.", _AGAIN
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, socket.gaierror):
        return "offline", f"{host} was not found: this computer seems to be offline.", _CONNECT
    if isinstance(reason, ConnectionRefusedError):
        return "offline", f"{host} accepts no connection.", _CONNECT
    if isinstance(reason, TimeoutError):
        return "stalled", f"Nothing came from {host} for a while.", _AGAIN
    return "cut", f"The connection to {host} broke off.", _AGAIN


_AGAIN: Final = "Try again: what is here already is kept, and it goes on from there."
_CONNECT: Final = "Connect to the network and try again, or import the files from disk."
_TERMS: Final = "Accept them on its page in a browser, download the files there, and import them from disk."
