"""The job that finds the melody of a medium."""

import tempfile
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from studio.engines import registry
from studio.engines.base import FRAMES_PER_S, EngineInfo, Mono, Report
from studio.engines.grid import RATE_HZ, blocks_at_16k
from studio.errors import StudioError
from studio.media.curve import covers, read_pieces, write_curve
from studio.media.wav import MappedWav
from studio.model.pitch import midi_to_hz
from studio.model.project import Lineage, Pitch, PitchId
from studio.model.sheet import SungNote
from studio.protocol.jobs import MeasureNotes, NotesMeasured, PitchTracked, TrackPitch
from studio.workers.runtime import Context

if TYPE_CHECKING:
    from studio.engines.melody import notes

_PREPARING: Final = 0.1
_NARROWEST: Final = 1.1


def track_pitch(job: TrackPitch, context: Context, report: Report) -> PitchTracked:
    """Track a stretch of a medium and write the curve into the project's media folder."""
    del context
    tracker = registry.pitch_tracker(job.engine)
    low_hz, high_hz = _range(job, tracker.info)
    project_dir = Path(job.project_dir)
    wav = MappedWav.open(project_dir / job.media.file)
    if job.start < 0 or job.length <= 0 or job.start + job.length > wav.length:
        raise StudioError(
            "pitch.range",
            "The pitch could not be found.",
            cause="The selection reaches beyond the sound, or holds none.",
            remedy="Select a part of the clip and try again.",
        )
    folder = project_dir / "media"
    folder.mkdir(exist_ok=True)
    sound = mono_at_16k(wav, job.start, job.length, folder, lambda part, stage: report(_PREPARING * part, stage))
    curve = tracker.track(
        sound,
        RATE_HZ,
        low_hz=low_hz,
        high_hz=high_hz,
        report=lambda part, stage: report(_PREPARING + (1 - _PREPARING) * part, stage),
    )
    pitch = _pitch(job, tracker.info, low_hz, high_hz)
    write_curve(project_dir / pitch.file, curve)
    voiced = curve.hz[~np.isnan(curve.hz)]
    return PitchTracked(
        job=job.job,
        pitch=pitch,
        voiced_fraction=len(voiced) / len(curve.hz),
        median_hz=float(np.median(voiced)) if len(voiced) else 0.0,
    )


def measure_notes(job: MeasureNotes, context: Context, report: Report) -> NotesMeasured:
    """Find the notes of a medium with their vibrato and write them into the project's media folder."""
    from studio.engines.melody import notes
    from studio.engines.melody.tracker import Melisma

    del context
    project_dir = Path(job.project_dir)
    wav = MappedWav.open(project_dir / job.media.file)
    folder = project_dir / "media"
    folder.mkdir(exist_ok=True)
    sound = mono_at_16k(wav, 0, wav.length, folder, lambda part, stage: report(_PREPARING * part, stage))

    def onward(part: float, stage: str) -> None:
        report(_PREPARING + (1 - _PREPARING) * part, stage)

    def halfway(part: float, stage: str) -> None:
        onward(0.5 * part, stage)

    if covers(job.melody, *_reach(job), FRAMES_PER_S):
        curve = read_pieces(project_dir, job.melody, 0, wav.length, wav.rate_hz, FRAMES_PER_S)
    else:
        curve = Melisma().track(sound, RATE_HZ, low_hz=job.low_hz, high_hz=job.high_hz, report=halfway)
    if job.notes is None:
        found = notes.measure_along(sound, RATE_HZ, curve, report=onward)
    else:
        given = given_notes(job.notes, 0, wav.rate_hz, job.a4_hz)
        found = notes.measure_given(sound, RATE_HZ, curve, given, report=onward)
    file = f"media/{job.media.id}.notes.json"
    part = project_dir / f"{file}.part"
    part.write_bytes(msgspec.json.encode(found))
    part.replace(project_dir / file)
    return NotesMeasured(job=job.job, file=file)


def given_notes(drawn: Sequence[SungNote], start: int, rate_hz: int, a4_hz: float) -> "list[notes.GivenNote]":
    """Notes of a sheet in seconds after a sample of their medium."""
    from studio.engines.melody.notes import GivenNote

    return [
        GivenNote(
            (note.start - start) / rate_hz,
            (note.stop - start) / rate_hz,
            None if note.midi is None else midi_to_hz(note.midi, a4_hz),
        )
        for note in drawn
    ]


def _reach(job: MeasureNotes) -> tuple[int, int]:
    """From where to where the melody has to be known."""
    if job.notes is None:
        return 0, job.media.length
    return min((note.start for note in job.notes), default=0), max((note.stop for note in job.notes), default=0)


def _range(job: TrackPitch, info: EngineInfo) -> tuple[float, float]:
    low_hz = max(job.low_hz, info.lowest_hz)
    high_hz = min(job.high_hz, info.highest_hz or job.high_hz)
    if not 0 < low_hz * _NARROWEST <= high_hz:
        raise StudioError(
            "pitch.limits",
            "The pitch could not be found.",
            cause=f"{job.low_hz:g} to {job.high_hz:g} Hz is no range in which {info.name} can look.",
            remedy=f"Choose limits between {info.lowest_hz:g} and {info.highest_hz:g} Hz, a tone or more apart.",
        )
    return low_hz, high_hz


def mono_at_16k(wav: MappedWav, start: int, length: int, folder: Path, report: Report) -> Mono:
    """The mean of the channels at the trackers' rate, in a file that is already deleted: memory stays small."""

    def read(first: int, last: int) -> Mono:
        mean: Mono = wav.frames[start + first : start + last].mean(axis=1, dtype=np.float32)
        return mean

    with tempfile.TemporaryFile(dir=folder, prefix=".pitch-") as file:
        for block in blocks_at_16k(read, length, wav.rate_hz, report):
            file.write(block.tobytes())
        file.flush()
        return np.memmap(file, np.float32, "r") if file.tell() else np.zeros(0, np.float32)


def _pitch(job: TrackPitch, info: EngineInfo, low_hz: float, high_hz: float) -> Pitch:
    lineage = Lineage(
        engine=info.id,
        engine_version=registry.installed_version(info),
        settings={"low_hz": low_hz, "high_hz": high_hz},
        made_from=(job.media.id,),
    )
    what = f"{job.media.id} {job.start} {job.length} {info.id} {lineage.engine_version} {low_hz} {high_hz}"
    name = f"p{blake2b(what.encode(), digest_size=8).hexdigest()}"
    return Pitch(
        id=PitchId(name),
        media=job.media.id,
        file=f"media/{name}.pitch.wav",
        start=job.start,
        length=job.length,
        frames_per_s=FRAMES_PER_S,
        lineage=lineage,
    )
