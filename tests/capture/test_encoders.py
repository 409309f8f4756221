"""An encoder of a graphics card that refuses, or fails in the middle, and what is kept."""

import itertools
import threading
from pathlib import Path

import av
import pytest

from studio.capture import canvas, encoders
from studio.capture.chunk import Chunk
from studio.capture.encoders import Choice, PictureEncoder
from studio.capture.figures import Figures
from studio.capture.opening import open_screen
from studio.capture.reel import Part
from studio.capture.screen import Pixels
from studio.capture.session import Recording
from studio.capture.wanted import Wanted
from studio.errors import Explanation
from tests.helpers.capture import watch
from tests.helpers.screen import VirtualScreen

BRITTLE = Choice("brittle", "Brittle card", "libx264", "crf", (("preset", "ultrafast"), ("tune", "zerolatency")))
SMALL_ONLY = Choice("small", "Small card", "h261", "")
"""FFmpeg's H.261 takes pictures of 352 × 288 and 176 × 144."""


class Told:
    """Hears how a recording goes."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.parts: tuple[Part, ...] = ()
        self.why: Explanation | None = None
        self.over = threading.Event()

    def progress(self, figures: Figures, paused: bool) -> None:
        pass

    def trouble(self, kind: str, why: Explanation, over: bool) -> None:
        self.codes.append(why.code)

    def part_began(self, path: Path) -> None:
        pass

    def finished(self, parts: tuple[Part, ...], figures: Figures, why: Explanation | None) -> None:
        self.parts, self.why = parts, why
        self.over.set()


def record(screen: VirtualScreen, choice: Choice, path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Told, str]:
    """Record a second of the screen; what was told, and what encoded its end."""
    monkeypatch.setenv("DISPLAY", screen.display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    canvas.warm_up()
    told = Told()
    recording = Recording(Wanted(path=path, seconds=1.0, cursor=False), open_screen(), choice, (), told)
    assert told.over.wait(60)
    return told, recording.encoder.id


@pytest.mark.logs_errors
def test_a_card_that_fails_is_followed_by_the_processor(
    screen: VirtualScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode, pictures = PictureEncoder.encode, itertools.count()

    def fails(self: PictureEncoder, planes: Pixels, pts: int, *, key: bool = False) -> list[Chunk]:
        if self.choice is BRITTLE and next(pictures) == 4:
            raise av.error.ExternalError(-542398533, "Generic error in an external library")
        return encode(self, planes, pts, key=key)

    monkeypatch.setattr(PictureEncoder, "encode", fails)
    monkeypatch.setattr(encoders, "works", lambda *_: True)
    told, last = record(screen, BRITTLE, tmp_path / "film.mp4", monkeypatch)

    assert told.why is None
    assert told.codes == ["capture.encoder_failed"]
    assert last == "x264"
    films = [watch(part.path, keep=False) for part in told.parts]
    assert [len(film.numbers) >= least for film, least in zip(films, (4, 1), strict=True)] == [True, True]
    assert sum(film.duration_s for film in films) == pytest.approx(1.0, abs=0.05)
    numbers = [number for film in films for number in film.numbers]
    assert all(a <= b for a, b in itertools.pairwise(numbers))


def test_a_card_that_takes_no_such_size_is_not_asked(
    screen: VirtualScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert encoders.works(SMALL_ONLY, 352, 288)
    told, last = record(screen, SMALL_ONLY, tmp_path / "film.mp4", monkeypatch)

    assert (told.codes, last, told.why) == (["capture.encoder_refused"], "x264", None)
    assert watch(told.parts[0].path, keep=False).duration_s == pytest.approx(1.0, abs=0.05)
