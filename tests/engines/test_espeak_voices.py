"""eSpeak NG as a speaker: its languages by name, at one level, turned by its controls, the same for the same seed."""

import _ctypes
import ctypes
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from studio.engines import registry
from studio.engines.base import Mono
from studio.engines.espeak_voices import ESpeak
from studio.engines.ready_voices import ready_voices
from studio.engines.voice.frames import analysed
from studio.errors import Cancelled, StudioError

TEXT = "The birch canoe slid on the smooth planks."


def quiet(_fraction: float, _stage: str) -> None: ...


def say(voice: str, seed: int = 0, text: str = TEXT, **settings: float) -> Mono:
    engine = ESpeak()
    blocks = engine.speak(text, engine.open(voice, settings), settings=settings, seed=seed, report=quiet)
    return np.concatenate(list(blocks))


def middle_hz(sound: Mono) -> float:
    f0 = analysed(sound, 22050, aperiodic=False).f0_hz
    return float(np.median(f0[f0 > 0]))


def test_its_languages_are_there_by_name_and_every_one_speaks() -> None:
    voices = {voice.id: voice for voice in ready_voices(registry.speaker("espeak"))}

    assert len({voice.language for voice in voices.values()}) > 90
    assert voices["en-us"].name == "English (America)"
    assert voices["en-us+Annie"].name == "English (America), Annie"
    assert voices["fr"].name == "French (France)"
    assert not [voice.name for voice in voices.values() if "/" in voice.name or "test" in voice.name]
    for name in ("af", "en-gb-x-rp+whisper", "fr+Annie", "cmn", "de"):
        assert np.abs(say(name, text="One 2.")).max() > 0.05, name


def test_every_voice_speaks_at_one_level() -> None:
    levels = [float(np.sqrt(np.square(say(voice)).mean())) for voice in ("en-us", "en-us+paul", "en-us+Denis", "de")]

    assert np.ptp(20 * np.log10(levels)) < 2.0


def test_its_controls_and_the_seed_change_what_is_said() -> None:
    usual = say("en-us")

    assert say("en-us", speed=2.0).shape[0] == pytest.approx(len(usual) / 2, rel=0.15)
    assert middle_hz(say("en-us", pitch=90)) > 1.2 * middle_hz(usual)
    assert not np.array_equal(say("en-us", liveliness=100)[:20000], usual[:20000])
    np.testing.assert_array_equal(say("en-us"), usual)
    np.testing.assert_array_equal(say("en-us", seed=7), say("en-us", seed=7))
    other = say("en-us", seed=7)
    assert other.shape != usual.shape or not np.array_equal(other, usual)


def test_another_package_that_holds_the_library_does_not_change_what_is_said() -> None:
    held = ctypes.CDLL(espeakng_loader.get_library_path())
    try:
        said = [say("en-us", text=text) for text in (TEXT, "Are you?", TEXT, "Read now.", TEXT)]
    finally:
        _ctypes.dlclose(held._handle)

    for again in said[2::2]:
        np.testing.assert_array_equal(again, said[0])


def test_nothing_to_say_is_no_block_and_phonemes_in_a_text_are_only_letters() -> None:
    engine = ESpeak()
    voice = engine.open("en-us", {})

    assert list(engine.speak(" ?! ", voice, settings={}, seed=0, report=quiet)) == []
    np.testing.assert_array_equal(say("en-us", text="Read [[now]]."), say("en-us", text="Read now."))


def test_it_can_be_called_off_and_learns_nobody(tmp_path: Path) -> None:
    engine = ESpeak()

    def stop(_fraction: float, _stage: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(engine.speak(TEXT, engine.open("en-us", {}), settings={}, seed=0, report=stop))
    with pytest.raises(StudioError) as refused:
        engine.learn((), tmp_path, language="en", seed=0, report=quiet)
    assert refused.value.explanation.code == "espeak.cloning"
