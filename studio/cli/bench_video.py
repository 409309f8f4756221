"""How long it takes from a jump to the picture, in the worker as the window asks it, beside plain seek-and-decode.

The videos are 1080p H.264, made by the bench itself: one with a key frame each second, as the studio records, and one
with the encoder's own distance of up to ten seconds. Both sides of a ratio go to the same places, in turns.
"""

import random
import statistics
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np

from studio.audio.film import Film, as_bgra
from studio.cli.line import Line
from studio.protocol.video import PictureShown, ShowPicture

_WIDTH, _HEIGHT, _FPS = 1920, 1080, 30
_SECONDS: Final = 10
_JUMPS: Final = 24
_GOAL_MS: Final = 50.0
_SEED: Final = 5


def bench_video() -> dict[str, object]:
    """Milliseconds from the request to the picture in shared memory; ratios to PyAV are of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        found = {
            f"key_frame_every_{gop}_pictures": _measure(_video(Path(folder) / f"{gop}.mp4", gop))
            for gop in (_FPS, 10 * _FPS)
        }
    ours = found[f"key_frame_every_{_FPS}_pictures"]
    return {
        "bench": "video",
        "video": f"{_WIDTH} x {_HEIGHT}, H.264, {_FPS} pictures a second",
        "goal": f"seek_ms_p95 <= {_GOAL_MS:g} with a key frame each second",
        **found,
        "ok": float(str(ours["seek_ms_p95"])) <= _GOAL_MS and not ours["wrong"],
    }


def _measure(path: Path) -> dict[str, object]:
    chance = random.Random(_SEED)  # noqa: S311
    places = [chance.uniform(0, _SECONDS - 0.1) for _ in range(_JUMPS)]
    ours, theirs, wrong = [], [], 0
    with Film(path) as film:
        film.at(0)
        for place in places:
            begin = time.process_time()
            picture = film.at(place)
            assert picture is not None
            as_bgra(picture.frame, _WIDTH, _HEIGHT)
            middle = time.process_time()
            frame = _plain(path, place)
            theirs.append((time.process_time() - middle) * 1000)
            ours.append((middle - begin) * 1000)
            wrong += frame.pts != picture.frame.pts
    first_ms, exact_ms = _by_the_worker(path, places)
    _, back_ms = _by_the_worker(path, [_SECONDS - 1 - step / _FPS for step in range(_JUMPS)])
    return {
        "seek_ms_p50": round(statistics.median(exact_ms), 1),
        "seek_ms_p95": round(_p95(exact_ms), 1),
        "first_picture_ms_p50": round(statistics.median(first_ms), 1),
        "first_picture_ms_p95": round(_p95(first_ms), 1),
        "step_back_ms_p50": round(statistics.median(back_ms), 1),
        "step_back_ms_p95": round(_p95(back_ms), 1),
        "cpu_ms_p50": round(statistics.median(ours), 1),
        "pyav_cpu_ms_p50": round(statistics.median(theirs), 1),
        "ratio": round(sum(ours) / sum(theirs), 3),
        "wrong": wrong,
        "jumps": len(places),
    }


def _plain(path: Path, time_s: float) -> av.VideoFrame:
    """What a short program with PyAV does: open, seek, decode until the picture is there, convert."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        tick = stream.time_base or Fraction(1, 1000)
        wanted = int(time_s / tick)
        container.seek(wanted, stream=stream)
        found = next(frame for frame in container.decode(stream) if (frame.pts or 0) + (frame.duration or 1) > wanted)
        found.to_ndarray(format="bgra")
    return found


def _by_the_worker(path: Path, places: list[float]) -> tuple[list[float], list[float]]:
    """Milliseconds to the first picture, which may be the key frame before, and to the right one."""
    first_ms: list[float] = []
    exact_ms: list[float] = []
    with Line("video") as video:
        for serial, place in enumerate([0.0, *places]):
            wanted = ShowPicture(serial=serial, path=str(path), time_s=place, width=_WIDTH // 2, height=_HEIGHT // 2)
            begin_s = time.monotonic()
            shown = video.ask(wanted, PictureShown)
            passed = [time.monotonic() - begin_s]
            while not shown.exact:  # asked once more, it answers when the right one is there
                shown = video.ask(wanted, PictureShown)
                passed.append(time.monotonic() - begin_s)
            if serial:  # opening the file is not seeking
                first_ms.append(passed[0] * 1000)
                exact_ms.append(passed[-1] * 1000)
    return first_ms, exact_ms


def _p95(values: list[float]) -> float:
    return float(np.percentile(values, 95))


def _video(path: Path, gop: int) -> Path:
    """A moving picture with texture, so that the encoder has something to do."""
    grain = np.random.default_rng(_SEED).integers(0, 255, (_HEIGHT // 8, _WIDTH // 4, 3), np.uint8)
    ground = np.repeat(np.repeat(grain, 8, 0), 8, 1)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=_FPS, options={"preset": "superfast", "g": str(gop), "crf": "23"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        for index in range(_SECONDS * _FPS):
            left = index * 3 % _WIDTH
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(ground[:, left : left + _WIDTH]), "rgb24")
            frame.pts, frame.time_base = index, Fraction(1, _FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
