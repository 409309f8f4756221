"""What `studio bench pitch|vibrato|kernels` measures: speed beside others in the same run, and how exact it is."""

import statistics
import time
from collections.abc import Callable
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
    return found


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


def bench_kernels() -> dict[str, object]:
    """Each kernel against its reference on the CPU; on the GPU too where there is one."""
    from voicekernels.cpu import comb, path, periods
    from voicekernels.reference import comb as comb_reference
    from voicekernels.reference import path as path_reference
    from voicekernels.reference import periods as periods_reference

    draw = np.random.default_rng(3)
    power, floor = draw.random((2000, 257), np.float32), draw.random(257, np.float32) * np.float32(0.01)
    weights, teeth = comb_reference.density(257, 15.6), comb_reference.teeth(257, 15.6, np.geomspace(50, 1000, 210))
    scores = draw.random((1000, 210), np.float32)
    sound, pitch = draw.random(80000, np.float32), np.full(2000, 1 / 60, np.float32)
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "comb": (
            lambda: comb_reference.strengths(power, floor, weights, teeth),
            lambda: comb.strengths(power, floor, weights, teeth),
        ),
        "path": (lambda: path_reference.likeliest(scores, 0.01, 0.8), lambda: path.likeliest(scores, 0.01, 0.8)),
        "periods": (
            lambda: periods_reference.unroll(sound, pitch, 40, 2.5, 320, 0.2),
            lambda: periods.unroll(sound, pitch, 40, 2.5, 320, 0.2),
        ),
    }
    found: dict[str, object] = {}
    for name, (slow, fast) in pairs.items():
        took = _core_seconds({"reference": slow, "cpu": fast})
        found[name] = {"cpu_faster_than_reference": took["reference"] / took["cpu"]}
    found["gpu"] = _gpu(power, floor, weights, teeth, scores)
    return found


def _gpu(*arrays: NDArray[np.float32]) -> dict[str, object] | str:
    """The comb on the GPU against the CPU; a sentence where there is none."""
    import importlib.util

    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("triton") is None:
        return "torch and triton are not installed."
    import torch

    if not torch.cuda.is_available():
        return "There is no GPU here."
    from voicekernels.cpu import comb as cpu
    from voicekernels.gpu import comb as gpu

    power, floor, weights, teeth, _ = arrays
    there = [torch.from_numpy(array).cuda() for array in (power, floor, weights, teeth)]

    def on_gpu() -> None:
        gpu.strengths(*there)
        torch.cuda.synchronize()

    took = _seconds({"cpu": lambda: cpu.strengths(power, floor, weights, teeth), "gpu": on_gpu}, time.perf_counter)
    return {"comb_faster_than_cpu": took["cpu"] / took["gpu"]}


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
