"""The job that finds a melody, on sound in a project's folder."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from studio.errors import Cancelled, StudioError
from studio.media.curve import read_curve
from studio.model.project import Media
from studio.protocol.common import JobId
from studio.protocol.jobs import TrackPitch
from studio.protocol.messages import Event
from studio.workers.pitch import track_pitch
from studio.workers.runtime import Context
from tests.helpers.sounds import write_medium
from tests.helpers.voices import buzz, noise

RATE_HZ = 48000


def nobody(event: Event) -> None:
    raise AssertionError(f"the handler answers by returning, not by sending {event}")


def job(media: Media, folder: Path, **wishes: object) -> TrackPitch:
    asked = TrackPitch(
        job=JobId(1),
        media=media,
        project_dir=str(folder),
        start=0,
        length=media.length,
        engine="praat",
        low_hz=60.0,
        high_hz=1100.0,
    )
    return replace(asked, **wishes)


def quiet(fraction: float, stage: str) -> None:
    del fraction, stage


@pytest.fixture
def voice(tmp_path: Path) -> Media:
    """A second of 220 Hz, then a second of 330 Hz, in stereo with noise on the right."""
    sung = np.concatenate((buzz(220.0, RATE_HZ, RATE_HZ), buzz(330.0, RATE_HZ, RATE_HZ)))
    return write_medium(tmp_path, "voice", np.stack((sung, sung + noise(2 * RATE_HZ, 0.01)), axis=1), RATE_HZ)


def test_the_curve_lies_beside_the_sound_and_says_how_it_came_to_be(tmp_path: Path, voice: Media) -> None:
    found = track_pitch(job(voice, tmp_path), Context(nobody), quiet)

    curve = read_curve(tmp_path, found.pitch)
    assert len(curve.hz) == 400
    assert abs(1200 * np.log2(np.nanmedian(curve.hz[20:180]) / 220)) < 5
    assert abs(1200 * np.log2(np.nanmedian(curve.hz[220:380]) / 330)) < 5
    assert found.voiced_fraction > 0.95
    assert found.pitch.lineage.engine == "praat"
    assert found.pitch.lineage.engine_version
    assert found.pitch.lineage.settings == {"low_hz": 60.0, "high_hz": 1100.0}
    assert found.pitch.media == voice.id
    assert {path.suffix for path in (tmp_path / "media").iterdir()} == {".wav"}


def test_a_stretch_begins_where_it_was_asked_to(tmp_path: Path, voice: Media) -> None:
    found = track_pitch(job(voice, tmp_path, start=RATE_HZ, length=RATE_HZ // 2), Context(nobody), quiet)

    curve = read_curve(tmp_path, found.pitch)
    assert len(curve.hz) == 100
    assert abs(1200 * np.log2(np.nanmedian(curve.hz) / 330)) < 5
    assert (found.pitch.start, found.pitch.length) == (RATE_HZ, RATE_HZ // 2)


def test_other_wishes_give_another_melody_and_the_same_ones_the_same(tmp_path: Path, voice: Media) -> None:
    first = track_pitch(job(voice, tmp_path), Context(nobody), quiet).pitch
    again = track_pitch(job(voice, tmp_path), Context(nobody), quiet).pitch
    other = track_pitch(job(voice, tmp_path, engine="swift-f0"), Context(nobody), quiet).pitch

    assert first == again
    assert first.id != other.id
    assert first.file != other.file


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"start": RATE_HZ, "length": 2 * RATE_HZ}, "pitch.range"),
        ({"length": 0}, "pitch.range"),
        ({"low_hz": 500.0, "high_hz": 510.0}, "pitch.limits"),
        ({"low_hz": 5000.0, "high_hz": 9000.0}, "pitch.limits"),
        ({"engine": "melodia"}, "engine.unknown"),
    ],
)
def test_what_cannot_be_done_is_explained(tmp_path: Path, voice: Media, wishes: dict[str, object], code: str) -> None:
    with pytest.raises(StudioError) as caught:
        track_pitch(job(voice, tmp_path, **wishes), Context(nobody), quiet)

    assert caught.value.explanation.code == code
    assert caught.value.explanation.remedy


def test_calling_it_off_leaves_nothing(tmp_path: Path, voice: Media) -> None:
    def call_off(fraction: float, stage: str) -> None:
        if stage == "Finding the pitch":
            raise Cancelled

    with pytest.raises(Cancelled):
        track_pitch(job(voice, tmp_path), Context(nobody), call_off)

    assert [path.name for path in (tmp_path / "media").iterdir()] == ["voice.wav"]


def test_progress_grows_from_nothing_to_all(tmp_path: Path, voice: Media) -> None:
    said: list[float] = []
    track_pitch(job(voice, tmp_path), Context(nobody), lambda fraction, stage: said.append(fraction))

    assert said[0] == 0
    assert said[-1] == 1
    assert said == sorted(said)
