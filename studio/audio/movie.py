"""A video with the project's sound: its pictures are copied packet by packet, never encoded again.

The pictures of one video are copied as they lie in its file; so the copy begins at a key frame, and the project may
have cut the video's ends, but not moved its parts against each other.
"""

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from studio.audio.foreign import open_foreign
from studio.audio.loudness import LoudnessMeter, Measured
from studio.audio.mix import Mixer
from studio.audio.pictured import moving
from studio.audio.resample import Resampler
from studio.audio.trouble import told
from studio.errors import StudioError
from studio.media.wav import Frames
from studio.model.project import Project
from studio.model.video import Shot, shots

Report = Callable[[float, str], None]
"""Tells how far along we are, 0 to 1, and with what. Raises `Cancelled` when the person no longer wants the result."""

_BLOCK_S: Final = 0.5
_KBPS: Final = 192
_SAID_S: Final = 0.1


class SoundTrack(NamedTuple):
    """One sound of the new video, and what a player calls it; the comment of the first one is the video's."""

    title: str
    mixer: Mixer
    comment: str = ""


class Copied(NamedTuple):
    """The video that is in place, with how loud its first track is."""

    path: Path
    duration_s: float
    measured: Measured
    rate_hz: int
    note: str


class _Plan(NamedTuple):
    """What is copied: from which time in the file to which; `sample` of the timeline belongs to its start."""

    path: Path
    start_s: float
    stop_s: float
    sample: int


def write_movie(
    project: Project,
    tracks: tuple[SoundTrack, ...],
    path: Path,
    report: Report,
    *,
    start: int = 0,
    stop: int = 0,
    keep_sound: bool = False,
    kbps: int = 0,
) -> Copied:
    """Copy the pictures that a stretch of the project shows, and give them these sounds; `stop` 0 is the end.

    With `keep_sound` the sounds of the file stay beside the new ones.
    """
    title = f"{path.name} was not exported."
    source = _whole(shots(project), start, stop or project.length, project.rate_hz, title)
    if path.exists() and path.samefile(source.path):
        raise _same_file(title)
    part = path.with_name(f".melisma-export-{os.getpid()}{path.suffix}")
    report(0.0, "Exporting")
    with told(title, path.parent), open_foreign(source.path) as film:
        pictures = moving(film, source.path)
        plan = _from_key_frame(film, pictures, source, project.rate_hz)
        try:
            done = _copy(film, pictures, plan, tracks, part, path, report, keep_sound, kbps or _KBPS)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    earlier_s = source.start_s - plan.start_s
    note = ""
    if earlier_s > _SAID_S:
        note = f"It begins {earlier_s:.1f} s earlier, at a key frame: pictures can be copied only from there."
    if tracks[0].mixer.troubles:
        note = " ".join(filter(None, (note, tracks[0].mixer.troubles[0].sentence)))
    report(1.0, "Exporting")
    return done._replace(path=path, note=note)


def _whole(found: tuple[Shot, ...], start: int, stop: int, rate_hz: int, title: str) -> _Plan:
    """The one stretch of one file that is to be seen between two samples."""
    seen = [shot for shot in found if shot.start < stop and start < shot.stop]
    if not seen:
        raise StudioError(
            "export-no-pictures",
            title,
            cause="Nothing in what was chosen comes from a video.",
            remedy="Export the sound alone, or import a video.",
        )
    first = seen[0]

    def begins(shot: Shot) -> int:
        """Where on the timeline the file would begin."""
        return round(shot.start - shot.time_s * rate_hz)

    if any(shot.pictures.path != first.pictures.path or abs(begins(shot) - begins(first)) > 1 for shot in seen):
        raise StudioError(
            "export-pictures-moved",
            title,
            cause="The project shows several videos, or parts of one that were moved against each other.",
            remedy="Select a stretch with one uncut video, or undo the moves; pictures are copied, not made anew.",
        )
    begin, end = max(start, first.start), min(stop, seen[-1].stop)
    start_s = first.time_s + (begin - first.start) / rate_hz
    return _Plan(Path(first.pictures.path), start_s, start_s + (end - begin) / rate_hz, begin)


def _from_key_frame(film: InputContainer, pictures: VideoStream, plan: _Plan, rate_hz: int) -> _Plan:
    """The same from the key frame before; the file is left there."""
    tick = pictures.time_base or Fraction(1, 1000)
    film.seek(round(plan.start_s / tick), stream=pictures, backward=True)
    first = next((packet for packet in film.demux(pictures) if packet.pts is not None), None)
    film.seek(round(plan.start_s / tick), stream=pictures, backward=True)
    if first is None or first.pts is None:
        return plan
    key_s = min(float(first.pts * tick), plan.stop_s)
    return plan._replace(start_s=key_s, sample=plan.sample - round((plan.start_s - key_s) * rate_hz))


def _copy(
    film: InputContainer,
    pictures: VideoStream,
    plan: _Plan,
    tracks: tuple[SoundTrack, ...],
    part: Path,
    path: Path,
    report: Report,
    keep_sound: bool,
    kbps: int,
) -> Copied:
    kept: list[Stream] = [pictures, *(film.streams.audio if keep_sound else ())]
    with _opened(part, path) as out:
        try:
            targets = {stream.index: out.add_stream_from_template(stream) for stream in kept}
            sounds = [_Sound(out, track, plan, path.suffix, kbps) for track in tracks]
            if tracks[0].comment:
                out.metadata["comment"] = tracks[0].comment
            for number, track in enumerate(tracks):
                named = sounds[number].stream.metadata
                named["title"] = named["handler_name"] = track.title  # Matroska has the one, MP4 the other
            out.start_encoding()
        except (av.FFmpegError, ValueError) as error:
            raise _cannot_hold(path) from error
        length_s = max(plan.stop_s - plan.start_s, 1e-6)
        for packet, at_s in _packets(film, kept, plan):
            for sound in sounds:
                sound.write_until(at_s)
            packet.stream = targets[packet.stream.index]
            out.mux(packet)
            report(min(1.0, at_s / length_s), "Exporting")
        for sound in sounds:
            sound.finish()
    return Copied(part, length_s, sounds[0].meter.measured(), sounds[0].rate_hz, "")


def _packets(film: InputContainer, kept: list[Stream], plan: _Plan) -> "Iterator[tuple[Packet[Stream], float]]":
    """The packets of a stretch, their times counted from its start, and when each of them is due."""
    for packet in film.demux(kept):
        tick = packet.time_base
        if packet.dts is None or packet.pts is None or tick is None:
            continue
        shift = round(plan.start_s / tick)
        is_sound = isinstance(packet.stream, AudioStream)
        if packet.pts < shift:
            continue  # of before the key frame
        if (packet.pts if is_sound else packet.dts) * tick >= plan.stop_s:
            if not is_sound:
                return
            continue
        packet.pts -= shift
        packet.dts -= shift
        yield packet, float(packet.dts * tick)


class _Sound:
    """One track of new sound on its way into the file, encoded as far as the pictures are."""

    def __init__(self, out: OutputContainer, track: SoundTrack, plan: _Plan, suffix: str, kbps: int) -> None:
        opus = suffix == ".webm"
        mixer = self._mixer = track.mixer
        self.rate_hz = 48000 if opus or mixer.rate_hz > 48000 else mixer.rate_hz
        stream = out.add_stream("libopus" if opus else "aac", rate=self.rate_hz)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = "stereo"
        stream.codec_context.format = av.AudioFormat("flt" if opus else "fltp")
        stream.codec_context.bit_rate = kbps * 1000
        self.stream, self._out = stream, out
        self.meter = LoudnessMeter(self.rate_hz, 2)
        self._resampler = Resampler(mixer.rate_hz, self.rate_hz, 2)
        self._at = plan.sample
        self._begin, self._stop = plan.sample, plan.sample + round((plan.stop_s - plan.start_s) * mixer.rate_hz)
        self._rest: Frames = np.zeros((0, 2), np.float32)
        self._given = 0

    def write_until(self, at_s: float) -> None:
        """Have all sound that is due by then in the file."""
        due = min(self._stop, self._begin + round((at_s + _BLOCK_S) * self._mixer.rate_hz))
        if due - self._at >= _BLOCK_S * self._mixer.rate_hz:
            self._encode(self._resampler.feed(self._rendered(due)), whole=True)

    def finish(self) -> None:
        """Write the rest, and what the encoder holds."""
        if self._at < self._stop:
            self._encode(self._resampler.feed(self._rendered(self._stop)), whole=True)
        self._encode(self._resampler.feed(np.zeros((0, 2), np.float32), last=True), whole=False)
        self._out.mux(self.stream.encode(None))

    def _rendered(self, until: int) -> Frames:
        """The mix from where it was to here: before the timeline begins there is silence."""
        before = max(0, min(until, 0) - self._at)
        start = self._at + before
        sound = self._mixer.render(start, until - start) if until > start else np.zeros((0, 2), np.float32)
        self._at = until
        return np.concatenate((np.zeros((before, 2), np.float32), sound))

    def _encode(self, block: Frames, *, whole: bool) -> None:
        self.meter.add(block)
        waiting = np.clip(np.concatenate((self._rest, block)), -1.0, 1.0)
        step = self.stream.codec_context.frame_size or 1024
        stop = len(waiting) // step * step if whole else len(waiting)
        planar = self.stream.codec_context.format.is_planar
        for at in range(0, stop, step):
            piece = waiting[at : min(at + step, stop)]
            raw = np.ascontiguousarray(piece.T if planar else piece.reshape(1, -1))
            frame = AudioFrame.from_ndarray(raw, self.stream.codec_context.format.name, "stereo")
            frame.sample_rate, frame.time_base = self.rate_hz, Fraction(1, self.rate_hz)
            frame.pts = self._given
            self._given += len(piece)
            self._out.mux(self.stream.encode(frame))
        self._rest = waiting[stop:].copy()


def _opened(part: Path, path: Path) -> OutputContainer:
    try:
        return av.open(
            f"file:{part}", "w", options={"movflags": "faststart"} if path.suffix in (".mp4", ".m4v") else {}
        )
    except ValueError as error:
        raise _cannot_hold(path) from error


def _cannot_hold(path: Path) -> StudioError:
    return StudioError(
        "export-container",
        f"{path.name} was not exported.",
        cause=f"A file of the kind {path.suffix or 'without a suffix'} cannot hold this video's content unchanged.",
        remedy="Choose the suffix that the video has, or .mkv, which holds anything.",
    )


def _same_file(title: str) -> StudioError:
    return StudioError(
        "export-same-file",
        title,
        cause="It is the very video that the project shows.",
        remedy="Choose another name: the original is never written to.",
    )
