"""The videos of `studio bench video`, 1080p H.264, made anew for each run.

The film is as what people bring: detail as in photographs, a camera that pans, somebody who walks through and sways,
and the grain of a sensor, new in each picture; x264 as OBS sets it, at the eight megabits a second of a phone or a
stream. The noise is hard on purpose: its key frames are thrice as large as those of the film.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FPS = 1920, 1080, 30
SECONDS: Final = 10
KBPS: Final = 8000
_SEED: Final = 5
_FALLS: Final = 1.8
_GRAIN: Final = 2.0

Plane = NDArray[np.uint8]


def write_films(folder: Path, gops: tuple[int, ...]) -> dict[int, Path]:
    """Write the film once for each distance of key frames, in pictures."""
    paths = {gop: folder / f"film-{gop}.mp4" for gop in gops}
    with ExitStack() as stack:
        outs = []
        for gop, path in paths.items():
            out = stack.enter_context(av.open(str(path), "w"))
            rate = f"scenecut=0:vbv-maxrate={KBPS}:vbv-bufsize={KBPS}"
            options = {"preset": "veryfast", "g": str(gop), "x264-params": rate}
            stream = out.add_stream("libx264", rate=FPS, options=options)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            stream.bit_rate = KBPS * 1000
            outs.append((out, stream))
        for index, planes in enumerate(_pictures()):
            for out, stream in outs:
                frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
                frame.pts, frame.time_base = index, Fraction(1, FPS)
                out.mux(stream.encode(frame))
        for out, stream in outs:
            out.mux(stream.encode(None))
    return paths


def write_noise(path: Path, gop: int) -> Path:
    """Write moving squares of all colours."""
    grain = np.random.default_rng(_SEED).integers(0, 255, (HEIGHT // 8, WIDTH // 4, 3), np.uint8)
    ground = np.repeat(np.repeat(grain, 8, 0), 8, 1)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "superfast", "g": str(gop), "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(SECONDS * FPS):
            left = index * 3 % WIDTH
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(ground[:, left : left + WIDTH]), "rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def facts(path: Path) -> dict[str, object]:
    """What is in a file, read from it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        sizes = [(packet.is_keyframe, packet.size) for packet in container.demux(stream) if packet.size]
        keys = [number for number, (is_key, _) in enumerate(sizes) if is_key]
        return {
            "profile": stream.profile,
            "kbps": round(sum(size for _, size in sizes) * 8 / SECONDS / 1000),
            "key_frames": len(keys),
            "most_pictures_between": max(np.diff([*keys, len(sizes)]).tolist()),
            "key_frame_kb": round(sum(size for is_key, size in sizes if is_key) / len(keys) / 1000),
            "reordered_by": stream.codec_context.reorder_depth,
        }


def _pictures() -> Iterator[Plane]:
    """Y, U and V of each picture under each other, as FFmpeg's yuv420p."""
    chance = np.random.default_rng(_SEED)
    far, near = (_detail(HEIGHT + 320, WIDTH + 400, 120, 40, chance) for _ in range(2))
    colours = [_detail(HEIGHT // 2 + 160, WIDTH // 2 + 200, 128, 25, chance) for _ in range(2)]
    grain = chance.normal(0, _GRAIN, (HEIGHT + 64, WIDTH + 64)).round().astype(np.int8)
    rows = np.arange(HEIGHT - 180)[:, None]
    for index in range(SECONDS * FPS):
        time_s = index / FPS
        x, y = int(200 + 190 * np.sin(0.9 * time_s)), int(120 + 100 * np.cos(0.7 * time_s))
        light = far[y : y + HEIGHT, x : x + WIDTH].astype(np.int16)
        sway = (6 * np.sin(rows / 37 + 5 * time_s)).round().astype(int)
        at = int(260 * time_s) % (WIDTH - 500)
        light[150 : 150 + len(rows), at : at + 500] = near[rows, 300 + int(40 * time_s) + np.arange(500) + sway]
        down, across = chance.integers(0, 64, 2)
        light += grain[down : down + HEIGHT, across : across + WIDTH]
        planes = [light.clip(16, 235).astype(np.uint8)]
        planes += [
            colour[y // 2 : y // 2 + HEIGHT // 2, x // 2 : x // 2 + WIDTH // 2].reshape(-1, WIDTH) for colour in colours
        ]
        yield np.concatenate(planes)


def _detail(height: int, width: int, middle: float, spread: float, chance: np.random.Generator) -> Plane:
    """A still picture whose detail falls with its fineness, as it does in photographs."""
    fine = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    fine[0, 0] = 1
    made = np.fft.irfft2(np.fft.rfft2(chance.standard_normal((height, width))) / fine**_FALLS, (height, width))
    return np.asarray((middle + spread * made / made.std()).clip(16, 235), np.uint8)
