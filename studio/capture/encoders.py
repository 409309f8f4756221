"""Encoders for the picture: those in hardware that really work here, and x264, which works everywhere.

To add an encoder: an entry in `CHOICES`, the better ones first; it is tried out before it is used.
"""

import functools
import logging
from fractions import Fraction
from typing import Final, NamedTuple

import av
import numpy as np
from av.codec.context import Flags
from av.video.frame import PictureType
from av.video.stream import VideoStream

from studio.capture.canvas import frame_of
from studio.capture.chunk import Chunk, chunk_of
from studio.capture.screen import Pixels
from studio.errors import StudioError

TIME_BASE: Final = Fraction(1, 90_000)
_KEY_EVERY_S: Final = 2.0
_BT709: Final = 1
_LIMITED: Final = 1

_log = logging.getLogger(__name__)


class Choice(NamedTuple):
    """An encoder: what the person calls it, what ffmpeg calls it, and how quality is asked of it."""

    id: str
    name: str
    codec: str
    quality: str
    options: tuple[tuple[str, str], ...] = ()
    pixels: str = "yuv420p"


X264: Final = Choice("x264", "x264 (processor)", "libx264", "crf", (("preset", "ultrafast"), ("tune", "zerolatency")))
CHOICES: Final = (
    Choice("nvenc", "NVIDIA NVENC", "h264_nvenc", "cq", (("preset", "p4"), ("tune", "ll"), ("rc", "vbr"))),
    Choice("videotoolbox", "Apple VideoToolbox", "h264_videotoolbox", "", (("realtime", "1"),)),
    Choice("qsv", "Intel Quick Sync", "h264_qsv", "global_quality", (("preset", "veryfast"),), "nv12"),
    Choice("amf", "AMD AMF", "h264_amf", "qp_i", (("usage", "lowlatency"),), "nv12"),
    Choice("vaapi", "VAAPI", "h264_vaapi", "qp", (), "nv12"),
    X264,
)


def choose(wanted: str = "auto") -> Choice:
    """Return the encoder of that id, or with "auto" the first that works; a `StudioError` where it does not work."""
    if wanted == "auto":
        return next(choice for choice in CHOICES if works(choice))
    found = next((choice for choice in CHOICES if choice.id == wanted), None)
    if found is None or not works(found):
        raise StudioError(
            "capture.encoder",
            "The screen is not recorded.",
            cause=f"The encoder {found.name if found else wanted} does not work on this computer.",
            remedy="Choose another encoder, or automatic.",
        )
    return found


@functools.cache
def works(choice: Choice, width: int = 256, height: int = 144) -> bool:
    """Whether it really encodes: a driver that is listed may be missing, too old or in use, or take no such size."""
    try:
        with PictureEncoder(choice, width, height, 30.0, 23) as encoder:
            grey = np.full((height * 3 // 2, width), 128, np.uint8)
            chunks = [chunk for number in range(3) for chunk in encoder.encode(grey, number * 3000)]
            return bool(chunks or encoder.flush())
    except (av.FFmpegError, ValueError, OSError) as error:
        _log.info("%s does not work here: %s", choice.name, error)
        return False


class PictureEncoder:
    """Encodes I420 pictures of one size. Gives each packet as soon as there is one; used by one thread.

    The stream belongs to a container that leads nowhere: files take over its parameters, so that one encoder serves
    any number of files, one after another or at once.
    """

    def __init__(self, choice: Choice, width: int, height: int, fps: float, quality: int, stream: int = 0) -> None:
        self.choice = choice
        self._number = stream
        self._duration = round(1 / (fps * TIME_BASE))
        self._nowhere = av.open("/dev/null", "w", format="null")
        options = dict(choice.options) | ({choice.quality: str(quality)} if choice.quality else {})
        rate = Fraction(fps).limit_denominator(1001)
        self.template: VideoStream = self._nowhere.add_stream(choice.codec, rate, options)  # type: ignore[assignment]
        context = self.template.codec_context
        context.width, context.height, context.pix_fmt = width, height, choice.pixels
        context.time_base = TIME_BASE
        context.framerate = rate
        context.gop_size = max(1, round(_KEY_EVERY_S * fps))
        context.max_b_frames = 0
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _LIMITED
        context.flags |= Flags.global_header.value
        try:
            self._nowhere.start_encoding()
        except Exception:
            self._nowhere.close()
            raise

    def encode(self, planes: Pixels, pts: int, *, key: bool = False) -> list[Chunk]:
        """Encode planes of shape (height × 3/2, width), shown at `pts` (1/90000 s); a key frame where asked."""
        frame = frame_of(planes)
        if self.choice.pixels != "yuv420p":
            frame = frame.reformat(format=self.choice.pixels)
        frame.pts, frame.time_base = pts, TIME_BASE
        if key:
            frame.pict_type = PictureType.I
        return [self._chunk(packet) for packet in self.template.codec_context.encode(frame)]

    def flush(self) -> list[Chunk]:
        """What the encoder still holds back."""
        return [self._chunk(packet) for packet in self.template.codec_context.encode(None)]

    def close(self) -> None:
        """Free the encoder."""
        self._nowhere.close()

    def __enter__(self) -> "PictureEncoder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _chunk(self, packet: "av.Packet[VideoStream]") -> Chunk:
        return chunk_of(packet, self._number, TIME_BASE)._replace(duration=self._duration)  # type: ignore[arg-type]
