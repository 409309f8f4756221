"""Lines of a script, spoken into a project by the real engine: only what was edited is said anew."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.audio.mark import detect
from studio.audio.voice_card import apart_db, noise_db, timbre
from studio.engines import voiceprint
from studio.errors import Cancelled, StudioError
from studio.media.wav import MappedWav
from studio.model.script import BETWEEN_S
from studio.model.spoken import is_doubtful
from studio.model.voice import Voice
from studio.protocol.common import JobId
from studio.protocol.lines import LineSpoken, SpeakLine
from studio.workers.lines import speak_line
from studio.workers.runtime import Context
from tests.helpers import people
from tests.helpers.installing import install
from tests.helpers.onnx_writer import piper_network
from tests.helpers.ready_voices import write_kokoro, write_piper
from tests.helpers.voices import buzz, noise

RATE = 48000
FIRST, SECOND, OTHER = "Guten Tag.", "Wie geht es dir heute?", "Wie spät ist es?"


@pytest.fixture
def otto(tmp_path: Path) -> Voice:
    return people.learn_roughly(tmp_path)


def line(folder: Path, voice: Voice, text: str, *, seed: int = 0, speed: float = 1.0) -> LineSpoken:
    asked = SpeakLine(
        job=JobId(1),
        text=text,
        voice=voice.id,
        engine="basic",
        project_dir=str(folder),
        rate_hz=RATE,
        seed=seed,
        settings={"speed": speed},
    )
    return speak_line(asked, Context(lambda _event: None), lambda _fraction, _stage: None)


def sound(folder: Path, spoken: LineSpoken) -> NDArray[np.float32]:
    return np.array(MappedWav.open(folder / spoken.media.file).frames[:, 0])


def test_only_the_edited_sentence_is_said_anew_and_what_stands_before_it_stays_to_the_sample(
    tmp_path: Path, otto: Voice
) -> None:
    before = line(tmp_path, otto, f"{FIRST} {SECOND}", seed=3)
    after = line(tmp_path, otto, f"{FIRST} {OTHER}", seed=3)

    assert (before.made, after.made) == (2, 1)
    assert [one.text for one in after.sentences] == [FIRST, OTHER]
    (kept, _), (first, second) = before.sentences, after.sentences
    assert (first.start, first.length) == (kept.start, kept.length)
    assert second.start - first.length == round(BETWEEN_S * RATE)
    one, other = sound(tmp_path, before), sound(tmp_path, after)
    untouched = first.length - RATE // 20  # the mark looks 20 ms ahead
    assert np.array_equal(one[:untouched], other[:untouched])
    assert np.abs(other[second.start - RATE // 8 : second.start - RATE // 16]).max() < 1e-4
    assert max(abs(float(other[second.start])), abs(float(other[first.length]))) < 0.01

    again = line(tmp_path, otto, f"{FIRST} {SECOND}", seed=3)
    assert (again.made, again.media.id) == (0, before.media.id)


def test_a_take_is_marked_measured_and_says_how_it_was_made(tmp_path: Path, otto: Voice) -> None:
    spoken = line(tmp_path, otto, f"{FIRST} [0.5s] {SECOND} {OTHER}", seed=3, speed=0.6)

    assert detect(sound(tmp_path, spoken), RATE).marked
    lineage = spoken.media.lineage
    assert lineage is not None
    assert (lineage.engine, lineage.seed, lineage.settings["voice_name"]) == ("basic", 3, "Otto")
    card = spoken.card
    assert card.loudness_lufs is not None
    assert -40 < card.loudness_lufs < -5
    assert card.pitch_hz is not None
    assert 60 < card.pitch_hz[0] < card.pitch_hz[1] < 300
    assert card.timbre_db is not None
    assert card.timbre_db < 8
    assert (card.similarity is not None) == voiceprint.is_there()
    assert card.recogniser == ""  # the recogniser knows no German


def test_a_line_that_was_called_off_goes_on_where_it_stopped(tmp_path: Path, otto: Voice) -> None:
    asked = SpeakLine(
        job=JobId(1),
        text=f"{FIRST} {SECOND}",
        voice=otto.id,
        engine="basic",
        project_dir=str(tmp_path),
        rate_hz=RATE,
        settings={"speed": 1.0},
    )

    def stop_in_the_second(fraction: float, _stage: str) -> None:
        if fraction > 0.66:
            raise Cancelled

    with pytest.raises(Cancelled):
        speak_line(asked, Context(lambda _event: None), stop_in_the_second)

    assert line(tmp_path, otto, f"{FIRST} {SECOND}").made == 1
    assert not list((tmp_path / "media").glob("*.part"))


def test_voices_that_engines_bring_speak_lines_too(tmp_path: Path) -> None:
    install("kokoro", write_kokoro(tmp_path / "kokoro"), "kokoro")
    install("piper", write_piper(tmp_path / "piper"), "aunt", ("de",))

    def spoken(engine: str, voice: str) -> LineSpoken:
        asked = SpeakLine(
            job=JobId(1),
            text=FIRST,
            voice=voice,
            engine=engine,
            project_dir=str(tmp_path),
            rate_hz=RATE,
            listen=False,
        )
        return speak_line(asked, Context(lambda _event: None), lambda _fraction, _stage: None)

    ada, aunt = spoken("kokoro", "af_ada"), spoken("piper", "aunt")
    assert (ada.voice_name, aunt.voice_name) == ("English (US), Ada", "aunt")
    assert 0 < np.abs(sound(tmp_path, ada)).max() <= 1
    assert ada.media.lineage is not None
    assert (ada.media.lineage.engine, ada.media.lineage.settings["voice"]) == ("kokoro", "af_ada")
    assert ada.card.timbre_db is None
    assert spoken("piper", "aunt").made == 0

    install("piper", write_piper(tmp_path / "other", piper_network(seed=1)), "aunt", ("de",))
    assert spoken("piper", "aunt").made == 1


def test_a_line_without_a_word_is_refused(tmp_path: Path, otto: Voice) -> None:
    with pytest.raises(StudioError, match="no word"):
        line(tmp_path, otto, "[1s] …")


def test_what_was_hardly_recognised_is_doubtful() -> None:
    assert [is_doubtful(wrong, 8) for wrong in (0, 5, 6, 8)] == [False, False, True, True]
    assert not is_doubtful(0, 0)


def test_timbre_tells_sounds_apart_and_noise_is_found() -> None:
    dark, bright = buzz(110.0, 16000, 16000), np.diff(buzz(110.0, 16000, 16001)).astype(np.float32)

    assert apart_db(timbre([dark], 16000), timbre([0.1 * dark], 16000)) == pytest.approx(0, abs=0.1)
    assert (apart_db(timbre([dark], 16000), timbre([bright], 16000)) or 0) > 3
    spoken = np.concatenate([dark, noise(16000, 0.005)])
    expected_db = 10 * np.log10(0.005**2 / np.mean(dark.astype(np.float64) ** 2))
    assert noise_db([spoken], 16000) == pytest.approx(expected_db, abs=1.5)
