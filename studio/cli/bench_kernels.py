"""What `studio bench kernels` measures: every kernel against its reference, on the GPU too, and CREPE beside them.

To add a kernel: give it a row in `cases`. A kernel has the same name in `reference`, `cpu` and `gpu`.
"""

import importlib
import importlib.util
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_ROUNDS: Final = 5
_RATE_HZ: Final = 16000
_CREPE_S: Final = 2.0
_CREPE_ROUNDS: Final = 3


class Case(NamedTuple):
    """A kernel and what it is given."""

    module: str
    function: str
    given: tuple[object, ...]


def bench_kernels(frames: int = 1000) -> dict[str, object]:
    """Each kernel on as many frames as five seconds of pitch have: times in ms, and how many times as fast."""
    gpu = why_no_gpu()
    found: dict[str, object] = {"frames": frames, "rounds": _ROUNDS, "gpu": gpu or _gpu_name()}
    for case in cases(frames):
        found[f"{case.module}.{case.function}"] = measure(case, "" if gpu else "cuda")
    return {**found, "torchcrepe": _crepe()}


def cases(frames: int) -> list[Case]:
    """Every kernel with what it works on, drawn at random but for the shapes."""
    from voicekernels.reference import comb, harmonics

    draw = np.random.default_rng(3)

    def random(*shape: int) -> NDArray[np.float32]:
        return draw.random(shape, np.float32)

    length = round(2 * harmonics.HALF) * harmonics.POINTS_A_PERIOD
    periods, screen = random(frames, length) - np.float32(0.5), (random(270, 480, 4) * 255).astype(np.uint8)
    planes = tuple(np.zeros(shape, np.uint8) for shape in ((270, 480), (135, 240), (135, 240)))
    over, noise = np.ascontiguousarray(screen[:100, :200]), random(257) * np.float32(0.01)
    pitches_hz = np.geomspace(50, 1000, 210)
    trembling = 40 * np.sin(np.arange(frames) / 6) + draw.normal(0, 5, frames)
    shapes = np.stack(
        [draw.uniform(low, high, min(frames, 64)) for low, high in ((4, 8), (-1, 1), (0, 0.5), (0.1, 0.5))], axis=1
    )
    few = min(frames, 200)  # whose references are slow
    voice = random(few, _RATE_HZ * 45 // 1000) - np.float32(0.5)
    return [
        Case("colour", "to_i420", (screen, *planes)),
        Case("colour", "update", (screen, screen.copy(), *planes, np.ones(135, bool))),
        Case("colour", "blend", (over, *planes, 40, 20)),
        Case("peaks", "summarise", (random(frames * 480, 2), 480)),
        Case("comb", "power", ((random(frames, 257) + 1j * random(frames, 257)).astype(np.complex64),)),
        Case(
            "comb",
            "strengths",
            (random(frames, 257), noise, comb.density(257, 15.6), comb.teeth(257, 15.6, pitches_hz)),
        ),
        Case("path", "likeliest", (random(frames, 210), 0.01, 0.8)),
        Case("path", "onward", (random(frames, 210), 0.01, 0.8)),
        Case("ridge", "around", (random(frames, 210), random(frames) * 200, 12, -0.3)),
        Case("summits", "highest", (random(frames, 210), 4)),
        Case(
            "periods",
            "unroll",
            (random(frames * 40), np.full(frames, 1 / 60, np.float32), 40, harmonics.HALF, length, 0.2),
        ),
        Case("harmonics", "measure", (periods, np.full(frames, 12, np.int32), 2.0)),
        Case("likeness", "compare", (periods,)),
        Case("contour", "smooth", (random(few), random(few) + np.float32(0.01), 3.0, 0.7)),
        Case("voicing", "decide", (random(frames) * 8 - np.float32(4), 2.0)),
        Case("quality", "harmonicities", (voice, _RATE_HZ)),
        Case("quality", "cepstral_peaks", (voice, _RATE_HZ)),
        Case("vibrato", "scan", (trembling, np.ones(frames), 200.0, shapes)),
    ]


def measure(case: Case, device: str, rounds: int = _ROUNDS) -> dict[str, object]:
    """One kernel in each of its forms, in turns; on `device` if it has a form for it, "" for none."""
    jobs: dict[str, Callable[[], object]] = {}
    for form in ("reference", "cpu", "gpu"):
        if importlib.util.find_spec(f"voicekernels.{form}.{case.module}") is None or (form == "gpu" and not device):
            continue
        kernel = getattr(importlib.import_module(f"voicekernels.{form}.{case.module}"), case.function, None)
        if kernel is not None:
            jobs[form] = _on_gpu(kernel, case, device) if form == "gpu" else partial(kernel, *case.given)
    took = _seconds(jobs, rounds)
    found: dict[str, object] = {f"{form}_ms": 1000 * seconds for form, seconds in took.items()}
    found["cpu_faster_than_reference"] = took["reference"] / took["cpu"]
    if "gpu" in took:
        found["gpu_faster_than_cpu"] = took["cpu"] / took["gpu"]
    return found


def why_no_gpu() -> str:
    """A sentence where there is no GPU that the kernels can run on, "" where there is."""
    for needed in ("torch", "triton"):
        if importlib.util.find_spec(needed) is None:
            return f"Not measured: {needed} is not installed."
    import torch

    return "" if torch.cuda.is_available() else "Not measured: there is no GPU here."


def _gpu_name() -> str:
    import torch

    return torch.cuda.get_device_name()


def _on_gpu(kernel: Callable[..., object], case: Case, device: str) -> Callable[[], object]:
    """The kernel with its arrays already there, waited for; the vibrato takes its arrays from here."""
    import torch

    if case.module == "vibrato":
        return partial(kernel, *case.given, device=device)
    there = [torch.from_numpy(each).to(device) if isinstance(each, np.ndarray) else each for each in case.given]

    def run() -> None:
        kernel(*there)
        if device == "cuda":
            torch.cuda.synchronize()

    return run


def _crepe() -> dict[str, object] | str:
    """CREPE and the built-in tracker on the same tone: how many times real time, on what torch runs on here."""
    from studio.engines import registry

    missing = {info.id: why for info, why in registry.cards() if info.task == "pitch"}
    if why := missing.get("crepe-tiny", "CREPE is not installed."):
        return why
    from studio.engines.device import torch_device

    device = torch_device().type
    sound = np.sin(2 * np.pi * 220 * np.arange(round(_CREPE_S * _RATE_HZ)) / _RATE_HZ).astype(np.float32)
    found: dict[str, object] = {"device": device, "seconds": _CREPE_S}
    jobs: dict[str, Callable[[], object]] = {}
    for name in ("crepe-tiny", "crepe-full", "melisma"):
        if name == "crepe-full" and device == "cpu":
            found["crepe_full"] = "Measured on a GPU only: it is slow on a CPU."
            continue
        track = registry.pitch_tracker(name).track
        jobs[name] = partial(track, sound, _RATE_HZ, low_hz=60, high_hz=1000, report=_nothing)
    for name, seconds in _seconds(jobs, _CREPE_ROUNDS).items():
        found[f"{name.replace('-', '_')}_times_real_time"] = _CREPE_S / seconds
    return found


def _seconds(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median over rounds in which all take turns, after one warm-up of each."""
    took: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        job()
    for _ in range(rounds):
        for name, job in jobs.items():
            begin = time.perf_counter()
            job()
            took[name].append(time.perf_counter() - begin)
    return {name: statistics.median(each) for name, each in took.items()}


def _nothing(fraction: float, stage: str) -> None:
    del fraction, stage
