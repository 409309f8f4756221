"""Melodies on disk."""

from pathlib import Path

import numpy as np
import pytest

from studio.errors import StudioError
from studio.media.curve import read_curve, write_curve
from studio.model.pitch import PitchCurve
from studio.model.project import Lineage, MediaId, Pitch, PitchId


def melody(file: str, frames: int) -> Pitch:
    return Pitch(
        id=PitchId("p"),
        media=MediaId("m"),
        file=file,
        start=0,
        length=frames * 240,
        frames_per_s=200,
        lineage=Lineage(engine="praat"),
    )


def test_a_curve_comes_back_as_it_was_written(tmp_path: Path) -> None:
    hz = np.array([np.nan, 220.5, 221, np.nan], np.float32)
    curve = PitchCurve(frames_per_s=200, hz=hz, confidence=np.array([0, 0.9, 1, 0.2], np.float32))

    write_curve(tmp_path / "a.pitch.wav", curve)
    back = read_curve(tmp_path, melody("a.pitch.wav", 4))

    np.testing.assert_array_equal(back.hz, curve.hz)
    np.testing.assert_array_equal(back.confidence, curve.confidence)
    assert back.frames_per_s == 200
    assert [path.name for path in tmp_path.glob("*.wav")] == ["a.pitch.wav"]
    assert not back.hz.flags.writeable


def test_a_curve_may_be_written_again(tmp_path: Path) -> None:
    for value in (220, 440):
        hz = np.full(3, value, np.float32)
        write_curve(tmp_path / "a.pitch.wav", PitchCurve(frames_per_s=200, hz=hz, confidence=np.ones(3, np.float32)))

    assert read_curve(tmp_path, melody("a.pitch.wav", 3)).hz[0] == 440


def test_a_missing_curve_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StudioError):
        read_curve(tmp_path, melody("gone.pitch.wav", 3))
