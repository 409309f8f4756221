"""Videos of many kinds for tests, and what plain decoding from the beginning to the end gives of them."""

import zlib
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av

from tests.helpers.videos import picture

TICK = Fraction(1, 1000)
PICTURES = 110


class Kind(NamedTuple):
    """How a video is made: x264's settings, and how long its pictures last."""

    suffix: str = "mp4"
    gop: int = 24
    params: str = "bframes=3:b-pyramid=normal:ref=3"
    lasts_ms: tuple[int, ...] = (40,)
    codec: str = "libx264"
    first_ms: int = 0


KINDS = {
    "pyramid": Kind(),
    "one key frame": Kind(gop=1000),
    "long way": Kind(gop=90),
    "open": Kind(params="bframes=3:open-gop=1:b-pyramid=normal:ref=4"),
    "open in Matroska": Kind("mkv", params="bframes=5:open-gop=1:b-adapt=2"),
    "no pictures between": Kind(gop=25, params="bframes=0:ref=1"),
    "uneven": Kind(lasts_ms=(20, 100, 33, 7, 250, 40)),
    "uneven in Matroska": Kind("mkv", lasts_ms=(33, 33, 34, 400, 16)),
    "uneven and open": Kind("mov", params="bframes=4:open-gop=1", lasts_ms=(10, 90)),
    "refreshed without key frames": Kind(gop=30, params="intra-refresh=1:bframes=0"),
    "begins late": Kind("mkv", first_ms=700),
    "transport stream": Kind("ts"),
    "every one a key frame": Kind(gop=1),
    "MPEG-4": Kind("mov", codec="mpeg4", gop=12),
    "VP9": Kind("webm", codec="libvpx-vp9", gop=40, lasts_ms=(40, 40, 120)),
    "VP8 with pictures that are never seen": Kind("webm", codec="libvpx", gop=60),
}


def write(path: Path, kind: Kind) -> Path:
    """A video of this kind; each picture differs from all others."""
    options = {"g": str(kind.gop)}
    if kind.codec == "libx264":
        options |= {"preset": "veryfast", "x264-params": kind.params}
    elif kind.codec.startswith("libvpx"):
        options |= {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "1", "lag-in-frames": "12"}
    with av.open(str(path), "w") as out:
        stream = out.add_stream(kind.codec, rate=25, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 192, 108, "yuv420p"
        stream.codec_context.time_base = TICK
        at_ms = kind.first_ms
        for index in range(PICTURES):
            frame = av.VideoFrame.from_ndarray(picture(index), "rgb24")
            frame.pts, frame.time_base = at_ms, TICK
            at_ms += kind.lasts_ms[index % len(kind.lasts_ms)]
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def check(frame: av.VideoFrame) -> int:
    """A number that tells the pixels of a picture from those of another one."""
    return zlib.crc32(frame.to_ndarray().tobytes())


class Plain(NamedTuple):
    """All pictures, by plain decoding."""

    begins: list[Fraction]
    pixels: list[int]

    @classmethod
    def of(cls, path: Path) -> "Plain":
        with av.open(str(path)) as container:
            tick = container.streams.video[0].time_base or TICK
            seen = [(frame.pts * tick, check(frame)) for frame in container.decode(video=0) if frame.pts is not None]
        return cls([begin for begin, _ in seen], [pixels for _, pixels in seen])

    def at(self, time_s: float) -> int:
        """The pixels that are seen at a time."""
        number = max((n for n, begin in enumerate(self.begins) if begin <= time_s + 1e-9), default=0)
        return self.pixels[number]
