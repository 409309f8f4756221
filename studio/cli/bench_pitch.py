"""What `studio bench pitch|vibrato` measures: speed beside others in the same run, and how exact it is."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

_RATE_HZ: Final = 48000
_ROUNDS: Final = 5
_PITCH_S: Final = 20.0
_PEERS: Final = ("praat", "swift-f0")

Mono = NDArray[np.float32]


def bench_pitch() -> dict[str, object]:
    """Every quick tracker on the same twenty sung seconds: core-seconds, and how far off it is."""
    from studio.engines import registry

    sound, wanted = _song(_PITCH_S)
    missing = {info.id: why for info, why in registry.cards() if info.task == "pitch"}
    ids = ["melisma", *(peer for peer in _PEERS if not missing.get(peer, "absent"))]

    def track(id: str) -> NDArray[np.float32]:
        found = registry.pitch_tracker(id).track(sound, _RATE_HZ, low_hz=60, high_hz=1000, report=_nothing)
        return found.hz

    took = _core_seconds({tracker: partial(track, tracker) for tracker in ids})
    found: dict[str, object] = {"seconds": _PITCH_S, "rounds": _ROUNDS}
    for tracker in ids:
        off = np.abs(1200 * np.log2(track(tracker) / wanted))
        found[tracker] = {
            "times_real_time_per_core": _PITCH_S / took[tracker],
            "median_error_cents": float(np.nanmedian(off)),
            "voiced_within_50_cents": float(np.mean(off < 50)),
        }
    for tracker in ids[1:]:
        found[f"faster_than_{tracker}"] = took[tracker] / took["melisma"]
    return {**found, "threads": _threads(), "streaming": _streaming()}


def bench_vibrato() -> dict[str, object]:
    """Twelve notes with a vibrato that is known: how far rate and extent are off."""
    from studio.engines.melody import notes

    rates, extents, found = [], [], 0
    draw = np.random.default_rng(7)
    for _ in range(12):
        rate, extent, hz = draw.uniform(4, 8), draw.uniform(15, 150), float(np.exp(draw.uniform(4.5, 6.7)))
        time_s = np.arange(2 * _RATE_HZ) / _RATE_HZ
        sound = _tone(np.asarray(hz * 2 ** (extent * np.sin(2 * np.pi * rate * time_s) / 1200)))
        (note, *_) = notes.measure(sound, _RATE_HZ, report=_nothing)
        if note.vibrato is not None:
            found += 1
            rates.append(abs(note.vibrato.rate_hz - rate))
            extents.append(note.vibrato.half_extent_cents / extent)
    return {
        "notes": 12,
        "found": found,
        "rate_error_hz_p95": float(np.percentile(rates, 95)),
        "extent_gain_median": statistics.median(extents),
        "extent_gain_worst": max(extents, key=lambda gain: abs(gain - 1)),
    }


def _threads() -> dict[str, object]:
    """A minute tracked on one core and on two, in turns: how many times as fast by the clock, and whether alike."""
    from studio.engines.melody.tracker import Melisma

    sound = np.tile(_song(_PITCH_S)[0], 3)
    heard: dict[int, NDArray[np.float32]] = {}

    def track(count: int) -> None:
        with _cores(count):
            found = Melisma().track(sound, _RATE_HZ, low_hz=60, high_hz=1000, report=_nothing)
        heard[count] = found.hz

    took = _seconds({str(count): partial(track, count) for count in (1, 2)}, time.perf_counter)
    return {
        "seconds": len(sound) / _RATE_HZ,
        "two_threads_faster_than_one": took["1"] / took["2"],
        "two_threads_equal_one": bool(np.array_equal(heard[1], heard[2], equal_nan=True)),
    }


@contextmanager
def _cores(count: int) -> Iterator[None]:
    before = os.environ.get("NUMBA_NUM_THREADS")
    os.environ["NUMBA_NUM_THREADS"] = str(count)
    try:
        yield
    finally:
        del os.environ["NUMBA_NUM_THREADS"]
        if before is not None:
            os.environ["NUMBA_NUM_THREADS"] = before


def _streaming() -> dict[str, object]:
    """Phrases with pauses, tracked in blocks of 5 ms as they come, beside the same with all of the sound at hand."""
    from studio.engines.melody.stream import Stream
    from studio.engines.melody.tracker import Melisma

    sound, wanted = _phrases(_PITCH_S)
    hop = _RATE_HZ // 200
    stream = Stream(_RATE_HZ, low_hz=60, high_hz=1000)
    begin, late_s, heard = time.process_time(), 0.0, []
    for stop in range(hop, len(sound) + 1, hop):
        found = stream.push(sound[stop - hop : stop])
        if len(found.time_s):
            late_s = max(late_s, stop / _RATE_HZ - float(found.time_s[0]))
            heard.append(found.hz)
    took = time.process_time() - begin
    streamed = np.concatenate(heard)
    offline = Melisma().track(sound, _RATE_HZ, low_hz=60, high_hz=1000, report=_nothing).hz[: len(streamed)]
    right = {name: _overall(hz, wanted[: len(hz)]) for name, hz in (("offline", offline), ("streaming", streamed))}
    return {
        "look_ahead_ms": 1000 * late_s,
        "share_of_a_core_at_5_ms": took / _PITCH_S,
        "overall_accuracy_offline": right["offline"],
        "overall_accuracy_streaming": right["streaming"],
        "overall_accuracy_lost_points": 100 * (right["offline"] - right["streaming"]),
    }


def _overall(hz: NDArray[np.float32], wanted: NDArray[np.float64]) -> float:
    """The share of frames that are rightly silent, or voiced and within 50 cents."""
    near = np.abs(1200 * np.log2(np.nan_to_num(hz, nan=1.0) / np.maximum(wanted, 1.0))) < 50
    return float(np.mean(np.where(wanted > 0, near, np.isnan(hz))))


def _phrases(length_s: float) -> tuple[Mono, NDArray[np.float64]]:
    """The song with a pause in each 1.5 s and noise as loud as in a plain room, and its pitch, 0 in the pauses."""
    sound, hz = _song(length_s)
    time_s = np.arange(len(sound)) / _RATE_HZ % 1.5
    loud = np.clip((1.1 - time_s) / 0.03, 0, 1) * np.clip(time_s / 0.03, 0, 1)
    room = np.random.default_rng(2).normal(0, 1, len(sound))
    coloured = np.fft.irfft(np.fft.rfft(room) / np.sqrt(1 + np.arange(len(sound) // 2 + 1)), len(sound))
    noise = coloured * (0.1 * np.std(sound) / np.std(coloured))  # 20 dB below the voice
    return (sound * loud + noise).astype(np.float32), np.where(loud[:: _RATE_HZ // 200] > 0.02, hz, 0.0)


def _song(length_s: float) -> tuple[Mono, NDArray[np.float64]]:
    """A voice-like tone that glides and swings, and its pitch on the shared grid."""
    time_s = np.arange(round(length_s * _RATE_HZ)) / _RATE_HZ
    octaves = np.log2(220.0) + 0.8 * np.sin(2 * np.pi * 0.2 * time_s) + 0.04 * np.sin(2 * np.pi * 5.5 * time_s)
    hz = np.asarray(2**octaves)
    hiss = np.random.default_rng(1).normal(0, 0.003, len(hz)).astype(np.float32)
    return _tone(hz) + hiss, hz[:: _RATE_HZ // 200]


def _tone(hz: NDArray[np.float64]) -> Mono:
    phase = 2 * np.pi * np.cumsum(hz) / _RATE_HZ
    count = int(4000 / hz.max())
    tone = np.sum([np.sin(k * phase) / k for k in range(1, count + 1)], axis=0)
    scaled: Mono = (0.3 * tone / np.abs(tone).max()).astype(np.float32)
    return scaled


def _core_seconds(jobs: dict[str, Callable[[], object]]) -> dict[str, float]:
    return _seconds(jobs, time.process_time)


def _seconds(jobs: dict[str, Callable[[], object]], clock: Callable[[], float]) -> dict[str, float]:
    """The median over rounds in which all take turns, after one warm-up of each."""
    took: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(_ROUNDS):
        for name, job in jobs.items():
            begin = clock()
            job()
            took[name].append(clock() - begin)
    return {name: statistics.median(each) for name, each in took.items()}


def _nothing(fraction: float, stage: str) -> None:
    del fraction, stage
