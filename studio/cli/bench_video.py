"""How long it takes from a jump to the picture, in the worker as the window asks it, beside plain seek-and-decode.

Both sides of a ratio go to the same places, in turns.
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

from studio.audio.film import Film
from studio.audio.shown import as_bgra
from studio.cli.bench_films import FPS, HEIGHT, KBPS, SECONDS, WIDTH, facts, write_films, write_noise
from studio.cli.line import Line
from studio.protocol.video import PictureShown, ShowPicture

_JUMPS: Final = 24
_GOAL_MS: Final = 50.0
_SEED: Final = 5
_FILMS: Final = {FPS: "film_key_each_second", 2 * FPS: "film_key_every_2_s", 250: "film_key_every_250_pictures"}
"""As phones and the studio record, as OBS streams, and as x264 does by itself."""


def bench_video() -> dict[str, object]:
    """Milliseconds from the request to the picture in shared memory; ratios to PyAV are of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        films = write_films(Path(folder), tuple(_FILMS))
        found = {_FILMS[gop]: _measure(path) for gop, path in films.items()}
        found["noise_key_each_second"] = _measure(write_noise(Path(folder) / "noise.mp4", FPS))
    judged = found[_FILMS[FPS]]
    return {
        "bench": "video",
        "video": f"{WIDTH} x {HEIGHT}, H.264, {FPS} pictures a second",
        "film": f"x264 veryfast as in OBS, {KBPS} kbit/s: a panned view, somebody moving, new grain in each picture",
        "noise": "x264 superfast, crf 23: squares of random colours, hard on purpose",
        "goal": f"seek_ms_p95 <= {_GOAL_MS:g} in the film with a key frame each second, and no picture wrong",
        **found,
        "ok": float(str(judged["seek_ms_p95"])) <= _GOAL_MS and not any(one["wrong"] for one in found.values()),
    }


def _measure(path: Path) -> dict[str, object]:
    chance = random.Random(_SEED)  # noqa: S311
    places = [chance.uniform(0, SECONDS - 0.1) for _ in range(_JUMPS)]
    ours, theirs, wrong = [], [], 0
    with Film(path) as film:
        film.at(0)
        for place in places:
            begin = time.process_time()
            picture = film.at(place)
            assert picture is not None
            as_bgra(picture.frame, WIDTH, HEIGHT)
            middle = time.process_time()
            frame = _plain(path, place)
            theirs.append((time.process_time() - middle) * 1000)
            ours.append((middle - begin) * 1000)
            wrong += frame.pts != picture.frame.pts
    first_ms, exact_ms = _by_the_worker(path, places)
    _, back_ms = _by_the_worker(path, [SECONDS - 1 - step / FPS for step in range(_JUMPS)])
    return {
        **facts(path),
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
            wanted = ShowPicture(serial=serial, path=str(path), time_s=place, width=WIDTH // 2, height=HEIGHT // 2)
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
