"""The jobs that measure a voice: its notes, as figures and as files of other programs, and its quality."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono, Report
from studio.engines.grid import RATE_HZ
from studio.errors import StudioError
from studio.media.curve import covers, read_pieces
from studio.media.interchange import figures, kinds, measured, writing
from studio.media.interchange.measured import MeasuredSound
from studio.media.interchange.writing import Sung, WritingSettings
from studio.media.wav import MappedWav
from studio.model.intonation import Intonation, Just, Reference, Tempered
from studio.model.measures import measure_notes, summarise
from studio.model.pitch import PitchCurve
from studio.model.project import Media
from studio.model.range_profile import range_profile, voice_field
from studio.protocol.measures import MeasureVoice, SungSound, VoiceMeasured
from studio.workers.pitch import given_notes, mono_at_16k
from studio.workers.runtime import Context

_PREPARING: Final = 0.1
_TRACKING: Final = 0.4
_LEVEL_SAMPLES: Final = 400


def measure_voice(job: MeasureVoice, context: Context, report: Report) -> VoiceMeasured:
    """Measure the notes of every sound, then write every file."""
    del context
    folder = Path(job.project_dir) / "media"
    folder.mkdir(exist_ok=True)
    share = 0.95 / max(1, len(job.sounds))
    sung = []
    for number, sound in enumerate(job.sounds):
        sung.append(_measured(job, sound, folder, _share(report, number * share, share)))
    report(0.95, "Writing files")
    files = _write(job, sung)
    file = _keep(job, sung) if job.figures else ""
    return VoiceMeasured(job=job.job, figures=file, files=files, notes=sum(len(one.notes) for one in sung))


def _keep(job: MeasureVoice, sung: list[Sung]) -> str:
    found = [
        MeasuredSound(
            name=one.name,
            length_s=one.length_s,
            notes=one.measures,
            summary=one.summary,
            profile=one.profile,
            field=one.field,
        )
        for one in sung
    ]
    file = f"media/{job.job}.figures.msgpack"
    _write_whole(Path(job.project_dir) / file, measured.encode(found))
    return file


def _share(report: Report, begun: float, share: float) -> Report:
    return lambda part, stage: report(begun + share * part, stage)


def stretch_at_16k(project_dir: str, media: Media, start: int, length: int, folder: Path, report: Report) -> Mono:
    """The mean of the channels of a stretch that has to lie inside its medium."""
    wav = MappedWav.open(Path(project_dir) / media.file)
    if start < 0 or length <= 0 or start + length > wav.length:
        raise StudioError(
            "measures.range",
            "The voice could not be measured.",
            cause="The selection reaches beyond the sound, or holds none.",
            remedy="Select a part of the clip and try again.",
        )
    return mono_at_16k(wav, start, length, folder, report)


def _measured(job: MeasureVoice, sound: SungSound, folder: Path, report: Report) -> Sung:
    from studio.engines.melody.notes import measure_along, measure_given

    samples = stretch_at_16k(
        job.project_dir,
        sound.media,
        sound.start,
        sound.length,
        folder,
        lambda part, stage: report(_PREPARING * part, stage),
    )
    curve = _curve(job, sound, samples, lambda part, stage: report(_PREPARING + _TRACKING * part, stage))

    def onward(part: float, stage: str) -> None:
        report(max(0.5, part), stage)

    if sound.notes is None:
        notes = tuple(measure_along(samples, RATE_HZ, curve, report=onward))
    else:
        given = given_notes(sound.notes, sound.start, sound.media.rate_hz, job.against.a4_hz)
        notes = tuple(measure_given(samples, RATE_HZ, curve, given, report=onward))
    measures = measure_notes(notes, curve, _scale(job, folder, report))
    return Sung(
        name=sound.name,
        rate_hz=sound.media.rate_hz,
        length_s=sound.length / sound.media.rate_hz,
        curve=curve,
        notes=notes,
        measures=measures,
        summary=summarise(measures),
        profile=range_profile(curve, job.against.a4_hz),
        field=voice_field(curve, _levels_db(samples, len(curve.hz)), job.against.a4_hz),
        markers=sound.markers,
    )


def _curve(job: MeasureVoice, sound: SungSound, samples: Mono, report: Report) -> PitchCurve:
    from studio.engines.melody.tracker import Melisma

    if sound.melody:
        return _known(job.project_dir, sound)
    return Melisma().track(samples, RATE_HZ, low_hz=job.low_hz, high_hz=job.high_hz, report=report)


def _levels_db(samples: Mono, frames: int) -> NDArray[np.float32]:
    """The level of 25 ms around each frame, in dBFS."""
    power = np.concatenate(([0.0], np.cumsum(np.square(samples, dtype=np.float64))))
    centre = np.arange(frames) * (RATE_HZ // FRAMES_PER_S)
    first, last = (np.clip(centre + reach, 0, len(samples)) for reach in (-_LEVEL_SAMPLES // 2, _LEVEL_SAMPLES // 2))
    mean = (power[last] - power[first]) / np.maximum(last - first, 1)
    levels: NDArray[np.float32] = (10 * np.log10(np.maximum(mean, 1e-12))).astype(np.float32)
    return levels


def _known(project_dir: str, sound: SungSound) -> PitchCurve:
    """The melody that lies over the stretch, a frame each 5 ms from its beginning."""
    if not covers(sound.melody, sound.start, sound.start + sound.length, FRAMES_PER_S):
        raise ValueError(f"the melody of {sound.name} does not cover the stretch")
    return read_pieces(Path(project_dir), sound.melody, sound.start, sound.length, sound.media.rate_hz, FRAMES_PER_S)


def _scale(job: MeasureVoice, folder: Path, report: Report) -> Intonation:
    against = job.against
    if job.reference is not None:
        samples = stretch_at_16k(
            job.project_dir, job.reference.media, job.reference.start, job.reference.length, folder, _quietly(report)
        )
        return Reference(_curve(job, job.reference, samples, _quietly(report)), against.a4_hz)
    if against.scale == "just":
        return Just(tonic=against.tonic, a4_hz=against.a4_hz)
    return Tempered(a4_hz=against.a4_hz)


def _quietly(report: Report) -> Report:
    """Let a job be called off while something is done whose progress does not count."""
    return lambda _part, stage: report(_PREPARING + _TRACKING, stage)


def _write(job: MeasureVoice, sung: list[Sung]) -> tuple[str, ...]:
    settings = WritingSettings(
        a4_hz=job.against.a4_hz,
        header=job.header,
        bend_semitones=job.bend_semitones,
        mpe=job.mpe,
        ceiling_hz=job.high_hz,
    )
    written = []
    for file in job.files:
        path = Path(file.path)
        kind = kinds.kind(file.kind).id
        _write_whole(path, writing.contents(kind, sung, settings))
        written.append(str(path))
        if kind == "csv":
            _write_whole(writing.guide_path(path), figures.guide_text().encode())
            written.append(str(writing.guide_path(path)))
    return tuple(written)


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StudioError(
            "measures.unwritable",
            f"{path.name} was not written.",
            cause=f"The system says of {path.parent}: {error.strerror or error}.",
            remedy="Choose another folder, or make room there.",
        ) from error
