"""The capture worker as a bare process on a screen of its own, and what is in the files that it makes."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from studio.protocol.capture import CaptureFinished, CaptureSpec, CaptureStarted, StartCapture, StopCapture
from tests.helpers.live import LiveProcess
from tests.helpers.moving_picture import SQUARE
from tests.helpers.screen import VirtualScreen

Picture = NDArray[np.uint8]


class CaptureProcess(LiveProcess):
    """Start it, record with it."""

    def __init__(self, screen: VirtualScreen, environment: Mapping[str, str]) -> None:
        super().__init__({**screen.environment, **environment}, role="capture")

    def begin(self, spec: CaptureSpec) -> CaptureStarted:
        """Start a recording."""
        return self.wait(CaptureStarted, since=self.send(StartCapture(spec=spec)), seconds=90)

    def end(self) -> CaptureFinished:
        """Stop it, and wait until everything is written."""
        return self.wait(CaptureFinished, since=self.send(StopCapture()))

    def record(self, spec: CaptureSpec) -> CaptureFinished:
        """Record for as long as the spec says."""
        seen = len(self.events)
        self.begin(spec)
        return self.wait(CaptureFinished, since=seen, seconds=spec.seconds + 20)


class Film(NamedTuple):
    """What is in a file: for each picture its time, the number that the moving picture showed, and itself."""

    times_s: list[float]
    numbers: list[int]
    pictures: list[Picture]
    duration_s: float
    titles: list[str]


def watch(path: Path, keep: bool = True) -> Film:
    """Decode a whole file."""
    times_s, numbers, pictures = [], [], []
    with av.open(str(path)) as file:
        titles = [stream.metadata.get("title") or stream.metadata.get("handler_name", "") for stream in file.streams]
        stream = file.streams.video[0]
        end = Fraction(0)
        for packet in file.demux(stream):
            if packet.pts is not None:
                end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
            for frame in packet.decode():
                picture = np.asarray(frame.to_ndarray(format="gray"), np.uint8)
                times_s.append(frame.time or 0.0)
                numbers.append(number_in(picture))
                if keep:
                    pictures.append(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
    return Film(times_s, numbers, pictures, float(end), titles)


def number_in(picture: Picture) -> int:
    """The number that the moving picture shows in its upper left corner."""
    if picture.shape[0] < SQUARE or picture.shape[1] < 16 * SQUARE:
        return -1
    bits = picture[SQUARE // 2, SQUARE // 2 : 16 * SQUARE : SQUARE] > 128
    return int(sum(int(bit) << place for place, bit in enumerate(bits)))


def sound_of(path: Path, track: int = 0) -> tuple[float, NDArray[np.float32]]:
    """The left channel of a track, and when its first sample is heard."""
    with av.open(str(path)) as file:
        blocks = [(frame.time or 0.0, frame.to_ndarray()[0]) for frame in file.decode(audio=track)]
    return blocks[0][0], np.concatenate([block for _, block in blocks])
