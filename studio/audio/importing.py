"""Imports foreign sound: decode, bring to the project's rate, write as WAV named by its content, build its peaks.

Everything happens in one pass and in bounded memory. An import that was killed or called off goes on from where it
was, and ends with the same samples as one that was never interrupted: see `studio.audio.unfinished`.
"""

import hashlib
import logging
import math
import os
import shutil
import unicodedata
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

import numpy as np
import psutil
from msgspec.structs import replace

from studio import paths
from studio.audio.decode import Decoder
from studio.audio.foreign import first_sound, open_foreign
from studio.audio.mix import Mixer, alone, media_in
from studio.audio.peaks import PeakBuilder
from studio.audio.pictured import pictures_alone, pictures_of
from studio.audio.place import LostPlace
from studio.audio.resample import SteadyResampler
from studio.audio.trouble import disk_full, told
from studio.audio.unfinished import Unfinished, unfinished
from studio.errors import StudioError
from studio.media.begun import Wish
from studio.media.wav import Frames, WavWriter, read_layout
from studio.model.pictures import Pictures
from studio.model.project import Lineage, Media, MediaId, Project, TrackId

Report = Callable[[float, str], None]
"""Tells how far along we are, 0 to 1, and with what. Raises `Cancelled` when the person no longer wants the result."""

_BLOCK_FRAMES: Final = 1 << 16
_DEFAULT_HZ: Final = 48000
_SPARE_BYTES: Final = 64 << 20
_MOST_EXPANSION: Final = 600  # what says that it holds more than this many times its own size lies
_LONGEST_NAME: Final = 120
_FEW_FRAMES: Final = 997
_MUTE: Final = "This video has no sound, so a silent clip goes with its pictures."
_SHARE: Final = 0.99  # of the progress; the rest is giving the file its name
_CHANGED: Final = "The file has changed since its import was interrupted, so it was read anew from the beginning."

_log = logging.getLogger(__name__)


class Imported(NamedTuple):
    """A medium that is in the project's folder with its peaks in the cache, and what was wrong with its file.

    `note` is what else a person should know; `resumed` is how much of it an earlier import had made, 0 to 1.
    """

    media: Media
    warning: str
    resumed: float
    note: str


def import_media(
    path: Path,
    project_dir: Path,
    rate_hz: int,
    report: Report,
    *,
    any_rate: bool = False,
    may_be_mute: bool = False,
) -> Imported:
    """Import a sound file, or the sound of a video; `rate_hz` 0 keeps its rate where a project may have it.

    With `any_rate` it keeps every rate. With `may_be_mute` a video without sound comes with silence.
    """
    report(0.0, "Opening")
    title = f"{path.name} was not imported."
    mute = pictures_alone(path) if may_be_mute else None
    if mute is not None:
        return _import_mute(path, project_dir, rate_hz or _DEFAULT_HZ, mute, title, report)
    with ExitStack() as opened:
        begun = _begun(opened, path, project_dir, Wish(path=str(path), rate_hz=rate_hz, any_rate=any_rate), title)
        sound = _decoder(opened, path, begun, lambda: report(0.0, "Finding the place"))
        to_hz = rate_hz or (sound.rate_hz if any_rate or 44100 <= sound.rate_hz <= 96000 else _DEFAULT_HZ)
        state = begun.state
        there = state.frames if state else 0
        needed_bytes = ((sound.expected_s or 0.0) * to_hz - there) * sound.channels * 4
        if needed_bytes < path.stat().st_size * _MOST_EXPANSION:
            check_room(project_dir, needed_bytes, title)
        resampler = SteadyResampler(
            sound.rate_hz,
            to_hz,
            sound.channels,
            taken=state.place.frames if state else 0,
            waiting=begun.waiting() if state else None,
        )
        writer = opened.enter_context(
            MediaWriter(project_dir, to_hz, sound.channels, title=title, begun=begun.sound, frames=there)
        )
        writer.read_again(lambda: report(sound.fraction * _SHARE, "Reading what is there"))
        for block in sound.blocks():
            writer.write(resampler.feed(block))
            report(sound.fraction * _SHARE, "Importing")
            if begun.is_due and (place := sound.place) is not None:
                with told(title, project_dir):
                    writer.sync()
                    begun.keep(place, to_hz, writer.length, resampler.waiting)
        writer.write(resampler.feed(np.zeros((0, sound.channels), np.float32), last=True))
        if not writer.length:
            raise StudioError(
                "import-empty",
                f"{path.name} was not imported.",
                cause="There is not a single sample of sound in it.",
                remedy="Choose another file.",
            )
        pictures = pictures_of(path, sound.begins_s)
        media = writer.finish(name=_title(path), original=str(path), original_rate_hz=sound.rate_hz)
        begun.remove()
        media = replace(media, pictures=pictures)
        report(1.0, "Importing")
        warning = " ".join(filter(None, (_CHANGED if begun.changed else "", sound.damage)))
        found = state.place.frames / sound.rate_hz if state else 0.0
        return Imported(media, warning, found * to_hz / media.length, sound.mixed_down)


def _import_mute(path: Path, project_dir: Path, rate_hz: int, seen: Pictures, title: str, report: Report) -> Imported:
    """Silence for as long as a video without sound has something to see.

    It has a few samples more, by the file's name: media are known by their content, and two such videos are not one.
    """
    length = math.ceil(seen.length_s * rate_hz) + zlib.crc32(os.fsencode(path.name)) % _FEW_FRAMES
    check_room(project_dir, length * 4, title)
    with MediaWriter(project_dir, rate_hz, 1, title=title) as writer:
        while writer.length < length:
            writer.write(np.zeros((min(_BLOCK_FRAMES, length - writer.length), 1), np.float32))
            report(writer.length / length * _SHARE, "Importing")
        media = writer.finish(name=_title(path), original=str(path))
    report(1.0, "Importing")
    return Imported(replace(media, pictures=seen), "", 0.0, _MUTE)


def _begun(opened: ExitStack, path: Path, project_dir: Path, wish: Wish, title: str) -> Unfinished:
    """What an earlier import of the same file left, or a place for a new one."""
    with open_foreign(path) as container:  # which says why, where there is nothing to import
        first_sound(container, path)
    with told(title, project_dir):
        return opened.enter_context(unfinished(project_dir, wish))


def _decoder(opened: ExitStack, path: Path, begun: Unfinished, searching: Callable[[], None]) -> Decoder:
    """A decoder that goes on where the earlier one was; from the beginning where that cannot be done exactly."""
    if begun.state is not None:
        try:
            return opened.enter_context(Decoder(path, begun.state.place, searching))
        except (LostPlace, StudioError):
            _log.info("%s does not decode as it did: its import begins anew", path.name)
            begun.begin_anew()
    return opened.enter_context(Decoder(path))


def render_track(
    project: Project, project_dir: Path, track: str, start: int, stop: int, name: str, report: Report
) -> Media:
    """Mix the clips of one track between two timeline samples into one new medium, at the level of the clips.

    The gain and the pan of the track are left out: it adds them again when the new clip lies on it.
    """
    lane = project.track(TrackId(track))
    lane = lane.with_clips(tuple(clip for clip in lane.clips if clip.start < stop and clip.end > start))
    mixer = Mixer(alone(project.with_track(lane), lane.id), media_in(project_dir))
    if mixer.troubles:
        trouble = mixer.troubles[0]
        raise StudioError(trouble.code, "The clips were not joined.", cause=trouble.cause, remedy=trouble.remedy)
    channels = min(2, max((project.medium(clip.media).channels for clip in lane.clips), default=1))
    with MediaWriter(project_dir, project.rate_hz, channels, title="The clips were not joined.") as writer:
        for at in range(start, stop, _BLOCK_FRAMES):
            writer.write(mixer.render(at, min(_BLOCK_FRAMES, stop - at))[:, :channels])
            report((at - start) / (stop - start), "Joining")
        return writer.finish(name=name)


class MediaWriter:
    """Writes one new medium into a project, block by block; it is there only after `finish`."""

    def __init__(
        self,
        project_dir: Path,
        rate_hz: int,
        channels: int,
        *,
        title: str,
        begun: Path | None = None,
        frames: int = 0,
    ) -> None:
        """`title` begins the explanation should the disk fail: "song.mp3 was not imported.".

        Until it is finished the sound lies in the file `begun`, and stays there should it never be. Of what an
        earlier writer put there the first `frames` are kept: call `read_again` then.
        """
        self._folder = project_dir / "media"
        self._rate_hz = rate_hz
        self._channels = channels
        self._title = title
        self._hash = hashlib.blake2b()
        self._peaks = PeakBuilder(channels)
        with told(title, project_dir):
            self._folder.mkdir(parents=True, exist_ok=True)
            remove_leftovers(self._folder)
            self._stays = begun is not None
            self._part = begun or self._folder / f"import-{os.getpid()}-{id(self)}.part"
            if frames:
                self._wav = WavWriter.resume(self._part, rate_hz, channels, frames)
            else:
                self._part.unlink(missing_ok=True)
                self._wav = WavWriter(self._part, rate_hz, channels)

    def read_again(self, told: Callable[[], None]) -> None:
        """Have what an earlier writer wrote count for the name and the peaks too; `told` is called now and then."""
        for start in range(0, self.length, _BLOCK_FRAMES):
            told()
            self._account_for(self._wav.read(start, _BLOCK_FRAMES))

    def sync(self) -> None:
        """Return once everything written is on the disk itself."""
        self._wav.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wav.close()
        if not self._stays:
            self._part.unlink(missing_ok=True)

    @property
    def length(self) -> int:
        """Frames so far."""
        return self._wav.length

    def write(self, block: Frames) -> None:
        """Append frames, shape (n, channels)."""
        if not len(block):
            return
        self._account_for(block)
        with told(self._title, self._folder.parent):
            self._wav.write(block)

    def _account_for(self, block: Frames) -> None:
        self._hash.update(np.ascontiguousarray(block, "<f4").data)
        self._peaks.add(block)

    def finish(
        self, *, name: str, original: str = "", original_rate_hz: int = 0, lineage: Lineage | None = None
    ) -> Media:
        """Give the file its name and write its peaks; a medium that is there already is not written twice."""
        self._hash.update(f"{self._rate_hz}/{self._channels}".encode())
        media = Media(
            id=MediaId("m" + self._hash.hexdigest()[:20]),
            name=name,
            file=f"media/m{self._hash.hexdigest()[:20]}.wav",
            rate_hz=self._rate_hz,
            channels=self._channels,
            length=self.length,
            original=original,
            original_rate_hz=original_rate_hz or self._rate_hz,
            lineage=lineage,
        )
        with told("The picture of the sound was not made.", paths.peaks()):
            self._peaks.write(paths.peaks() / f"{media.id}.peaks", self._rate_hz)
        with told(self._title, self._folder.parent):  # last: once it has its name there is nothing to go on with
            target = self._folder / f"{media.id}.wav"
            if not _is_there(target, media):
                self._wav.sync()
                self._wav.close()
                self._part.replace(target)
                _sync_folder(self._folder)
        return media


def remove_leftovers(folder: Path) -> None:
    """Remove the `.part` files of imports whose process is gone."""
    for part in folder.glob("import-*.part"):
        owner = part.name.split("-")[1]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            part.unlink(missing_ok=True)


def _is_there(target: Path, media: Media) -> bool:
    try:
        layout = read_layout(target)
    except StudioError:
        return False
    return (layout.length, layout.channels, layout.rate_hz) == (media.length, media.channels, media.rate_hz)


def _sync_folder(folder: Path) -> None:
    """Put a rename itself on the disk, where the system can do that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_room(project_dir: Path, needed_bytes: float, title: str) -> None:
    """Raise the explanation of a full disk where so many bytes and some to spare do not fit beside a project."""
    folder = next((folder for folder in (project_dir, *project_dir.parents) if folder.exists()), project_dir)
    with told(title, project_dir):
        free = shutil.disk_usage(folder).free
    if needed_bytes + _SPARE_BYTES > free:
        raise disk_full(title, project_dir)


def _title(path: Path) -> str:
    """The file's name without its suffix, on one line and of a length that fits on the screen."""
    plain = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in path.stem)
    return " ".join(plain.split())[:_LONGEST_NAME] or "Sound"
