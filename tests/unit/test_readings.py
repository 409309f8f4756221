"""What was read aloud for a voice, after the studio was closed or died."""

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
