"""The job that does to recordings what the sample doctor advised."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np

from studio.audio import sample_doctor
from studio.audio.sample_doctor import Span
from studio.audio.stretch import Stretch
from studio.engines import registry
from studio.engines.base import Mono, Report
from studio.engines.voice.frames import resampled
from studio.errors import StudioError
from studio.media.wav import WavWriter
from studio.model.voice import Treatment
from studio.protocol.examining import RecordingsTreated, TreatedRecording, TreatRecordings
from studio.workers import passes
from studio.workers.denoising import LOADING_S, cleaning
from studio.workers.heard import Heard, hear
from studio.workers.passes import Pass
from studio.workers.runtime import Context
from studio.workers.separation import taking_apart
from studio.workers.shares import share

_TITLE: Final = "The recordings stayed as they are."
_READING: Final = 0.2
_FADE_S: Final = 0.01
_STEMS: Final = 2
_LEAST_S: Final = 0.5


def treat(job: TreatRecordings, context: Context, report: Report) -> RecordingsTreated:
    """Clean recordings, or leave stretches out of them; the files that they come from are not touched."""
    count = len(job.paths)
    sounds = [
        hear(Path(path), _TITLE, share(report, i / count * _READING, _READING)) for i, path in enumerate(job.paths)
    ]
    told = []
    if job.treatment in ("denoise", "separate"):
        wanted = _pass(job)
        for number, (path, sound) in enumerate(zip(job.paths, sounds, strict=True)):
            begin, end = (_READING + (1 - _READING) * at / count for at in (number, number + 1))
            made = _cleaned(wanted, sound, Path(job.folder), context, share(report, begin, end))
            told.append(TreatedRecording(path=path, made=str(made)))
    else:
        left_out = _left_out(job.treatment, sounds)
        told = [
            _without(path, sound, spans, job.treatment != "trim", Path(job.folder))
            for path, sound, spans in zip(job.paths, sounds, left_out, strict=True)
        ]
        if all(one.is_empty for one in told):
            raise StudioError(
                "voice.nothing_left",
                _TITLE,
                cause="Nothing would be left of them.",
                remedy="Record again: some seconds are enough to begin with.",
            )
    report(1.0, "Done")
    return RecordingsTreated(job=job.job, treatment=job.treatment, recordings=tuple(told))


def _pass(job: TreatRecordings) -> Pass:
    """What takes the noise out, or the voice out of music: the first part is what is wanted."""
    if job.treatment == "denoise":
        return cleaning(registry.denoiser(job.engine), 1.0, {}, "cleaned")
    return taking_apart(registry.separator(job.engine), _STEMS, {})


def _cleaned(wanted: Pass, sound: Heard, folder: Path, context: Context, report: Report) -> Path:
    home = folder / uuid4().hex
    home.mkdir()
    source = _written(sound.samples, sound.rate_hz, home / "source.wav")
    done = passes.run(wanted, Stretch(source), home, report, loading=partial(context.expect_silence, LOADING_S))
    source.unlink()
    return done.paths[0]


def _left_out(treatment: Treatment, sounds: Sequence[Heard]) -> list[tuple[Span, ...]]:
    """What is to be left out of each recording, as the doctor saw it in all of them together."""
    if treatment == "trim":
        return [_ends(sound) for sound in sounds]
    if treatment == "leave_clipped":
        peak = max(float(np.abs(sound.samples).max(initial=0)) for sound in sounds)
        return [sample_doctor.clipped_spans(sound.samples, sound.rate_hz, peak) for sound in sounds]
    rate_hz = sounds[0].rate_hz
    joined = np.concatenate([resampled(sound.samples, sound.rate_hz, rate_hz) for sound in sounds])
    apart = sample_doctor.voices_apart(joined, rate_hz)
    if apart is None:
        return [()] * len(sounds)
    return [sample_doctor.spans_of_others(sound.samples, sound.rate_hz, apart) for sound in sounds]


def _ends(sound: Heard) -> tuple[Span, ...]:
    said = sample_doctor.spoken(sound.samples, sound.rate_hz)
    both = (Span(0, said.start), Span(said.stop, len(sound.samples)))
    return tuple(span for span in both if span.stop > span.start)


def _without(path: str, sound: Heard, spans: Sequence[Span], cuts: bool, folder: Path) -> TreatedRecording:
    if not spans:
        return TreatedRecording(path=path)
    bounds = [0, *(at for span in spans for at in span), len(sound.samples)]
    kept = [sound.samples[start:stop] for start, stop in zip(bounds[::2], bounds[1::2], strict=True) if stop > start]
    left_out_s = sum(span.stop - span.start for span in spans) / sound.rate_hz
    if sum(len(part) for part in kept) < _LEAST_S * sound.rate_hz:
        return TreatedRecording(path=path, left_out_s=left_out_s, is_empty=True)
    made = _written(_joined(kept, round(_FADE_S * sound.rate_hz)), sound.rate_hz, folder / f"{uuid4().hex}.wav")
    return TreatedRecording(path=path, made=str(made), left_out_s=left_out_s, cut=cuts)


def _joined(parts: Sequence[Mono], fade: int) -> Mono:
    """Parts one after the other, faded where they meet, so that no join clicks."""
    faded = []
    for number, part in enumerate(parts):
        whole = part.copy()
        ramp = np.linspace(0, 1, min(fade, len(whole)), dtype=np.float32)
        if number:
            whole[: len(ramp)] *= ramp
        if number + 1 < len(parts):
            whole[len(whole) - len(ramp) :] *= ramp[::-1]
        faded.append(whole)
    return np.concatenate(faded)


def _written(samples: Mono, rate_hz: int, path: Path) -> Path:
    with WavWriter(path, rate_hz, 1) as wav:
        wav.write(np.ascontiguousarray(samples[:, None]))
    return path
