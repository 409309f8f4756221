"""The Edit workspace: empty, with the sample, an hour long, and with a file that cannot be read."""

from pathlib import Path
from typing import TYPE_CHECKING

from scenes.base import Place, Shots

if TYPE_CHECKING:
    from studio.desktop import Studio


def shots(place: Place) -> Shots:
    """The pictures of the room."""
    picture, folder, sample = place
    return {
        "edit-empty-dark": lambda png: picture(None, png),
        "edit-empty-light": lambda png: picture(None, png, theme="light"),
        "edit-sample-dark": lambda png: picture(sample, png, prepare=look_at_the_voice),
        "edit-sample-light": lambda png: picture(sample, png, theme="light", prepare=look_at_the_voice),
        "edit-hour-dark": lambda png: picture(None, png, files=[an_hour(folder, sample)], wait_s=300),
        "edit-error-dark": lambda png: picture(sample, png, files=[no_sound(folder)], prepare=look_at_the_voice),
    }


def an_hour(folder: Path, sample: Path) -> Path:
    """One hour of the sample's mix, louder and softer as an evening goes."""
    import numpy as np
    import soundfile

    mix, rate_hz = soundfile.read(sample.parent / "mix.wav", dtype="float32", always_2d=True)
    path = folder / "An evening at the parish hall.wav"
    length, written = 3600 * rate_hz, 0
    rng = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", rate_hz, 2, "PCM_16") as file:
        while written < length:
            block = mix[: min(len(mix), length - written)] * rng.uniform(0.15, 1.0)
            file.write(block)
            written += len(block)
    return path


def no_sound(folder: Path) -> Path:
    """A file that calls itself a recording and is none."""
    path = folder / "Voice memo 12.m4a"
    path.write_bytes(b"This was a recording once. " * 400)
    return path


def look_at_the_voice(studio: "Studio") -> None:
    """Select the first clip, so that the inspector and the pitch lane have something to say."""
    first = studio.document.project.tracks[0]
    studio.selection.set_clips((first.clips[0].id,))
