"""The job that sings a stretch of a medium again in a voice: of a song only its vocals, which are mixed again."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from studio import paths
from studio.audio.importing import check_room
from studio.audio.mark import Marker
from studio.audio.placed import Placing, mixed_down
from studio.audio.stretch import Stretch
from studio.audio.trouble import told
from studio.engines import registry
from studio.engines.base import Mono, Report
from studio.errors import StudioError
from studio.media.disk import Disk
from studio.media.wav import Frames, WavWriter
from studio.model.project import Lineage, Media
from studio.protocol.jobs import Separate, Separated
from studio.protocol.voices import SingAgain, SungAgain
from studio.workers.converting import Singer, singer
from studio.workers.finishing import PREFIX, Bill, adopt, request_name, stretch_of
from studio.workers.pieces import KeptPieces, work_name
from studio.workers.runtime import Context
from studio.workers.separation import separate
from studio.workers.shares import share
from studio.workers.voices import LOADING_S

_TITLE: Final = "The sound was not sung again."
_LONGEST_S: Final = 3600.0
_ALONE: Final = ("voice",)
_SONG: Final = ("vocals", "accompaniment")
_REMIX: Final = ("remix",)
_APART: Final = 0.6
_SUNG: Final = 0.9
_WRITTEN: Final = 0.95


class _Parts(Struct, frozen=True):
    """The voice that is sung again, what a song was taken apart into, and what to tell the person."""

    voice: Stretch
    apart: tuple[Media, ...] = ()
    notes: tuple[str, ...] = ()


def sing_again(job: SingAgain, context: Context, report: Report) -> SungAgain:
    """Sing a stretch again into new media: the voice, and of a song what accompanies it, or both as one."""
    into = singer(job.engine, job.voice)
    bill = Bill()
    sound = stretch_of(job, _TITLE)
    _check(job, sound)
    names = _ALONE if not job.separator else _REMIX if job.remix else _SONG
    project_dir = Path(job.project_dir)
    with _work_folder(job) as folder:
        apart = _APART if job.separator else 0.0
        settings = {**job.settings, "octaves": bool(job.separator)}
        parts = _taken_apart(job, context, sound, share(report, 0.0, apart))
        context.expect_silence(LOADING_S)
        opened = into.open(settings)
        mono = mixed_down(parts.voice)
        work = work_name(into.engine, into.learnt_hash, settings, mono, sound.rate_hz)
        pieces = KeptPieces(folder / "pieces", work)
        singing = share(report, apart, _SUNG)
        made = into.engine.convert(mono, sound.rate_hz, opened, settings=settings, report=singing, pieces=pieces)
        del mono
        beside = Stretch(project_dir / parts.apart[-1].file) if parts.apart and job.remix else None
        path = folder / "sung.wav"
        _write(path, made, parts.voice, beside, share(report, _SUNG, _WRITTEN))
        lineage = _lineage(job, into, names)
        finishing = share(report, _WRITTEN, 1.0)
        media = [adopt(path, project_dir, names[0], lineage, finishing)]
    if parts.apart and not job.remix:
        media.append(replace(parts.apart[-1], lineage=_lineage(job, into, names[::-1])))
    report(1.0, "Done")
    return SungAgain(
        job=job.job,
        media=tuple(media),
        apart=parts.apart,
        voice=into.voice.name,
        spent=bill.spent(pieces.resumed),
        notes=parts.notes,
    )


def _check(job: SingAgain, sound: Stretch) -> None:
    if sound.length > _LONGEST_S * sound.rate_hz:
        raise StudioError(
            "convert.long",
            _TITLE,
            cause=f"It is longer than {_LONGEST_S / 60:.0f} minutes.",
            remedy="Select a part of it, and have the parts sung again one by one.",
        )
    check_room(Path(job.project_dir), 4.0 * sound.length * (sound.channels + 1), _TITLE)


@contextmanager
def _work_folder(job: SingAgain) -> Iterator[Path]:
    """A folder for what is being written. It stays where the job did not end well, for the same job to go on with."""
    media = Path(job.project_dir) / "media"
    with told(_TITLE, media):
        folder = media / f"{PREFIX}sung-{_digest(msgspec.structs.replace(job, job=0, project_dir=''))}"
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _taken_apart(job: SingAgain, context: Context, sound: Stretch, report: Report) -> _Parts:
    """The voice and the rest of a song, as an earlier request for it left them or by taking it apart now."""
    if not job.separator:
        return _Parts(sound)
    wanted = Separate(
        job=job.job,
        media=job.media,
        project_dir=job.project_dir,
        start=job.start,
        length=job.length,
        engine=job.separator,
        stems=len(_SONG),
        settings=job.separator_settings,
    )
    engine = registry.separator(job.separator)
    name = _digest([request_name(wanted, (engine,)), str(Path(job.project_dir).resolve())])
    note = paths.cache() / "apart" / f"{name}.json"
    done = _noted(note, Path(job.project_dir))
    if done is None:
        done = separate(wanted, context, report)
        note.parent.mkdir(exist_ok=True)
        Disk().write_whole(note, msgspec.json.encode(done))
    return _Parts(Stretch(Path(job.project_dir) / done.stems[0].file), done.stems, done.notes)


def _noted(note: Path, project_dir: Path) -> Separated | None:
    """The stems that a note tells of, where all of them are still there."""
    try:
        done = msgspec.json.decode(note.read_bytes(), type=Separated)
        whole = all(Stretch(project_dir / stem.file).length == stem.length for stem in done.stems)
    except (OSError, msgspec.MsgspecError, StudioError):
        return None
    return done if whole and len(done.stems) == len(_SONG) else None


def _write(path: Path, made: Mono, voice: Stretch, beside: Stretch | None, report: Report) -> None:
    """Write the voice where its source was heard, marked, with what is to be heard beside it."""
    path.unlink(missing_ok=True)
    placing = Placing(voice)
    markers = [Marker(voice.rate_hz) for _ in range(voice.channels)]
    with WavWriter(path, voice.rate_hz, voice.channels) as wav:
        for first, last in voice.blocks():
            report(first / voice.length, "Mixing")
            frames = placing.placed(made[first:last], first)
            if beside is not None:
                frames += beside.read(first, last)
            wav.write(_beside([marker.feed(part) for marker, part in zip(markers, frames.T, strict=True)]))
        wav.write(_beside([marker.rest() for marker in markers]))


def _beside(channels: list[Mono]) -> Frames:
    return np.stack(channels, axis=1)


def _lineage(job: SingAgain, into: Singer, names: tuple[str, ...]) -> Lineage:
    """How the first of these parts came to be."""
    place: dict[str, str | float | int | bool | None] = {"start": job.start, "length": job.length}
    voice = {"voice": into.voice.id, "voice_name": into.voice.name}
    song = {"separator": job.separator} if job.separator else {}
    return Lineage(
        engine=job.engine,
        engine_version=registry.installed_version(into.engine.info),
        model_hash=into.learnt_hash,
        settings={**job.settings, **place, **song, **voice, "stem": names[0], "stems": len(names)},
        made_from=(job.media.id,),
    )


def _digest(what: object) -> str:
    return blake2b(msgspec.json.encode(what, order="deterministic"), digest_size=8).hexdigest()
