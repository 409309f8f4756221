"""A stretch of a medium sung again in another voice, and a song whose vocals alone are: real engines, no network."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from studio.audio.mark import detect
from studio.engines import espeak
from studio.engines.voice.frames import analysed, resampled
from studio.errors import Cancelled, StudioError
from studio.media import voices
from studio.media.wav import Frames, MappedWav
from studio.model.project import Media
from studio.model.voice import Voice
from studio.protocol.common import JobId
from studio.protocol.voices import SingAgain, SungAgain
from studio.workers.runtime import Context
from studio.workers.singing_again import sing_again
from tests.helpers.people import learn_roughly
from tests.helpers.sounds import write_medium

RATE_HZ = 44100
SUNG = "The birch canoe slid on the smooth planks, and glue the sheet to the dark blue background."


@pytest.fixture
def otto(tmp_path: Path) -> Voice:
    return learn_roughly(tmp_path)


def spoken() -> Frames:
    """A woman's voice in the middle, at 44.1 kHz."""
    said = espeak.render(SUNG, voice="en-us+f3", pitch=60)
    mono = resampled(said.samples, said.rate_hz, RATE_HZ)
    return np.repeat(mono[:, None], 2, axis=1) * np.float32(0.6)


def band(length: int) -> Frames:
    """Something at the sides that is no voice."""
    time_s = np.arange(length) / RATE_HZ
    left, right = (sum(np.sin(2 * np.pi * hz * time_s) for hz in chord) for chord in ((220, 330), (277, 415)))
    return np.stack([0.06 * left, 0.06 * right], axis=1).astype(np.float32)


def wanted(media: Media, folder: Path, **wishes: object) -> SingAgain:
    asked = SingAgain(
        job=JobId(1),
        media=media,
        project_dir=str(folder),
        start=0,
        length=media.length,
        voice="Otto",
        engine="basic-convert",
    )
    return msgspec.structs.replace(asked, **wishes)


def quiet(fraction: float, stage: str) -> None:
    del fraction, stage


def run(job: SingAgain, report: Callable[[float, str], None] = quiet) -> SungAgain:
    return sing_again(job, Context(lambda _event: None), report)


def frames(folder: Path, media: Media) -> Frames:
    return np.array(MappedWav.open(folder / media.file).frames)


def middle_hz(sound: Frames) -> float:
    f0 = analysed(resampled(sound.mean(axis=1), RATE_HZ, 22050), 22050, aperiodic=False).f0_hz
    return float(np.median(f0[f0 > 0]))


def test_a_clip_is_sung_again_as_long_and_as_loud_at_its_place_and_marked(tmp_path: Path, otto: Voice) -> None:
    source = spoken()
    source[:, 1] *= 0.25  # the voice stands on the left
    media = write_medium(tmp_path, "clip", source, RATE_HZ)

    done = run(wanted(media, tmp_path, settings={"transpose": -5.0}))

    (voice,) = done.media
    made = frames(tmp_path, voice)
    assert made.shape == source.shape
    assert done.voice == "Otto"
    assert middle_hz(made) == pytest.approx(middle_hz(source) * 2 ** (-5 / 12), rel=0.04)
    level = np.sqrt((made**2).mean(axis=0) / (source**2).mean(axis=0))
    assert level == pytest.approx([1, 1], abs=0.25)
    assert detect(made.mean(axis=1), RATE_HZ).score > 3
    assert voice.lineage is not None
    assert voice.lineage.made_from == ("clip",)
    assert voice.lineage.settings["voice"] == otto.id
    assert voice.lineage.settings["transpose"] == -5.0
    assert voice.lineage.model_hash


def test_of_a_song_only_the_vocals_are_sung_again(tmp_path: Path, otto: Voice) -> None:
    song = spoken()
    song += band(len(song))
    media = write_medium(tmp_path, "song", song, RATE_HZ)
    stages: list[str] = []
    job = wanted(media, tmp_path, separator="builtin", settings={"transpose": -4.0})

    done = run(job, lambda _fraction, stage: stages.append(stage))

    vocals, rest = done.media
    assert [media.name for media in done.media] == [media.name for media in done.apart] == ["vocals", "accompaniment"]
    assert frames(tmp_path, done.apart[1]) == pytest.approx(frames(tmp_path, rest))
    assert len(set(stages)) > 3
    for part, stem in ((vocals, "vocals"), (rest, "accompaniment")):
        assert part.length == media.length
        assert part.lineage is not None
        assert (part.lineage.settings["stem"], part.lineage.settings["voice"]) == (stem, otto.id)
    assert middle_hz(frames(tmp_path, vocals)) == pytest.approx(middle_hz(spoken()) * 2 ** (-4 / 12), rel=0.06)
    assert not list((tmp_path / "media").glob("making-*"))

    again: list[str] = []
    remixed = run(msgspec.structs.replace(job, remix=True), lambda _fraction, stage: again.append(stage))
    (one,) = remixed.media
    both = frames(tmp_path, vocals) + frames(tmp_path, rest)
    apart = frames(tmp_path, one) - both
    assert np.sqrt((apart**2).mean()) < 0.2 * np.sqrt((both**2).mean())  # the mark is on all of it
    assert len(again) < len(stages)  # it was not taken apart again


def test_a_song_that_was_called_off_while_it_was_sung_is_not_taken_apart_again(tmp_path: Path, otto: Voice) -> None:
    song = spoken()[: 2 * RATE_HZ]
    media = write_medium(tmp_path, "song", song + band(len(song)), RATE_HZ)
    job = wanted(media, tmp_path, separator="builtin")

    def stop(_fraction: float, stage: str) -> None:
        if stage == "Converting":
            raise Cancelled

    with pytest.raises(Cancelled):
        run(job, stop)
    assert list((tmp_path / "media").glob("making-sung-*"))

    stages: list[str] = []
    done = run(job, lambda _fraction, stage: stages.append(stage))

    assert len(done.media) == 2
    assert "Taking apart" not in stages
    assert stages[0] == "Listening to the melody"
    assert not list((tmp_path / "media").glob("making-*"))


def test_called_off_at_any_stretch_it_goes_on_and_ends_with_the_same_samples(
    tmp_path: Path, otto: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.engines.voice.converting._CHUNK", 300)
    monkeypatch.setattr("studio.engines.voice.converting._SEARCH", 200)
    media = write_medium(tmp_path, "clip", spoken(), RATE_HZ)
    job = wanted(media, tmp_path)
    stages: list[str] = []
    whole = run(job, lambda _fraction, stage: stages.append(stage))
    stretches = stages.count("Converting")
    assert stretches > 3
    resumed = []
    for number in range(1, stretches + 1, 2):
        (tmp_path / whole.media[0].file).unlink()
        left = number

        def until_then(_fraction: float, stage: str) -> None:
            nonlocal left
            left -= stage == "Converting"
            if not left:
                raise Cancelled

        with pytest.raises(Cancelled):
            run(job, until_then)
        again = run(job)
        assert again.media[0].id == whole.media[0].id, number
        assert not list((tmp_path / "media").glob("making-*"))
        resumed.append(again.spent.resumed)
    assert resumed == sorted(resumed)
    assert 0 < resumed[0] < resumed[-1] < 1


def test_a_piece_that_was_damaged_or_made_of_another_voice_is_made_anew(tmp_path: Path, otto: Voice) -> None:
    media = write_medium(tmp_path, "clip", spoken()[: 2 * RATE_HZ], RATE_HZ)
    job = wanted(media, tmp_path)
    whole = run(job)

    def stop_before_writing(_fraction: float, stage: str) -> None:
        if stage == "Mixing":
            raise Cancelled

    def begun() -> list[Path]:
        with pytest.raises(Cancelled):
            run(job, stop_before_writing)
        return sorted((tmp_path / "media").glob("making-sung-*/pieces/*/*.piece"))

    melody, stretch = begun()
    held = bytearray(stretch.read_bytes())
    held[-4] ^= 1
    stretch.write_bytes(held)
    melody.write_bytes(melody.read_bytes()[:100])
    again = run(job)
    assert again.spent.resumed == 0
    assert again.media[0].id == whole.media[0].id

    begun()
    assert run(job).spent.resumed == 1
    begun()
    learnt = otto.by("basic")
    assert learnt is not None
    facts = voices.folder_of(otto) / learnt.engine / "reader.json"
    facts.write_bytes(facts.read_bytes() + b"\n")  # as if it had been learnt again
    assert run(job).spent.resumed == 0


def test_a_song_stays_in_its_key_where_nobody_says_how_far_to_move_it(tmp_path: Path, otto: Voice) -> None:
    song = spoken()[: 2 * RATE_HZ]
    media = write_medium(tmp_path, "song", song + band(len(song)), RATE_HZ)

    vocals, _rest = run(wanted(media, tmp_path, separator="builtin")).media

    octaves = np.log2(middle_hz(frames(tmp_path, vocals)) / middle_hz(song))
    assert abs(octaves) > 0.8
    assert octaves == pytest.approx(round(octaves), abs=0.05)


def test_a_stretch_without_a_voice_stays_as_it_is(tmp_path: Path, otto: Voice) -> None:
    breath = np.random.default_rng(0).normal(0, 0.05, (RATE_HZ, 1)).astype(np.float32)
    media = write_medium(tmp_path, "breath", breath, RATE_HZ)

    (made,) = run(wanted(media, tmp_path)).media

    off = frames(tmp_path, made) - breath
    assert np.mean(off**2) < 0.1 * np.mean(breath**2)


def test_a_voice_that_is_not_there_is_said_before_anything_is_done(tmp_path: Path) -> None:
    media = write_medium(tmp_path, "clip", spoken(), RATE_HZ)

    with pytest.raises(StudioError) as error:
        run(wanted(media, tmp_path, separator="builtin"))

    assert error.value.explanation.code == "voice.unknown"
    assert [path.name for path in (tmp_path / "media").iterdir()] == ["clip.wav"]
