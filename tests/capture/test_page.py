"""The overlays on a page for another program: what it shows, to whom, and that nothing else is served."""

import http.client
import io
import json
import math
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtQml import QJSEngine
from PySide6.QtWidgets import QApplication

from studio import paths
from studio.capture import look
from studio.ipc.ring import Ring
from studio.protocol.capture import CaptureSound, CaptureTrouble, OverlaySpec, PageServed, ServePage, StopPage
from tests.helpers.live import LiveProcess

TOKEN = "a-token-of-a-test"  # noqa: S105
RATE = 48000
WORDS = OverlaySpec(kind="text", text="Ada", left=0.1, top=0.2, width=0.3, height=0.1)
MOVING = tuple(OverlaySpec(kind=kind) for kind in ("level", "speaking", "waveform", "pitch"))
_PAUSE = threading.Event()


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveProcess]:
    """A capture worker without any screen."""
    folder = str(tmp_path_factory.mktemp("data"))
    with LiveProcess({"STUDIO_DATA": folder, "STUDIO_CACHE": folder, "DISPLAY": ""}, role="capture") as worker:
        yield worker


def serve(worker: LiveProcess, *overlays: OverlaySpec, sound: CaptureSound | None = None, port: int = 0) -> int:
    request = ServePage(token=TOKEN, port=port, overlays=overlays, sound=sound)
    return worker.wait(PageServed, since=worker.send(request), seconds=60).port


def ask(port: int, path: str, host: str = "", method: str = "GET") -> tuple[int, bytes, http.client.HTTPMessage]:
    """One request, with the host that a browser would name or another one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers={"Host": host or f"127.0.0.1:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


class Stream:
    """The events of the page, as a browser hears them."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self._connection.request("GET", f"/{TOKEN}/events", headers={"Host": f"localhost:{port}"})
        self._answer = self._connection.getresponse()
        assert self._answer.getheader("Content-Type", "").startswith("text/event-stream")

    def next(self, kind: str) -> dict[str, Any]:
        """The next event of a kind."""
        while line := self._answer.readline():
            if line.strip() == f"event: {kind}".encode():
                said: dict[str, Any] = json.loads(self._answer.readline().removeprefix(b"data: "))
                return said
        raise AssertionError("the stream has ended")

    def ends(self) -> bool:
        """Read on until nothing comes any more."""
        while self._answer.readline():
            pass
        return True

    def close(self) -> None:
        self._connection.close()


def refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_page_is_there_for_who_knows_its_address(worker: LiveProcess) -> None:
    port = serve(worker, WORDS)

    status, page, headers = ask(port, f"/{TOKEN}/")

    assert status == 200
    assert b"<canvas" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers
    assert not re.search(rb"(?:https?:)?//[a-z]", page), "nothing is fetched from elsewhere"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 403),
        ("/wrong/", 403),
        (f"/{TOKEN}x/", 403),
        (f"/{TOKEN[:-1]}/events", 403),
        ("//", 403),
        (f"/../{TOKEN}/", 403),
        (f"/{TOKEN}", 404),
        (f"/{TOKEN}/page.html", 404),
        (f"/{TOKEN}/../../etc/passwd", 404),
        (f"/{TOKEN}/picture/", 404),
        (f"/{TOKEN}/picture/9-9", 404),
        (f"/{TOKEN}/events/", 404),
    ],
)
def test_nothing_else_is_served(worker: LiveProcess, path: str, status: int) -> None:
    port = serve(worker, WORDS)

    assert ask(port, path)[0] == status


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}"])
def test_a_name_that_is_not_this_computer_is_refused(worker: LiveProcess, host: str) -> None:
    port = serve(worker, WORDS)

    assert ask(port, f"/{TOKEN}/", host.format(port=port))[0] == 403
    assert ask(port, f"/{TOKEN}/", f"localhost:{port}")[0] == 200


def test_it_only_can_be_asked_and_only_from_this_computer(worker: LiveProcess) -> None:
    port = serve(worker, WORDS)

    assert ask(port, f"/{TOKEN}/", method="POST")[0] == 501
    with socket.socket() as elsewhere:  # another address of this very computer
        assert elsewhere.connect_ex(("127.0.0.2", port)) != 0


def test_words_are_a_picture_and_a_layout_says_where(worker: LiveProcess) -> None:
    stream = Stream(port := serve(worker, WORDS, MOVING[0]))

    layout = stream.next("layout")["layout"]

    stream.close()
    words, level = layout
    assert [words[side] for side in ("left", "top", "width", "height")] == [0.1, 0.2, 0.3, 0.1]
    assert level["picture"] == ""
    status, body, _ = ask(port, f"/{TOKEN}/{words['picture']}")
    assert status == 200
    picture = np.asarray(Image.open(io.BytesIO(body)))
    assert picture.shape == (108, 576, 4)
    letters = picture[..., 3] > 200
    assert 0.02 < letters.mean() < 0.5
    assert picture[..., :3][letters].max() == 255


def test_another_layout_comes_to_a_page_that_is_open(worker: LiveProcess) -> None:
    stream = Stream(port := serve(worker, WORDS))
    first = stream.next("layout")["layout"]

    assert serve(worker, WORDS, MOVING[1]) == port
    then = stream.next("layout")["layout"]

    stream.close()
    assert [one["kind"] for one in first] == ["text"]
    assert [one["kind"] for one in then] == ["text", "speaking"]


def test_a_picture_that_is_gone_is_left_out_and_told_of(worker: LiveProcess) -> None:
    seen = len(worker.events)
    stream = Stream(serve(worker, OverlaySpec(kind="image", path="/gone.png"), MOVING[1]))

    assert [one["kind"] for one in stream.next("layout")["layout"]] == ["speaking"]
    assert worker.wait(CaptureTrouble, since=seen).kind == "overlay"
    stream.close()


def test_what_somebody_sings_is_seen_as_numbers(worker: LiveProcess) -> None:
    ring = Ring.create(2, RATE)
    singing = threading.Event()

    def sing() -> None:
        time_s, written = np.arange(RATE // 100) / RATE, 0
        while not singing.is_set():
            tone = 0.5 * np.sin(2 * np.pi * 440 * (time_s + written / 100)) + 0.05
            ring.write(np.repeat(tone[:, None], 2, axis=1).astype(np.float32))
            written += 1
            singing.wait(0.01)

    singer = threading.Thread(target=sing)
    singer.start()
    try:
        stream = Stream(serve(worker, *MOVING, sound=CaptureSound(title="Voice", ring=ring.name)))
        a4 = 1200 * math.log2(440 / look.LOW_HZ)
        for _ in range(900):
            numbers = stream.next("numbers")
            if max(numbers["cents"]) > 0 and max(numbers["wave"]) > 40:
                break
        stream.close()
    finally:
        singing.set()
        singer.join()
        worker.send(StopPage())
        ring.close()
    assert numbers["speaking"]
    assert numbers["level_db"] == pytest.approx(20 * math.log10(0.55), abs=1.5)
    assert max(numbers["cents"]) == pytest.approx(a4, abs=60)
    assert min(numbers["wave"]) < -30


def test_switched_off_nobody_answers_and_streams_end(worker: LiveProcess) -> None:
    stream = Stream(port := serve(worker, WORDS))
    stream.next("layout")

    worker.send(StopPage())

    assert stream.ends()
    stream.close()
    for _ in range(500):
        if refuses(port):
            break
        _PAUSE.wait(0.02)
    assert refuses(port)


def test_a_port_that_another_program_has_is_left_to_it(worker: LiveProcess) -> None:
    worker.send(StopPage())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = serve(worker, WORDS, port=taken.getsockname()[1])

        assert port != taken.getsockname()[1]
        assert ask(port, f"/{TOKEN}/")[0] == 200


def test_the_script_of_the_page_paints_what_it_is_told(qapp: QApplication) -> None:
    page = (paths.resources() / "overlay" / "page.html").read_text("utf-8")
    script = page.split("<script>")[1].split("</script>")[0]
    kinds = ["level", "speaking", "waveform", "pitch"]
    layout = [{"kind": kind, "left": 0.25 * n, "top": 0.5, "width": 0.2, "height": 0.4} for n, kind in enumerate(kinds)]
    numbers = {"level_db": -30, "speaking": True, "wave": [-50, 50] * 20, "cents": [1200, 1200, -1, 2400, 2400]}
    engine = QJSEngine()

    evaluated: Any = engine.evaluate(
        f"""{script}
        const painted = [];
        const context = new Proxy({{ canvas: {{ width: 1000, height: 500 }} }}, {{
          get: (on, name) => name in on ? on[name] : (...numbers) => painted.push([name, on.fillStyle, ...numbers]),
        }});
        layout = {json.dumps(layout)}; look = {json.dumps(look.for_a_page())}; numbers = {json.dumps(numbers)};
        paint(context);
        JSON.stringify(painted)"""
    )

    painted = evaluated.toString()
    assert not evaluated.isError(), painted
    done = json.loads(painted)
    colours: Any = look.for_a_page()["colours"]
    assert done[0] == ["clearRect", None, 0, 0, 1000, 500]
    (quiet,) = [one for one in done if one[0] == "fillRect" and one[1] == colours["quiet"]]
    assert quiet[2:] == [25, 275, pytest.approx(75), 150]  # half of what lies inside the edge of 25
    assert not [one for one in done if one[1] == colours["loud"]]
    assert [one[1:4] for one in done if one[0] == "arc"] == [[colours["quiet"], 350, 350]]
    assert len([one for one in done if one[1] == colours["line"] and one[0] == "fillRect"]) == 20
    moves = [one for one in done if one[0] in ("moveTo", "lineTo")]
    assert [one[0] for one in moves] == ["moveTo", "lineTo", "moveTo", "lineTo"]
    assert [one[3] for one in moves] == [400, 400, 350, 350]
