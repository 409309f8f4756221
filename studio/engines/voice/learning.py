"""How the built-in voice is learnt: a carrier for each recording, its phones found, a network fitted."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines import espeak
from studio.engines.base import Mono, Reference, Report
from studio.engines.voice import aligning, network, variants
from studio.engines.voice.aligning import Aligned, Pair
from studio.engines.voice.frames import (
    CEPSTRA,
    HIGHEST_RATE_HZ,
    HOP_S,
    ORDER,
    Matrix,
    Row,
    World,
    analysed,
    compared,
    frame_count,
    log_f0,
    resampled,
)
from studio.engines.voice.inputs import Carrier, of_frames, of_phones
from studio.engines.voice.phones import SILENCE, segments_of
from studio.engines.voice.reader import FORM, Facts, Material, Reader, Statistics
from studio.engines.voice.warping import ridge

_USUAL_WPM: Final = 160
_HIGH_VOICE_HZ: Final = 165.0
_LEVEL: Final = 0.06
_STEPS: Final = 400
_FEW_STEPS: Final = 200
_LITTLE_S: Final = 30.0
_FEWEST_STEPS: Final = 60
_SCRAP_S: Final = 7.0
_DURATION_RIDGE: Final = 3.0
_SMOOTH: Final = 4.0
_COARSE: Final = 4
"""A rendering is so clean that its melody is found as well in a quarter of its samples, and seven times as soon."""

_QUIET: Final = 0.02
_SHIFT_BELIEF: Final = 30.0


def learn(references: Sequence[Reference], *, language: str, seed: int, report: Report) -> Reader:
    """Learn a reader from recordings with their texts."""
    told = [reference for reference in references if reference.text.strip()]
    if not told:
        return rough(references, language=language, seed=seed, report=report)
    references = told
    network.prepare()
    rate_hz = min(HIGHEST_RATE_HZ, *(reference.rate_hz for reference in references))
    sounds = [levelled(resampled(reference.samples, reference.rate_hz, rate_hz)) for reference in references]
    texts = [reference.text for reference in references]
    report(0.0, "Listening to the recordings")
    pace = _pace(sounds, rate_hz, texts, language)
    lines = [(sound, rate_hz, text) for sound, text in zip(sounds, texts, strict=True)]
    voice = variants.nearest(lines, language, pace, _part(report, 0.02, 0.12))
    spoken = [espeak.render(text, voice=voice, words_per_minute=pace) for text in texts]
    worlds = []
    for done, sound in enumerate(sounds):
        report(0.12 + 0.2 * done / len(sounds), "Listening to the recordings")
        worlds.append(analysed(sound, rate_hz))
    carriers = [carried(one) for one in spoken]
    pairs = [
        Pair(compared(sound, rate_hz, world.frames), carrier.cepstra, carrier.segments)
        for sound, world, carrier in zip(sounds, worlds, carriers, strict=True)
    ]
    aligned = aligning.align(pairs, _part(report, 0.32, 0.5))
    carriers = [carrier._replace(segments=found.segments) for carrier, found in zip(carriers, aligned, strict=True)]
    return _fitted(
        sounds, rate_hz, worlds, carriers, aligned, spoken, (language, voice, pace, seed), _part(report, 0.5, 1.0)
    )


def rough(references: Sequence[Reference], *, language: str, seed: int, report: Report) -> Reader:
    """What can be learnt where nobody knows what is said: how the voice sounds, and none of its units."""
    rate_hz = min(HIGHEST_RATE_HZ, *(reference.rate_hz for reference in references))
    sounds = [levelled(resampled(reference.samples, reference.rate_hz, rate_hz)) for reference in references]
    worlds = []
    for done, sound in enumerate(sounds):
        report(done / len(sounds), "Listening to the recordings")
        worlds.append(analysed(sound, rate_hz))
    logs = np.concatenate([np.log(world.f0_hz[world.f0_hz > 0]) for world in worlds] or [np.zeros(0)])
    middle = float(np.median(logs)) if len(logs) else float(np.log(150.0))
    facts = Facts(
        form=FORM,
        rate_hz=rate_hz,
        length_s=sum(len(sound) for sound in sounds) / rate_hz,
        language=language,
        carrier=language + ("+f5" if middle > np.log(_HIGH_VOICE_HZ) else "+m3"),
        words_per_minute=_USUAL_WPM,
        phones=(SILENCE,),
        log_f0=middle,
        log_f0_spread=float(np.std(logs)) if len(logs) else 0.2,
        carrier_log_f0=middle,
        carrier_log_f0_spread=0.1,
        pause_frames=40.0,
        transcribed=False,
        seed=seed,
    )
    nothing = np.zeros(1, np.float32)
    statistics = Statistics(*(nothing,) * 9, shifts=np.zeros((1, ORDER), np.float32))
    frames = np.concatenate([[0], np.cumsum([world.frames for world in worlds])])
    material = Material(
        world=World(*(np.concatenate(parts) for parts in zip(*worlds, strict=True))),
        segments=np.zeros((0, 5), np.int64),
        oddity=np.zeros((0, 2), np.float32),
        samples=np.concatenate(sounds),
        first_frames=frames[:-1],
        first_samples=np.cumsum([0, *(len(sound) for sound in sounds)])[:-1],
    )
    return Reader(facts, {}, statistics, material)


def levelled(samples: Mono) -> Mono:
    """A recording at the one level that all are learnt at."""
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    level: Mono = (samples * np.float32(_LEVEL / max(rms, 1e-5))).astype(np.float32)
    return level


def carried(spoken: espeak.Spoken) -> Carrier:
    """The carrier of a text as the network wants it."""
    import pyworld
    from scipy.ndimage import gaussian_filter1d

    frames = frame_count(len(spoken.samples), spoken.rate_hz)
    found, _ = pyworld.dio(
        np.ascontiguousarray(spoken.samples, np.float64),
        spoken.rate_hz,
        f0_floor=60.0,
        f0_ceil=400.0,
        frame_period=HOP_S * 1000,
        speed=_COARSE,
    )
    f0 = np.pad(found, (0, max(0, frames - len(found))))[:frames].astype(np.float32)
    line, voiced = log_f0(f0)
    cepstra = compared(spoken.samples, spoken.rate_hz, frames)
    return Carrier(cepstra, gaussian_filter1d(line, _SMOOTH), voiced.astype(np.float32), segments_of(spoken))


def _part(report: Report, first: float, last: float) -> Report:
    return lambda fraction, stage: report(first + (last - first) * fraction, stage)


def _active_s(samples: Mono, rate_hz: int) -> float:
    """How long a recording is loud enough to be speech."""
    hop = rate_hz // 100
    frames = samples[: len(samples) // hop * hop].reshape(-1, hop)
    level = np.sqrt((frames**2).mean(1))
    return float((level > _QUIET * level.max(initial=0.0)).sum() / 100)


def _pace(sounds: Sequence[Mono], rate_hz: int, texts: Sequence[str], language: str) -> int:
    """The reader's words a minute as eSpeak counts them."""
    theirs = sum(_active_s(sound, rate_hz) for sound in sounds)
    ours = 0.0
    for text in texts:
        spoken = espeak.render(text, voice=language, words_per_minute=_USUAL_WPM)
        ours += _active_s(spoken.samples, spoken.rate_hz)
    return int(np.clip(_USUAL_WPM * ours / max(theirs, 0.3), 90, 300))


def _fitted(
    sounds: Sequence[Mono],
    rate_hz: int,
    worlds: Sequence[World],
    carriers: Sequence[Carrier],
    aligned: Sequence[Aligned],
    spoken: Sequence[espeak.Spoken],
    chosen: tuple[str, str, int, int],
    report: Report,
) -> Reader:
    from scipy.ndimage import gaussian_filter1d

    language, voice, pace, seed = chosen
    phones = tuple(sorted({segment.phone for found in aligned for segment in found.segments} | {SILENCE}))
    index = {phone: i for i, phone in enumerate(phones)}
    logs = np.concatenate([np.log(world.f0_hz[world.f0_hz > 0]) for world in worlds])
    middle = float(np.median(logs)) if len(logs) else float(np.log(150.0))
    spread = float(np.std(logs[np.abs(logs - middle) < 0.6])) if len(logs) else 0.2
    carrier_logs = np.concatenate([carrier.log_f0[carrier.voiced > 0.5] for carrier in carriers])
    carrier_middle, carrier_spread = float(carrier_logs.mean()), float(carrier_logs.std()) + 1e-6
    inputs: list[Matrix] = []
    outputs: list[Matrix] = []
    for world, carrier, found in zip(worlds, carriers, aligned, strict=True):
        rows, _ = of_frames(carrier, of_phones(carrier.segments, index), found.stops - found.starts)
        line, voiced = log_f0(world.f0_hz)
        tune = (gaussian_filter1d(line, 2.0) - middle) / spread
        wanted = np.hstack([world.envelope, world.aperiodicity, voiced[:, None], tune[:, None]])
        inputs.append(rows)
        outputs.append(wanted[int(found.starts[0]) :][: len(rows)].astype(np.float32))
    everything = np.vstack(outputs)
    mean, deviation = everything.mean(0), everything.std(0) + np.float32(1e-6)
    importance = np.ones(everything.shape[1], np.float32)
    importance[:ORDER] = [2.0, *np.linspace(1.5, 0.6, ORDER - 1)]
    length_s = len(everything) * HOP_S
    weights = network.learn(
        inputs,
        [(part - mean) / deviation for part in outputs],
        importance,
        steps=_STEPS if length_s > _LITTLE_S else _FEW_STEPS if length_s > _SCRAP_S else _FEWEST_STEPS,
        seed=seed,
        report=_part(report, 0.0, 0.95),
    )
    report(0.95, "Learning the voice")
    predicted = [network.predict(weights, rows) * deviation + mean for rows in inputs]
    guesses = np.vstack(predicted)
    loud = everything[:, 0] > np.percentile(everything[:, 0], 25)
    gain = np.clip(everything[loud].std(0) / guesses[loud].std(0), 1, 1.8)
    moved = _moving(spoken, carriers, aligned, worlds, rate_hz, index)
    pauses = np.concatenate(
        [
            (found.stops - found.starts)[1:-1][[segment.is_silence for segment in found.segments[1:-1]]]
            for found in aligned
        ]
    )
    pauses = pauses[pauses > 10]
    facts = Facts(
        form=FORM,
        rate_hz=rate_hz,
        length_s=sum(len(sound) for sound in sounds) / rate_hz,
        language=language,
        carrier=voice,
        words_per_minute=pace,
        phones=phones,
        log_f0=middle,
        log_f0_spread=spread,
        carrier_log_f0=carrier_middle,
        carrier_log_f0_spread=carrier_spread,
        pause_frames=float(np.median(pauses)) if len(pauses) else 40.0,
        transcribed=True,
        seed=seed,
    )
    statistics = Statistics(
        mean=mean,
        spread=deviation,
        centre=guesses[loud].mean(0).astype(np.float32),
        gain=gain.astype(np.float32),
        durations=_durations(carriers, aligned, index),
        **moved,
    )
    return Reader(facts, weights, statistics, _material(sounds, rate_hz, worlds, aligned, predicted, index))


def _durations(carriers: Sequence[Carrier], aligned: Sequence[Aligned], index: dict[str, int]) -> Row:
    """Weights from a phone's row to the logarithm of how many frames the reader takes for it."""
    rows, wanted = [], []
    for carrier, found in zip(carriers, aligned, strict=True):
        sounding = np.array([not segment.is_silence for segment in carrier.segments])
        rows.append(of_phones(carrier.segments, index)[sounding])
        wanted.append(np.log(np.maximum(found.stops - found.starts, 2)[sounding]))
    solved: Row = ridge(np.vstack(rows), np.concatenate(wanted)[:, None].astype(np.float32), _DURATION_RIDGE)[:, 0]
    return solved


def _moving(
    spoken: Sequence[espeak.Spoken],
    carriers: Sequence[Carrier],
    aligned: Sequence[Aligned],
    worlds: Sequence[World],
    rate_hz: int,
    index: dict[str, int],
) -> dict[str, NDArray[np.float32]]:
    """By what the carrier's envelopes are moved onto the reader's."""
    theirs = [
        analysed(resampled(one.samples, one.rate_hz, rate_hz), rate_hz, aperiodic=False).envelope for one in spoken
    ]
    carrier_rows, reader_rows = _sounding(theirs), _sounding([world.envelope for world in worlds])
    found = {
        "carrier_mean": carrier_rows.mean(0),
        "carrier_spread": carrier_rows.std(0),
        "reader_mean": reader_rows.mean(0),
        "reader_spread": reader_rows.std(0),
    }
    total, count = np.zeros((len(index), ORDER)), np.zeros(len(index))
    for rows, carrier, place, world in zip(theirs, carriers, aligned, worlds, strict=True):
        at = moved_to(rows, **found)
        for segment, start, stop in zip(carrier.segments, place.starts, place.stops, strict=True):
            ours = at[int(segment.start) : max(int(segment.stop), int(segment.start) + 1)]
            if segment.is_silence or not len(ours):
                continue
            number, frames = index[segment.phone], stop - start
            total[number] += (world.envelope[start:stop].mean(0) - ours.mean(0)) * frames
            count[number] += frames
    shifts = (total / (count + _SHIFT_BELIEF)[:, None]).astype(np.float32)
    return {**{name: rows.astype(np.float32) for name, rows in found.items()}, "shifts": shifts}


def moved_to(
    rows: Matrix,
    carrier_mean: Row,
    carrier_spread: Row,
    reader_mean: Row,
    reader_spread: Row,
) -> Matrix:
    """Envelopes of one voice with the mean and the spread of another."""
    gain = np.clip(reader_spread / np.maximum(carrier_spread, np.float32(1e-6)), 0.5, 1.6).astype(np.float32)
    moved: Matrix = (rows - carrier_mean) * gain + reader_mean
    return moved


def _sounding(envelopes: Sequence[Matrix]) -> Matrix:
    rows = np.vstack(envelopes)
    return rows[rows[:, 0] > np.percentile(rows[:, 0], 25)]


def _material(
    sounds: Sequence[Mono],
    rate_hz: int,
    worlds: Sequence[World],
    aligned: Sequence[Aligned],
    predicted: Sequence[Matrix],
    index: dict[str, int],
) -> Material:
    frames = np.concatenate([[0], np.cumsum([world.frames for world in worlds])])
    lengths = np.concatenate([[0], np.cumsum([len(sound) for sound in sounds])])
    deviation = np.vstack([world.envelope for world in worlds]).std(0)[:CEPSTRA] + np.float32(1e-6)
    segments, oddity = [], []
    for number, (world, found, guess) in enumerate(zip(worlds, aligned, predicted, strict=True)):
        first = int(found.starts[0])
        length = min(len(guess), world.frames - first)
        apart = ((world.envelope[first : first + length, :CEPSTRA] - guess[:length, :CEPSTRA]) / deviation) ** 2
        for segment, start, stop in zip(found.segments, found.starts, found.stops, strict=True):
            segments.append(
                (index[segment.phone], segment.stress, frames[number] + start, frames[number] + stop, number)
            )
            middle = (start + stop) // 2
            oddity.append([_mean(apart[start - first : middle - first]), _mean(apart[middle - first : stop - first])])
    return Material(
        world=World(*(np.concatenate(parts) for parts in zip(*worlds, strict=True))),
        segments=np.array(segments, np.int64),
        oddity=np.array(oddity, np.float32),
        samples=np.concatenate(sounds),
        first_frames=frames[:-1],
        first_samples=lengths[:-1],
    )


def _mean(rows: Matrix) -> float:
    return float(rows.mean()) if rows.size else 1.0
