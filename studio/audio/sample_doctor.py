"""What is wrong with a recording that a voice is to be learnt from: each finding with its number and its remedy."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.model.voice import Finding

Mono = NDArray[np.float32]

_SHORT_S: Final = 10.0
_GOOD_S: Final = 60.0
_CLIPPED: Final = 0.995
_RUN: Final = 3
_CLIPPED_PERMILLE: Final = 0.05
_NOISE_DB: Final = 25.0
_NOISE_GRAVE_DB: Final = 12.0
_FRAME_S: Final = 0.02
_FFT: Final = 1024
_MUSIC: Final = 0.5
_JUMP_SEMITONES: Final = 5.0
_PIECE_S: Final = 3.0
_QUIET_DBFS: Final = -40.0
_AROUND_CLIPPED_S: Final = 0.15
_LEAST_LEFT: Final = 0.5
_SPEECH_DB: Final = 35.0
_MARGIN_S: Final = 0.3
_LONG_ENDS_S: Final = 1.0


class Span(NamedTuple):
    """A stretch of a recording in samples, half-open."""

    start: int
    stop: int


class Apart(NamedTuple):
    """Two voices by the middle of their melodies in semitones: what lies between them, and whose there is more of."""

    between: float
    mostly_above: bool
    distance: float
    smaller_share: float


def examine(samples: Mono, rate_hz: int) -> tuple[Finding, ...]:
    """Look for clipping, noise, music, a second speaker, too low a level and too short a length."""
    length_s = len(samples) / rate_hz
    found = [_length(length_s)]
    if length_s >= 1.0 and float(np.abs(samples).max(initial=0)) > 0:
        found += [_clipping(samples, rate_hz), _level(samples), _noise(samples, rate_hz), _music(samples, rate_hz)]
        found.append(_speakers(samples, rate_hz))
    return tuple(finding for finding in found if finding is not None)


def _length(length_s: float) -> Finding | None:
    if length_s >= _GOOD_S:
        return None
    return Finding(
        kind="length",
        value=round(length_s, 1),
        unit="s",
        grave=length_s < _SHORT_S,
        sentence=f"There are {length_s:.1f} s of speech.",
        remedy=f"{_SHORT_S:.0f} s are enough for a likeness, {_GOOD_S:.0f} s for a good one: record some more.",
    )


def examine_ends(recordings: Sequence[tuple[Mono, int]]) -> Finding | None:
    """Look for silence before and after what is said in each recording, given with its rate."""
    ends_s = 0.0
    for samples, rate_hz in recordings:
        said = spoken(samples, rate_hz)
        ends_s += (len(samples) - (said.stop - said.start)) / rate_hz
    if ends_s < _LONG_ENDS_S * max(1, len(recordings) / 2):
        return None
    return Finding(
        kind="silence",
        value=round(ends_s, 1),
        unit="s",
        grave=False,
        sentence=f"There are {ends_s:.1f} s of silence before and after what is said.",
        remedy="Cut them off: they teach nothing.",
        treatment="trim",
    )


def spoken(samples: Mono, rate_hz: int) -> Span:
    """From where to where something is said, with a margin; all of it where nothing stands out."""
    levels = _frames(samples, rate_hz)
    if not len(levels):
        return Span(0, len(samples))
    loud = np.flatnonzero(levels > max(float(np.percentile(levels, 95)) - _SPEECH_DB, -90.0))
    if not len(loud):
        return Span(0, len(samples))
    hop, margin = round(_FRAME_S * rate_hz), round(_MARGIN_S * rate_hz)
    return Span(max(0, int(loud[0]) * hop - margin), min(len(samples), (int(loud[-1]) + 1) * hop + margin))


def clipped_spans(samples: Mono, rate_hz: int, peak: float = 0.0) -> tuple[Span, ...]:
    """Where samples are at full scale, or stuck at `peak` (the largest), three and more in a row, and around them."""
    reach = round(_AROUND_CLIPPED_S * rate_hz)
    spans: list[Span] = []
    for at in np.flatnonzero(_stuck(samples, peak)):
        start, stop = max(0, int(at) - reach), min(len(samples), int(at) + reach)
        if spans and start <= spans[-1].stop:
            spans[-1] = Span(spans[-1].start, stop)
        else:
            spans.append(Span(start, stop))
    return tuple(spans)


def _stuck(samples: Mono, peak: float = 0.0) -> NDArray[np.bool_]:
    at_top = np.abs(samples) >= max((peak or float(np.abs(samples).max(initial=0))) * _CLIPPED, 0.2)
    if len(samples) < _RUN:
        return np.zeros(0, bool)
    runs: NDArray[np.bool_] = np.convolve(at_top, np.ones(_RUN), mode="valid") >= _RUN
    return runs


def _clipping(samples: Mono, rate_hz: int) -> Finding | None:
    permille = 1000.0 * float(_stuck(samples).sum()) / len(samples)
    if permille < _CLIPPED_PERMILLE:
        return None
    spans = clipped_spans(samples, rate_hz)
    left = 1 - sum(span.stop - span.start for span in spans) / len(samples)
    can_leave = left >= _LEAST_LEFT
    where = "the stretch" if len(spans) == 1 else f"the {len(spans)} stretches"
    what = f"Leave out {where} where it is, or record" if can_leave else "Record"
    return Finding(
        kind="clipping",
        value=round(permille, 2),
        unit="‰",
        grave=permille > 1,
        sentence=f"{permille:.2f} of 1,000 samples are clipped.",
        remedy=f"{what} again with less gain: peaks between -12 and -6 dBFS.",
        treatment="leave_clipped" if can_leave else "",
    )


def _level(samples: Mono) -> Finding | None:
    level_db = float(20 * np.log10(np.sqrt(np.mean(samples.astype(np.float64) ** 2)) + 1e-12))
    if level_db > _QUIET_DBFS:
        return None
    return Finding(
        kind="level",
        value=round(level_db, 1),
        unit="dBFS",
        grave=False,
        sentence=f"The recording is very quiet: {level_db:.1f} dBFS.",
        remedy="Record again with more gain, or nearer to the microphone.",
    )


def _frames(samples: Mono, rate_hz: int) -> NDArray[np.float64]:
    """The level of each 20 ms in dB."""
    hop = round(_FRAME_S * rate_hz)
    cut = samples[: len(samples) // hop * hop].astype(np.float64).reshape(-1, hop)
    levels: NDArray[np.float64] = 10 * np.log10((cut**2).mean(1) + 1e-12)
    return levels


def _noise(samples: Mono, rate_hz: int) -> Finding | None:
    levels = _frames(samples, rate_hz)
    ratio_db = float(np.percentile(levels, 90) - np.percentile(levels, 5))
    if ratio_db >= _NOISE_DB:
        return None
    return Finding(
        kind="noise",
        value=round(ratio_db, 1),
        unit="dB",
        grave=ratio_db < _NOISE_GRAVE_DB,
        sentence=f"The speech is only {ratio_db:.1f} dB above what is heard in its pauses.",
        remedy="Take the noise out, or record in a quieter room.",
        treatment="denoise",
    )


def _music(samples: Mono, rate_hz: int) -> Finding | None:
    """Tones that last: the share of pauses' power in lines that stand still for a third of a second and more."""
    hop = max(rate_hz // 50, 1)
    window = np.hanning(_FFT)
    padded = np.pad(samples.astype(np.float64), (0, _FFT))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[: len(samples)][::hop]
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    levels = power.sum(1)
    quiet = np.flatnonzero(levels <= np.percentile(levels, 25))
    if len(quiet) < 16 or float(np.median(levels[quiet])) < 1e-4 * float(np.median(levels)):
        return None
    rows = power[quiet]
    steady = np.exp(np.log(rows + 1e-12).mean(0))
    local = np.array([np.median(steady[max(0, i - 12) : i + 13]) for i in range(len(steady))])
    lines = np.clip(steady - 4 * local, 0, None)
    share = float(lines[2:].sum() / (rows.mean(0)[2:].sum() + 1e-20))
    if share < _MUSIC:
        return None
    return Finding(
        kind="music",
        value=round(share, 2),
        unit="",
        grave=True,
        sentence=f"There is music or a hum in the pauses: {share:.0%} of what sounds there are steady tones.",
        remedy="Take the voice out of it, or record without it.",
        treatment="separate",
    )


def _speakers(samples: Mono, rate_hz: int) -> Finding | None:
    apart = voices_apart(samples, rate_hz)
    if apart is None:
        return None
    whose = "higher" if apart.mostly_above else "lower"
    return Finding(
        kind="speakers",
        value=round(apart.distance, 1),
        unit="semitones",
        grave=True,
        sentence=f"Two voices seem to speak, {apart.distance:.1f} semitones apart.",
        remedy=f"Leave out what the other person says: the {whose} voice speaks more and stays.",
        treatment="leave_others",
    )


def voices_apart(samples: Mono, rate_hz: int) -> Apart | None:
    """Whether the middle of the melody lies in two places that are far apart, each for seconds."""
    middles = np.array([m for m in _middles(samples, rate_hz) if m > 0])
    if len(middles) < 2:
        return None
    order = np.sort(12 * np.log2(middles))
    gaps = np.diff(order)
    at = int(gaps.argmax())
    below, above = order[: at + 1], order[at + 1 :]
    fewest = min(len(below), len(above)) / len(order)
    if float(gaps[at]) < _JUMP_SEMITONES or fewest < 0.15:
        return None
    between = float(below[-1] + above[0]) / 2
    return Apart(between, len(above) > len(below), float(above.mean() - below.mean()), fewest)


def spans_of_others(samples: Mono, rate_hz: int, apart: Apart) -> tuple[Span, ...]:
    """The stretches of a recording in which the one who speaks less is heard; what has no voice goes with its end."""
    piece = round(_PIECE_S * rate_hz)
    spans: list[Span] = []
    is_other = False
    for number, middle in enumerate(_middles(samples, rate_hz)):
        if middle > 0:
            is_other = (12 * np.log2(middle) > apart.between) != apart.mostly_above
        if is_other:
            start, stop = number * piece, min(len(samples), (number + 1) * piece)
            if spans and spans[-1].stop == start:
                spans[-1] = Span(spans[-1].start, stop)
            else:
                spans.append(Span(start, stop))
    return tuple(spans)


def _middles(samples: Mono, rate_hz: int) -> list[float]:
    """The middle F0 of each 3 s in Hz, by autocorrelation, 0 where too little has a voice."""
    hop, width = rate_hz // 50, rate_hz // 20
    low, high = rate_hz // 400, rate_hz // 70
    found = []
    for start in range(0, max(len(samples) - int(_PIECE_S * rate_hz) // 2, 1), int(_PIECE_S * rate_hz)):
        piece = samples[start : start + int(_PIECE_S * rate_hz)].astype(np.float64)
        periods = []
        for first in range(0, len(piece) - 2 * width, hop):
            frame = piece[first : first + 2 * width]
            frame = frame - frame.mean()
            spectrum = np.fft.rfft(frame, 4 * width)
            echo = np.fft.irfft(np.abs(spectrum) ** 2)[: high + 1]
            if echo[0] <= 0:
                continue
            at = low + int(echo[low:].argmax())
            if echo[at] > 0.5 * echo[0]:
                periods.append(rate_hz / at)
        found.append(float(np.median(periods)) if len(periods) > 15 else 0.0)
    return found
