"""The mixer: the same sound however it is cut, and the sound that the project describes."""

import itertools
import math
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.audio.mix import Mixer, alone, audible, media_in, pan_gains
from studio.errors import StudioError
from studio.media.wav import MappedWav
from studio.model.project import Clip, ClipId, Fade, Media, MediaId, Project, Track, TrackId
from tests.helpers.sounds import counter, noise, write_medium

SOUNDS = {"mono": noise(400, 1, seed=1), "stereo": noise(300, 2, seed=2), "tiny": noise(3, 1, seed=3)}
MEDIA = tuple(
    Media(
        id=MediaId(name),
        name=name,
        file=f"media/{name}.wav",
        rate_hz=48000,
        channels=sound.shape[1],
        length=len(sound),
    )
    for name, sound in SOUNDS.items()
)


def in_memory(medium: Media) -> MappedWav:
    return MappedWav(SOUNDS[medium.id], medium.rate_hz)


fades = st.builds(Fade, length=st.integers(0, 200), shape=st.sampled_from(["linear", "equal_power", "smooth"]))


@st.composite
def clips(draw: st.DrawFn, id: str) -> Clip:
    medium = draw(st.sampled_from(MEDIA))
    source_start = draw(st.integers(0, medium.length - 1))
    return Clip(
        id=ClipId(id),
        media=medium.id,
        source_start=source_start,
        start=draw(st.integers(0, 600)),
        length=draw(st.integers(1, medium.length - source_start)),
        gain_db=draw(st.sampled_from([0.0, -6.0, 3.5])),
        fade_in=draw(fades),
        fade_out=draw(fades),
    )


@st.composite
def projects(draw: st.DrawFn) -> Project:
    tracks = tuple(
        Track(
            id=TrackId(f"t{number}"),
            name="",
            gain_db=draw(st.sampled_from([0.0, -3.0, -120.0])),
            pan=draw(st.sampled_from([0.0, -1.0, 1.0, 0.3])),
            muted=draw(st.booleans()) and draw(st.booleans()),
            soloed=draw(st.booleans()) and draw(st.booleans()),
        ).with_clips(tuple(draw(clips(f"{number}.{index}")) for index in range(draw(st.integers(0, 4)))))
        for number in range(draw(st.integers(0, 4)))
    )
    return Project(tracks=tracks, media=MEDIA)


@given(project=projects(), cuts=st.lists(st.integers(-50, 1100), max_size=12))
def test_however_the_timeline_is_cut_into_blocks_the_samples_are_the_same(project: Project, cuts: list[int]) -> None:
    edges = sorted({-50, 1100, *cuts})
    whole = Mixer(project, in_memory).render(-50, 1150)

    mixer = Mixer(project, in_memory)
    blocks = [mixer.render(start, stop - start) for start, stop in itertools.pairwise(edges)]

    assert np.concatenate(blocks).tobytes() == whole.tobytes()


@given(project=projects())
def test_the_mix_is_the_sum_that_the_project_describes(project: Project) -> None:
    expected = np.zeros((1100, 2))
    for track in audible(project):
        for clip in track.clips:
            stretch = SOUNDS[clip.media][clip.source_start : clip.source_end].astype(np.float64)
            gain = 10 ** ((track.gain_db + clip.gain_db) / 20) * np.array(pan_gains(track.pan))
            shaped = stretch * np.ones(2) * gain
            for index in range(clip.length):
                shaped[index] *= by_hand(clip.fade_in, index) * by_hand(clip.fade_out, clip.length - 1 - index)
            expected[clip.start : clip.end] += shaped

    assert np.allclose(Mixer(project, in_memory).render(0, 1100), expected, atol=2e-6)


def by_hand(fade: Fade, index: int) -> float:
    part = 1.0 if index >= fade.length else (index + 0.5) / fade.length
    curves = {"linear": part, "equal_power": math.sin(part * math.pi / 2), "smooth": part**2 * (3 - 2 * part)}
    return curves[fade.shape]


@given(project=projects())
def test_the_stems_of_the_tracks_add_up_to_the_mix(project: Project) -> None:
    stems = [Mixer(project, in_memory, tracks=[track.id]).render(0, 1100) for track in project.tracks]

    assert np.allclose(
        sum(stems, np.zeros((1100, 2), np.float32)), Mixer(project, in_memory).render(0, 1100), atol=1e-5
    )


def placed(medium: Media, start: int = 0, **more: object) -> Track:
    clip = Clip(id=ClipId("c"), media=medium.id, source_start=0, start=start, length=medium.length)
    track = Track(id=TrackId("t"), name="Vox", clips=(clip,))
    return replace(track, **more)


def test_an_untouched_sound_leaves_the_mixer_untouched(tmp_path: Path) -> None:
    medium = write_medium(tmp_path, "m", counter(1000, 2))
    project = Project(tracks=(placed(medium, start=100),), media=(medium,))

    mixed = Mixer(project, media_in(tmp_path)).render(0, 1200)

    assert np.array_equal(mixed[100:1100], counter(1000, 2))
    assert not mixed[:100].any()
    assert not mixed[1100:].any()


@pytest.mark.parametrize("pan", [-1, -0.7, -0.2, 0.0, 0.1, 0.5, 1])
def test_panning_keeps_the_power_and_the_middle_is_0_db(pan: float) -> None:
    left, right = pan_gains(pan)

    assert left**2 + right**2 == pytest.approx(2)
    assert (left > right) == (pan < 0)
    assert pan_gains(-pan) == pytest.approx((right, left))
    if pan == 0:
        assert (left, right) == (1, 1)


@pytest.mark.parametrize("only", ["muted", "other soloed"])
def test_what_is_muted_or_not_soloed_is_not_heard(tmp_path: Path, only: str) -> None:
    medium = write_medium(tmp_path, "m", noise(100))
    heard = placed(medium)
    silent = placed(medium, id=TrackId("silent"), muted=only == "muted")
    heard = replace(heard, soloed=only == "other soloed")
    project = Project(tracks=(silent, heard), media=(medium,))

    assert np.array_equal(Mixer(project, media_in(tmp_path)).render(0, 100), np.repeat(noise(100), 2, axis=1))


def test_missing_sound_is_silent_and_named_once(tmp_path: Path) -> None:
    here = write_medium(tmp_path, "here", noise(100))
    gone = replace(here, id=MediaId("gone"), name="Gone", file="media/gone.wav")
    project = Project(
        tracks=(placed(here), placed(gone, id=TrackId("u")), placed(gone, id=TrackId("v"))), media=(here, gone)
    )

    mixer = Mixer(project, media_in(tmp_path))

    assert np.array_equal(mixer.render(0, 100), np.repeat(noise(100), 2, axis=1))
    assert [trouble.code for trouble in mixer.troubles] == ["media-missing"]


def test_sound_at_another_rate_is_silent_and_said(tmp_path: Path) -> None:
    medium = write_medium(tmp_path, "m", noise(100), rate_hz=44100)
    project = Project(tracks=(placed(medium),), media=(medium,))

    mixer = Mixer(project, media_in(tmp_path))

    assert not mixer.render(0, 100).any()
    assert [trouble.code for trouble in mixer.troubles] == ["media-rate"]


def test_a_file_shorter_than_its_clip_ends_in_silence(tmp_path: Path) -> None:
    medium = replace(write_medium(tmp_path, "m", noise(100)), length=150)
    project = Project(tracks=(placed(medium),), media=(medium,))

    mixed = Mixer(project, media_in(tmp_path)).render(0, 150)

    assert np.array_equal(mixed[:100, 0], noise(100)[:, 0])
    assert not mixed[100:].any()


def test_a_track_alone_is_as_if_laid_out_afresh(tmp_path: Path) -> None:
    medium = write_medium(tmp_path, "m", noise(100))
    track = placed(medium, gain_db=-20.0, pan=0.8, muted=True)
    project = Project(tracks=(track, placed(medium, id=TrackId("loud"), soloed=True)), media=(medium,))

    mixed = Mixer(alone(project, track.id), media_in(tmp_path)).render(0, 100)

    assert np.array_equal(mixed, np.repeat(noise(100), 2, axis=1))


def refuses(medium: Media) -> MappedWav:
    raise StudioError("media-missing", "gone", cause="", remedy="")


def test_a_mixer_of_nothing_is_silent() -> None:
    silence = Mixer(Project(), refuses).render(0, 64)

    assert silence.shape == (64, 2)
    assert not silence.any()


@pytest.mark.benchmark_suite
def test_eight_stereo_tracks_mix_fifty_times_faster_than_they_play(tmp_path: Path) -> None:
    seconds = 60
    media = [write_medium(tmp_path, f"m{n}", noise(48000 * seconds, 2, seed=n)) for n in range(8)]
    tracks = tuple(
        placed(medium, id=TrackId(medium.id), gain_db=-6.0, pan=0.2 if number % 2 else 0.0)
        for number, medium in enumerate(media)
    )
    mixer = Mixer(Project(tracks=tracks, media=tuple(media)), media_in(tmp_path))

    begin = time.process_time()
    for start in range(0, mixer.length, 512):
        mixer.render(start, 512)
    speed = seconds / (time.process_time() - begin)

    assert speed > 50, f"{speed:.0f} x real time"
