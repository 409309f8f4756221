"""What a pass made becomes media: named by its content, with its peaks, in the project's folder."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

from studio import __version__, paths
from studio.audio.peaks import PeakBuilder
from studio.audio.stretch import Stretch
from studio.audio.trouble import told
from studio.engines import registry
from studio.engines.base import Chunked, Report
from studio.errors import StudioError
from studio.media import measured
from studio.media.disk import Disk
from studio.model.project import Lineage, Media, MediaId
from studio.protocol.jobs import Denoise, Separate, Spent
from studio.protocol.voices import SingAgain
from studio.workers import device
from studio.workers.memory_use import forget_peak, peak_bytes

PREFIX: Final = "making-"
"""How the folders begin in which a project keeps what was begun and is not finished."""

_KEPT_S: Final = 14 * 24 * 3600.0
_FORM: Final = 2  # of what lies in a work folder


def stretch_of(job: Separate | Denoise | SingAgain, title: str) -> Stretch:
    """The sound that a job is about; a `StudioError` where there is none."""
    sound = Stretch(Path(job.project_dir) / job.media.file, job.start, job.length)
    if not sound.is_inside:
        raise StudioError(
            "stretch.range",
            title,
            cause="The selection reaches beyond the sound, or holds none.",
            remedy="Select a part of the clip and try again.",
        )
    if sound.channels > 2:
        raise StudioError(
            "stretch.channels",
            title,
            cause=f"The sound has {sound.channels} channels; engines take one or two.",
            remedy="Export it as stereo, import that, and try again.",
        )
    return sound


@contextmanager
def work_folder(job: Separate | Denoise, engines: Sequence[Chunked], title: str) -> Iterator[Path]:
    """The folder in which a job is done: the same for the same request. It goes when all is well, and else stays."""
    media = Path(job.project_dir) / "media"
    with told(title, media):
        media.mkdir(parents=True, exist_ok=True)
        _remove_forgotten(media)
        folder = media / f"{PREFIX}{request_name(job, engines)}"
        folder.mkdir(exist_ok=True)
        os.utime(folder)
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


def request_name(job: Separate | Denoise, engines: Sequence[Chunked]) -> str:
    """What tells a request from any other, but not from itself asked again."""
    asked = msgspec.to_builtins(job)
    asked["media"] = (job.media.id, job.media.rate_hz, job.media.channels, job.media.length)
    for known_elsewhere in ("job", "project_dir"):
        del asked[known_elsewhere]
    settings = [job.settings, *(step.settings for step in getattr(job, "chain", ()))][-len(engines) :]
    made_by = [
        (engine.info.id, registry.installed_version(engine.info), engine.model_hash(chosen))
        for engine, chosen in zip(engines, settings, strict=True)
    ]
    what = msgspec.json.encode([_FORM, __version__, type(job).__name__, asked, made_by], order="deterministic")
    return blake2b(what, digest_size=8).hexdigest()


def _remove_forgotten(media: Path) -> None:
    """Remove what was begun and not gone on with for two weeks."""
    for folder in media.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)


def adopt(made: Path, project_dir: Path, name: str, lineage: Lineage, report: Report) -> Media:
    """Make a medium of a finished WAV. The file keeps its old name beside the new one, so that this can be repeated."""
    sound = Stretch(made)
    digest, peaks = hashlib.blake2b(), PeakBuilder(sound.channels)
    for first, last in sound.blocks():
        report(first / sound.length, "Drawing the waveform")
        frames = sound.read(first, last)
        digest.update(frames.data)
        peaks.add(frames)
    digest.update(f"{sound.rate_hz}/{sound.channels}".encode())
    medium = MediaId("m" + digest.hexdigest()[:20])
    target = project_dir / "media" / f"{medium}.wav"
    _put(made, target)
    peaks.write(paths.peaks() / f"{medium}.peaks", sound.rate_hz)
    return Media(
        id=medium,
        name=name,
        file=f"media/{medium}.wav",
        rate_hz=sound.rate_hz,
        channels=sound.channels,
        length=sound.length,
        original_rate_hz=sound.rate_hz,
        lineage=lineage,
    )


def _put(made: Path, target: Path) -> None:
    if target.is_file() and target.stat().st_size == made.stat().st_size:
        return
    part = target.with_name(f"import-{os.getpid()}-{target.stem}.part")
    part.unlink(missing_ok=True)
    try:
        os.link(made, part)
    except OSError:  # a disk that knows no second names
        shutil.copyfile(made, part)
    part.replace(target)
    Disk().sync_folder(target.parent)


class Bill:
    """Counts what a job costs, from now on."""

    def __init__(self) -> None:
        forget_peak()
        self._wall_s, self._cpu_s = time.monotonic(), time.process_time()

    def spent(self, resumed: float = 0.0) -> Spent:
        """What it has cost so far."""
        return Spent(
            wall_s=time.monotonic() - self._wall_s,
            cpu_s=time.process_time() - self._cpu_s,
            memory_bytes=peak_bytes(),
            resumed=resumed,
        )

    def remember(self, engine: str, parts: int, sound: Stretch, resumed: float) -> None:
        """Keep it for the estimate before the next such job."""
        length_s = (1 - resumed) * sound.length / sound.rate_hz
        cost = self.spent()
        name = measured.key(engine, parts, device.choose().name)
        measured.note(name, length_s, cost.wall_s, cost.cpu_s, cost.memory_bytes)
