"""Melodies as Praat's Pitch (every frame) and PitchTier (the voiced ones, as points)."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.media.interchange.praat_text import Parts, number_text
from studio.media.interchange.unreadable import unreadable
from studio.model.pitch import PitchCurve

_MOST_CANDIDATES: Final = 1000
_FINEST_HZ: Final = 10_000

Numbers = NDArray[np.float64]


def write_pitch(curve: PitchCurve, end_s: float, ceiling_hz: float) -> str:
    """Return a Pitch object: a frame each `1 / frames_per_s`, frequency 0 where unvoiced, confidence as strength."""
    return "\n".join(_pitch_lines(curve, end_s, ceiling_hz)) + "\n"


def read_pitch(data: bytes) -> tuple[PitchCurve, float]:
    """Return a Pitch object's best candidates and the time of its first frame in seconds."""
    first_s, step_s, hz, strength = _frames(data)
    voiced = hz > 0
    curve = PitchCurve(
        frames_per_s=max(1, round(1 / step_s)),
        hz=np.where(voiced, hz, np.nan).astype(np.float32),
        confidence=np.where(voiced, strength, 0.0).astype(np.float32),
    )
    return curve, first_s


def read_frames(data: bytes) -> tuple[Numbers, Numbers, Numbers]:
    """Return seconds, Hz (0 where unvoiced) and strength of a Pitch object's frames, however far apart."""
    first_s, step_s, hz, strength = _frames(data)
    return first_s + step_s * np.arange(len(hz), dtype=np.float64), hz, strength


def write_tier(curve: PitchCurve, end_s: float) -> str:
    """Return a PitchTier: a point for each voiced frame."""
    lines = ['File type = "ooTextFile"', 'Object class = "PitchTier"', "", "xmin = 0 ", f"xmax = {number_text(end_s)} "]
    at = np.flatnonzero(curve.voiced)
    lines.append(f"points: size = {len(at)} ")
    for number, frame in enumerate(at.tolist(), 1):
        lines += (
            f"points [{number}]:",
            f"    number = {number_text(frame / curve.frames_per_s)} ",
            f"    value = {number_text(float(curve.hz[frame]))} ",
        )
    return "\n".join(lines) + "\n"


def read_tier(data: bytes) -> tuple[tuple[float, float], ...]:
    """Return a PitchTier's points: seconds and Hz."""
    parts = Parts(data, "PitchTier", "PitchTier")
    parts.number()
    parts.number()
    return tuple((parts.number(), parts.number()) for _ in range(parts.count()))


def _pitch_lines(curve: PitchCurve, end_s: float, ceiling_hz: float) -> Iterator[str]:
    yield from ('File type = "ooTextFile"', 'Object class = "Pitch 1"', "", "xmin = 0 ")
    yield from (f"xmax = {number_text(end_s)} ", f"nx = {len(curve.hz)} ")
    yield from (f"dx = {number_text(1 / curve.frames_per_s)} ", "x1 = 0 ", f"ceiling = {number_text(ceiling_hz)} ")
    yield from ("maxnCandidates = 2 ", "frames []: ")
    for number, (hz, sure) in enumerate(zip(curve.hz.tolist(), curve.confidence.tolist(), strict=True), 1):
        voiced = hz > 0
        yield f"    frames [{number}]:"
        yield f"        intensity = {'1' if voiced else '0'} "
        yield f"        nCandidates = {2 if voiced else 1} "
        yield "        candidates []: "
        if voiced:
            yield from _candidate(1, hz, sure)
        yield from _candidate(2 if voiced else 1, 0.0, 0.0)


def _candidate(number: int, hz: float, strength: float) -> Iterator[str]:
    yield f"            candidates [{number}]:"
    yield f"                frequency = {number_text(hz)} "
    yield f"                strength = {number_text(strength)} "


def _frames(data: bytes) -> tuple[float, float, Numbers, Numbers]:
    """When the first frame is and how far apart they are in seconds; Hz, 0 where unvoiced, and strength of each."""
    parts = Parts(data, "Pitch 1", "Pitch file")
    parts.number()
    parts.number()
    frames, step_s, first_s, ceiling_hz = parts.count(), parts.number(), parts.number(), parts.number()
    parts.count()
    if not (step_s > 0 and 1 <= 1 / step_s <= _FINEST_HZ and ceiling_hz > 0):
        raise unreadable("Pitch file", f"Its frames are said to be {step_s:g} s apart.")
    best = np.array([_best(parts) for _ in range(frames)], np.float64).reshape(-1, 2)
    voiced = (best[:, 0] > 0) & (best[:, 0] < ceiling_hz)
    return first_s, step_s, np.where(voiced, best[:, 0], 0.0), np.nan_to_num(np.clip(best[:, 1], 0, 1))


def _best(parts: Parts) -> tuple[float, float]:
    parts.number()
    candidates = [(parts.number(), parts.number()) for _ in range(parts.count(_MOST_CANDIDATES))]
    return candidates[0] if candidates else (math.nan, 0.0)
