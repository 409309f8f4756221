"""A conversion that is killed goes on behind the stretches that it finished, and no sample of the result is another."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from studio.engines import espeak
from studio.engines.voice.frames import resampled
from studio.model.project import Media
from studio.model.voice import Voice
from studio.protocol.voices import SungAgain
from studio.workers.runtime import Context
from studio.workers.singing_again import sing_again
from tests.helpers.converting_process import job_for
from tests.helpers.people import learn_roughly
from tests.helpers.sounds import write_medium

RATE_HZ = 22050
SAID = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. "


@pytest.fixture
def otto(tmp_path: Path) -> Voice:
    return learn_roughly(tmp_path)


def speech(folder: Path, seconds: float) -> Media:
    """A woman who speaks for so long, as a medium that the other process finds, too."""
    said = espeak.render(SAID, voice="en-us+f3", pitch=60)
    once = resampled(said.samples, said.rate_hz, RATE_HZ)
    sound = np.resize(once, round(seconds * RATE_HZ))[:, None] * np.float32(0.6)
    media = write_medium(folder, "clip", sound, RATE_HZ)
    (folder / "medium.json").write_bytes(msgspec.json.encode(media))
    return media


def sung(folder: Path, media: Media, voice: Voice) -> SungAgain:
    return sing_again(job_for(folder, media, voice.id), Context(lambda _event: None), lambda _fraction, _stage: None)


def killed_in(stretch: int, folder: Path, voice: Voice) -> None:
    """Sing in a process of its own until it is killed."""
    arguments = [str(folder), voice.id, str(stretch)]
    done = subprocess.run([sys.executable, "-m", "tests.helpers.converting_process", *arguments], check=False)
    assert done.returncode == -9


def test_a_killed_conversion_goes_on_and_ends_as_if_nothing_had_been(
    tmp_path: Path, otto: Voice, injected: Callable[[int], None]
) -> None:
    media = speech(tmp_path, 16)
    whole = sung(tmp_path, media, otto)
    (tmp_path / whole.media[0].file).unlink()

    killed_in(2, tmp_path, otto)
    again = sung(tmp_path, media, otto)

    assert again.media[0].id == whole.media[0].id  # which is made of every sample
    assert 0.4 < again.spent.resumed < 1
    assert not list((tmp_path / "media").glob("making-*"))
    injected(1)


@pytest.mark.full_faults
@pytest.mark.timeout(3600)
def test_killed_in_every_stretch_of_two_minutes_it_loses_no_other(
    tmp_path: Path, otto: Voice, injected: Callable[[int], None], say: Callable[[str], None]
) -> None:
    media = speech(tmp_path, 120)
    whole = sung(tmp_path, media, otto)
    (tmp_path / whole.media[0].file).unlink()

    kills = 8
    for stretch in range(1, kills + 1):
        killed_in(stretch, tmp_path, otto)
    again = sung(tmp_path, media, otto)

    say(f"resumed {again.spent.resumed:.0%} after {kills} kills")
    assert again.media[0].id == whole.media[0].id
    assert again.spent.resumed > 0.7
    injected(kills)
