"""Videos for tests: every picture says which one it is, in coarse squares that no codec can blur away."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames
from tests.helpers.sounds import encode_sound, sound_stream

BITS = 12
_SQUARE = 16


def picture(number: int, width: int = 192, height: int = 108) -> NDArray[np.uint8]:
    """Picture `number` as RGB: its number in black and white squares at the top, moving grey below."""
    made = np.full((height, width, 3), 64, np.uint8)
    for bit in range(BITS):
        made[:_SQUARE, bit * _SQUARE : (bit + 1) * _SQUARE] = 235 if number >> bit & 1 else 20
    made[40:, (number * 3) % (width - 30) : (number * 3) % (width - 30) + 30] = 180
    return made


def number_of(bgra: NDArray[np.uint8]) -> int:
    """Which picture that is, at whatever size."""
    size = bgra.shape[1] / (12 * _SQUARE)
    row = bgra[round(_SQUARE * size / 2), :, 1]
    return sum(1 << bit for bit in range(BITS) if row[round((bit + 0.5) * _SQUARE * size)] > 128)


def write_video(
    path: Path,
    seconds: float = 6.0,
    fps: int = 25,
    *,
    sound: Frames | None = None,
    gap_at: int | None = None,
    gop: int = 50,
    size: tuple[int, int] = (192, 108),
    codec: str = "libx264",
    options: dict[str, str] | None = None,
) -> Path:
    """Write a video; with `gap_at` the pictures pause for a second before that one."""
    with av.open(str(path), "w") as out:
        usual = {"preset": "veryfast", "sc_threshold": "0"} if codec == "libx264" else {}
        stream = out.add_stream(codec, rate=fps, options={"g": str(gop), **usual, **(options or {})})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, fps)
        heard = None if sound is None else sound_stream(out, "aac", "fltp", 48000, sound.shape[1])
        for index in range(round(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(picture(index, *size), "rgb24")
            frame.pts = index + (fps if gap_at is not None and index >= gap_at else 0)
            frame.time_base = Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if heard is not None and sound is not None:
            encode_sound(out, heard, sound)
    return path
