"""A video with other sound: every picture is the very packet of the original, and the sound lies where it belongs."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from studio.audio.importing import import_media
from studio.audio.mix import Mixer, media_in
from studio.audio.movie import Copied, SoundTrack, write_movie
from studio.errors import StudioError
from studio.media.wav import Frames
from studio.model.edits import AddMedia, AddTrack, ClipMove, DeleteRange, MoveClips, SplitRange
from studio.model.project import Clip, ClipId, Project, Track, TrackId
from studio.session import placing
from tests.helpers.sounds import buzz, noise, write_medium
from tests.helpers.videos import write_video

SECONDS = 6


def silent(fraction: float, stage: str) -> None:
    """Nobody listens."""


def clicks(*at_s: float) -> Frames:
    """Silence with short bursts of noise."""
    sound = np.zeros((48000 * SECONDS, 1), np.float32)
    for begin_s in at_s:
        sound[round(begin_s * 48000) : round(begin_s * 48000) + 480] = noise(480, gain=0.8)
    return sound


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "song.mp4", SECONDS, gop=25, sound=buzz(48000 * SECONDS))


@pytest.fixture
def project(tmp_path: Path, video: Path) -> Project:
    """The video on a track, muted, and a click at three seconds on another one."""
    media = import_media(video, tmp_path, 48000, silent).media
    made = placing.placed_import(Project(), media, None, 0).apply(Project())
    click = write_medium(tmp_path, "click", clicks(3.0))
    clip = Clip(id=ClipId("k"), media=click.id, source_start=0, start=0, length=click.length)
    track = Track(id=TrackId("click"), name="Clicks", clips=(clip,))
    return AddTrack(track=track).apply(AddMedia(media=click).apply(made))


def written(project: Project, folder: Path, name: str = "out.mp4", **settings: object) -> Copied:
    mixer = Mixer(project, media_in(folder), (TrackId("click"),))
    return write_movie(project, (SoundTrack("Mix", mixer),), folder / name, silent, **settings)  # type: ignore[arg-type]


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def heard(path: Path, number: int = 0) -> Frames:
    """A sound of a file as a player hears it: from time 0 on."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=number)]
    return np.concatenate(frames, axis=1).T.astype(np.float32)


def test_every_picture_is_copied_byte_for_byte_and_the_new_sound_lies_where_it_belongs(
    tmp_path: Path, video: Path, project: Project
) -> None:
    done = written(project, tmp_path)

    assert packets(done.path) == packets(video)
    assert done.duration_s == pytest.approx(SECONDS, abs=0.05)
    with av.open(str(done.path)) as container:
        assert [stream.metadata.get("handler_name") for stream in container.streams.audio] == ["Mix"]
        times = [frame.time for frame in container.decode(video=0)]
    assert times[0] == pytest.approx(0, abs=0.001)
    loud = np.flatnonzero(np.abs(heard(done.path)).max(axis=1) > 0.2)
    assert loud[0] / 48000 == pytest.approx(3.0, abs=0.02)


def test_matroska_names_every_track_and_keeps_what_was_heard_before(
    tmp_path: Path, video: Path, project: Project
) -> None:
    open_media = media_in(tmp_path)
    tracks = (SoundTrack("Mix", Mixer(project, open_media)), SoundTrack("Clicks", Mixer(project, open_media)))

    done = write_movie(project, tracks, tmp_path / "out.mkv", silent, keep_sound=True)

    assert packets(done.path)[:5] != []
    with av.open(str(done.path)) as container:
        names = [stream.metadata.get("title") for stream in container.streams.audio]
        lengths = [sum(frame.samples for frame in container.decode(audio=n)) for n in range(1)]
    assert sorted(filter(None, names)) == ["Clicks", "Mix"]
    assert len(names) == 3
    assert lengths[0] == pytest.approx(48000 * SECONDS, rel=0.02)


def test_a_stretch_begins_at_a_key_frame_and_says_so(tmp_path: Path, project: Project) -> None:
    done = written(project, tmp_path, start=round(2.5 * 48000), stop=5 * 48000)

    assert done.duration_s == pytest.approx(3.0, abs=0.05)
    assert "0.5 s earlier" in done.note
    loud = np.flatnonzero(np.abs(heard(done.path)).max(axis=1) > 0.2)
    assert loud[0] / 48000 == pytest.approx(1.0, abs=0.02)


def test_cutting_off_the_ends_keeps_the_sound_in_step(tmp_path: Path, project: Project) -> None:
    clip = next(project.clips)
    trimmed = DeleteRange(tracks=(project.track_of(clip.id).id,), start=0, stop=2 * 48000, ripple=False).apply(project)

    done = written(trimmed, tmp_path)

    assert done.duration_s == pytest.approx(4.0, abs=0.05)
    loud = np.flatnonzero(np.abs(heard(done.path)).max(axis=1) > 0.2)
    assert loud[0] / 48000 == pytest.approx(1.0, abs=0.02)


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(StudioError) as refusal:
        do()
    why = refusal.value.explanation
    assert why.cause
    assert why.remedy
    return why.code


def test_what_cannot_be_copied_is_refused_with_a_reason(tmp_path: Path, video: Path, project: Project) -> None:
    clip = next(project.clips)
    lane = project.track_of(clip.id).id
    halves = SplitRange(tracks=(lane,), start=2 * 48000, stop=2 * 48000).apply(project)
    later = sorted(halves.track(lane).clips, key=lambda one: one.start)[-1]
    assert later.start == 2 * 48000
    moved = MoveClips(moves=(ClipMove(clip=later.id, track=lane, start=4 * 48000),)).apply(halves)

    assert refused(lambda: written(moved, tmp_path)) == "export-pictures-moved"
    assert refused(lambda: written(Project(), tmp_path)) == "export-no-pictures"
    assert refused(lambda: written(project, tmp_path, "song.mp4")) == "export-same-file"
    assert refused(lambda: written(project, tmp_path, "out.webm")) == "export-container"
    assert not list(tmp_path.glob(".melisma-export*"))


def test_calling_off_leaves_nothing(tmp_path: Path, project: Project) -> None:
    def stop(fraction: float, stage: str) -> None:
        if fraction > 0.3:
            raise KeyboardInterrupt

    mixer = Mixer(project, media_in(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        write_movie(project, (SoundTrack("Mix", mixer),), tmp_path / "out.mp4", stop)
    assert not list(tmp_path.glob("*out*"))
    assert not list(tmp_path.glob(".melisma-export*"))
