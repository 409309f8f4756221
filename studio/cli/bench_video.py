"""How long it takes from a jump to the picture, in the worker as the window asks it, beside plain seek-and-decode.

Three times: before anything of a video was prepared, while small pictures of it are made in the background, and after
that. A picture is right that begins when the video's own does; it is exact when it is that one, pixel by pixel. Both
sides of a ratio go to the same places, in turns.
"""

import bisect
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

import av
import numpy as np
import psutil

from studio.audio.film import Film
from studio.audio.proxy import Proxy, folder_for
from studio.audio.shown import as_bgra
from studio.cli.bench_films import FPS, HEIGHT, KBPS, SECONDS, WIDTH, facts, write_films, write_noise
from studio.cli.line import Line
from studio.protocol.video import PictureShown, ShowPicture, VideoPrepared

_JUMPS: Final = 24
_BESIDE: Final = 6
_GOAL_MS: Final = 50.0
_SEED: Final = 5
_PATIENCE_S: Final = 240.0
_SHOWN: Final = (WIDTH // 2, HEIGHT // 2)
_FILMS: Final = {FPS: "film_key_each_second", 2 * FPS: "film_key_every_2_s", 250: "film_key_every_250_pictures"}
"""As phones and the studio record, as OBS streams, and as x264 does by itself."""
_NOISE: Final = "noise_key_each_second"


def bench_video() -> dict[str, object]:
    """Milliseconds from the request to the picture in shared memory; ratios to PyAV are of processor time."""
    with tempfile.TemporaryDirectory() as folder, _own_cache(folder):
        _say("writing three films of ten seconds")
        paths = {_FILMS[gop]: path for gop, path in write_films(Path(folder), tuple(_FILMS)).items()}
        _say("writing the noise")
        paths[_NOISE] = write_noise(Path(folder) / "noise.mp4", FPS)
        found = {name: _measure(name, path) for name, path in paths.items()}
    films = [one for name, one in found.items() if name != _NOISE]
    return {
        "bench": "video",
        "video": f"{WIDTH} x {HEIGHT}, H.264, {FPS} pictures a second, shown at {_SHOWN[0]} x {_SHOWN[1]}",
        "film": f"x264 veryfast as in OBS, {KBPS} kbit/s: a panned view, somebody moving, new grain in each picture",
        "noise": "x264 superfast, crf 23: squares of random colours, hard on purpose",
        "goal": f"right_ms_p95 <= {_GOAL_MS:g} in every prepared film, and no picture wrong in any",
        **found,
        "ok": all(float(str(one["right_ms_p95"])) <= _GOAL_MS for one in films)
        and not any(one["wrong"] for one in found.values()),
    }


class _Jump(NamedTuple):
    """What became of one: milliseconds to the first, the right and the exact picture, and whether one was wrong."""

    first_ms: float
    right_ms: float
    exact_ms: float
    is_wrong: bool


def _measure(name: str, path: Path) -> dict[str, object]:
    chance = random.Random(_SEED)  # noqa: S311
    places = [chance.uniform(0, SECONDS - 0.1) for _ in range(_JUMPS)]
    _say(f"{name}: beside PyAV")
    beside = _beside(path, places[:_BESIDE])
    with Line("video") as video:
        jumps = _Jumps(video, path)
        _say(f"{name}: jumps while it is prepared")
        jumps.to(0.0)  # opening the file is not seeking
        while_ = [jumps.to(place) for place in places]
        jumps.to(SECONDS - 1)
        back = [jumps.to(SECONDS - 1 - step / FPS) for step in range(_JUMPS // 2)]
        _say(f"{name}: the rest of the preparation")
        wait_s = jumps.prepare()
        _say(f"{name}: jumps after that")
        after = [jumps.to(place) for place in places]
        drag_ms = jumps.drag([chance.uniform(0, SECONDS - 0.1) for _ in range(2 * _JUMPS)])
        memory_mb = psutil.Process(video.ready().pid).memory_info().rss / 1e6
    return {
        **facts(path),
        **beside,
        **_spread("while_preparing_first_ms", [one.first_ms for one in while_]),
        **_spread("while_preparing_right_ms", [one.right_ms for one in while_]),
        **_spread("while_preparing_exact_ms", [one.exact_ms for one in while_]),
        **_spread("step_back_ms", [one.right_ms for one in back]),
        **_spread("right_ms", [one.right_ms for one in after]),
        **_spread("exact_ms", [one.exact_ms for one in after]),
        **_spread("drag_ms", drag_ms),
        "waited_for_preparation_s": round(wait_s, 1),
        **_prepared(path, places),
        "worker_mb": round(memory_mb),
        "wrong": sum(one.is_wrong for one in (*while_, *back, *after)) + int(str(beside["wrong_alone"])),
        "jumps": len(places),
    }


class _Jumps:
    """Goes to places of a video by its worker, and knows when each of its pictures begins."""

    def __init__(self, video: Line, path: Path) -> None:
        self._video, self._path = video, path
        with av.open(str(path)) as container:
            tick = container.streams.video[0].time_base or Fraction(1, 1000)
            self._begins = sorted(float(p.pts * tick) for p in container.demux(video=0) if p.pts is not None)
        self._serial = 0
        self._share = 0.0

    def to(self, place: float) -> _Jump:
        """Go there, and wait for the exact picture."""
        begins = self._begins[bisect.bisect_right(self._begins, place + 1e-9) - 1]
        begin_s = time.monotonic()
        seen: dict[str, float] = {}
        wrong = False

        def exact() -> bool:
            nonlocal wrong
            for shown in self._answers():
                now_ms = (time.monotonic() - begin_s) * 1000
                is_right = abs(shown.time_s - begins) < 1e-6
                seen.setdefault("first", now_ms)
                if is_right:
                    seen.setdefault("right", now_ms)
                if shown.exact:
                    seen.setdefault("exact", now_ms)
                wrong = wrong or ((shown.exact or shown.small) and not is_right)
            return "exact" in seen

        self._ask(place)
        self._video.wait_until(exact)
        return _Jump(seen["first"], seen.get("right", seen["exact"]), seen["exact"], wrong)

    def drag(self, places: list[float]) -> list[float]:
        """Go to one after the other as soon as there is any picture of it; how long each took."""
        passed = []
        for place in places:
            begin_s = time.monotonic()
            self._ask(place)
            self._video.wait_until(lambda: bool(self._answers()))
            passed.append((time.monotonic() - begin_s) * 1000)
        return passed

    def prepare(self) -> float:
        """Wait until the small pictures are made; how long that took."""
        begin_s = time.monotonic()

        def made() -> bool:
            self._answers()
            return self._share >= 1

        self._video.wait_until(made, timeout_s=_PATIENCE_S)
        return time.monotonic() - begin_s

    def _ask(self, place: float) -> None:
        self._answers()
        self._serial += 1
        width, height = _SHOWN
        self._video.tell(
            ShowPicture(serial=self._serial, path=str(self._path), time_s=place, width=width, height=height)
        )

    def _answers(self) -> list[PictureShown]:
        """Those to the last question."""
        self._share = max([self._share, *(one.share for one in self._video.heard(VideoPrepared))])
        return [one for one in self._video.heard(PictureShown) if one.serial == self._serial]


def _beside(path: Path, places: list[float]) -> dict[str, object]:
    """Jumps with nothing prepared, in this process, and those of a short program with PyAV."""
    ours, walls, theirs, wrong = [], [], [], 0
    with Film(path) as film:
        film.at(0)
        for place in places:
            begin, begin_s = time.process_time(), time.monotonic()
            picture = film.at(place)
            assert picture is not None
            as_bgra(picture.frame, WIDTH, HEIGHT)
            walls.append((time.monotonic() - begin_s) * 1000)
            middle = time.process_time()
            frame = _plain(path, place)
            theirs.append((time.process_time() - middle) * 1000)
            ours.append((middle - begin) * 1000)
            wrong += frame.pts != picture.frame.pts
    return {
        **_spread("unprepared_exact_ms", walls),
        "cpu_ms_p50": round(statistics.median(ours), 1),
        "pyav_cpu_ms_p50": round(statistics.median(theirs), 1),
        "ratio": round(sum(ours) / sum(theirs), 3),
        "wrong_alone": wrong,
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


def _prepared(path: Path, places: list[float]) -> dict[str, object]:
    """How large the small pictures are on the disk, and how near the worst one is to its original, equally small."""
    folder = folder_for(path)
    if not folder.is_dir():
        return {"prepared_mb_a_minute": 0.0}
    size = sum(file.stat().st_size for file in folder.iterdir())
    worst = 99.0
    with Film(path) as film:
        proxy = Proxy(folder, film.tick, film.start)
        for place in places[:_BESIDE]:
            small, whole = proxy.at(film.place(place)), film.at(place)
            if small is not None and whole is not None:
                ours, theirs = (as_bgra(one.frame, *_SHOWN).astype(float) for one in (small, whole))
                worst = min(worst, float(10 * np.log10(255**2 / max(1e-9, np.mean((ours - theirs)[..., :3] ** 2)))))
    return {"prepared_mb_a_minute": round(size / 1e6 * 60 / SECONDS, 1), "prepared_psnr_db": round(worst, 1)}


def _spread(name: str, values_ms: list[float]) -> dict[str, object]:
    return {
        f"{name}_p50": round(statistics.median(values_ms), 1),
        f"{name}_p95": round(float(np.percentile(values_ms, 95)), 1),
    }


@contextmanager
def _own_cache(folder: str) -> Iterator[None]:
    """Let the workers of this run keep in a folder what they otherwise keep for good."""
    before = os.environ.get("STUDIO_CACHE")
    os.environ["STUDIO_CACHE"] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ["STUDIO_CACHE"]
        else:
            os.environ["STUDIO_CACHE"] = before


def _say(what: str) -> None:
    sys.stderr.write(f"bench video: {what}\n")
    sys.stderr.flush()
