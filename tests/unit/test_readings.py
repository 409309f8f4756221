"""What was read aloud for a voice, after the studio was closed or died."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from studio.media import readings
from studio.media.takes import TakeHeader, TakeWriter

RATE = 8000


def read(name: str, text: str, *, done: bool, seconds: float = 1.0) -> Path:
    """A sentence that was read, to its end or not; nobody has heard of it yet."""
    readings.note(name, text)
    header = TakeHeader(take=name, track="", start=0, rate_hz=RATE, channels=1)
    writer = TakeWriter(readings.folder() / "takes" / name, header)
    writer.write(np.full((round(seconds * RATE), 1), 0.1, np.float32))
    writer.close("complete" if done else "interrupted")
    return writer.folder / "000.wav"


def test_a_sentence_keeps_its_words_and_an_interrupted_one_only_its_sound() -> None:
    whole = read("a", "The whole sentence.", done=True)
    part = read("b", "Nobody knows how much of this.", done=False, seconds=0.5)

    assert [(one.path, one.text, one.length_s) for one in readings.left()] == [
        (str(whole), "The whole sentence.", 1.0),
        (str(part), "", 0.5),
    ]


def test_what_was_put_aside_is_offered_no_more_and_goes_with_what_a_voice_has_learnt() -> None:
    kept, learnt, unwanted = (read(name, name, done=True) for name in ("kept", "learnt", "unwanted"))

    readings.put_aside((readings.take_of(str(unwanted)),))
    assert unwanted.exists()
    assert [one.take for one in readings.left()] == ["kept", "learnt"]

    readings.remove((readings.take_of(str(learnt)),))
    assert [path.exists() for path in (kept, learnt, unwanted)] == [True, False, False]
    assert [one.take for one in readings.left()] == ["kept"]
    assert readings.take_of("/somewhere/else.wav") == ""


WEEKS_S = 14 * 24 * 3600.0
KILLED = """
import os, signal
from studio.media import readings

unlink = os.unlink

def die(*place, **where):
    unlink(*place, **where)
    os.kill(os.getpid(), signal.SIGKILL)

os.unlink = die
readings.sweep()
"""


def age(take: str) -> None:
    """Let a take be two weeks old."""
    for path in [readings.folder() / "texts" / f"{take}.json", *(readings.folder() / "takes" / take).glob("*")]:
        if path.exists():
            os.utime(path, (time.time() - WEEKS_S,) * 2)


def test_what_nobody_wanted_goes_after_a_week_and_what_is_still_offered_stays() -> None:
    offered, broken, unwanted, fresh = (
        read(name, name, done=name != "broken") for name in ("offered", "broken", "unwanted", "fresh")
    )
    readings.note("never-recorded", "Nobody read this.")
    readings.put_aside(("unwanted", "fresh"))
    for take in ("offered", "broken", "unwanted", "never-recorded"):
        age(take)

    assert readings.sweep() == 2

    assert [path.exists() for path in (offered, broken, unwanted, fresh)] == [True, True, False, True]
    assert {path.stem for path in (readings.folder() / "texts").iterdir()} == {"offered", "broken", "fresh"}
    assert [one.take for one in readings.left()] == ["broken", "offered"]
    assert readings.sweep() == 0


def test_killed_while_it_sweeps_it_leaves_nothing_that_would_be_offered() -> None:
    kept = read("kept", "Kept.", done=True)
    for take in ("one", "two", "three"):
        read(take, take, done=True)
        readings.put_aside((take,))
        age(take)

    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", KILLED], check=False)
        assert done.returncode == -9
        assert [one.take for one in readings.left()] == ["kept"]

    readings.sweep()
    assert kept.exists()
    assert [path.name for path in (readings.folder() / "takes").iterdir()] == ["kept"]
    assert [path.name for path in (readings.folder() / "texts").iterdir()] == ["kept.json"]
    assert not (readings.folder() / "gone").exists()


def test_where_nothing_was_ever_read_nothing_is_made(tmp_path: Path) -> None:
    assert readings.sweep() == 0
    assert not list(tmp_path.rglob("readings"))
