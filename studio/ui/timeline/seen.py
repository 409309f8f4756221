"""What the tracks show, as numbers: a line for each pixel column of a waveform, or each point of a spectrogram."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from studio.media.wav import MappedWav
from studio.ui.timeline.sound import Sound
from studio.ui.timeline.spectrogram import Axis, powers, row_hz

HEADER: Final = "time_s,track,clip,low,high,rms,hz,level_db\n"
"""`low`, `high` and `rms` are of full scale 1; `hz` and `level_db` (a full-scale sine is 0 dB) are of spectrograms."""


class Stretch(NamedTuple):
    """The part of a clip that is in view: `columns` pixels from sample `start` of its medium on."""

    track: str
    clip: str
    begin_s: float
    start: float
    samples_per_px: float
    columns: int
    sound: Sound
    path: Path
    axis: Axis | None
    height: int
    wide: bool = False


def lines(stretches: Iterable[Stretch], rate_hz: int) -> Iterator[str]:
    """The lines of a CSV of everything in view; the sound is read while they are written."""
    yield HEADER
    for one in stretches:
        names = _field(one.track), _field(one.clip)
        times = one.begin_s + (np.arange(one.columns) + 0.5) * one.samples_per_px / rate_hz
        if one.axis is None:
            columns = one.sound.columns(None, one.start, one.samples_per_px, one.columns)
            for time_s, (low, high, rms) in zip(times, columns, strict=True):
                yield f"{time_s:.6f},{names[0]},{names[1]},{low:.6f},{high:.6f},{rms:.6f},,\n"
        else:
            yield from _spectrum_lines(one, one.axis, names, times.tolist())


def _spectrum_lines(one: Stretch, axis: Axis, names: tuple[str, str], times: list[float]) -> Iterator[str]:
    wav = MappedWav.open(one.path)
    power = powers(wav.frames, one.start, one.samples_per_px, one.columns, wide=one.wide)
    frequencies = row_hz(one.height, wav.rate_hz, axis)
    bins = np.clip(np.rint(frequencies * 2 * (power.shape[1] - 1) / wav.rate_hz), 0, power.shape[1] - 1).astype(int)
    level_db = 10 * np.log10(np.maximum(power[:, bins], 1e-14))
    for time_s, levels in zip(times, level_db, strict=True):
        for hz, level in zip(frequencies, levels, strict=True):
            yield f"{time_s:.6f},{names[0]},{names[1]},,,,{hz:.2f},{level:.2f}\n"


def _field(text: str) -> str:
    """A text as one field of a CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([text])
    return out.getvalue()
