"""Piper and Kokoro through their own loading code, with small networks in their own formats."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.engines.base import Mono, Speaker
from studio.engines.kokoro import Kokoro
from studio.engines.piper import Piper
from studio.engines.voice.engine import BasicVoice
from studio.errors import Cancelled, StudioError
from studio.workers.speech import for_engine
from tests.helpers.installing import install
from tests.helpers.onnx_writer import kokoro_network
from tests.helpers.pickles import bare_canary, canary_arrays, torch_canary
from tests.helpers.ready_voices import write_kokoro, write_piper

TEXT = "Hello there, my friend."


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))


def quiet(_fraction: float, _stage: str) -> None: ...


def say(
    engine: Speaker[Any], voice: object, seed: int = 1, text: str = TEXT, **settings: str | float | int | bool | None
) -> Mono:
    return np.concatenate(list(engine.speak(text, voice, settings=settings, seed=seed, report=quiet)))


def differ(one: Mono, other: Mono) -> bool:
    return one.shape != other.shape or not np.array_equal(one, other)


def test_piper_speaks_and_its_controls_reach_the_network(tmp_path: Path) -> None:
    install("piper", write_piper(tmp_path / "piper"), "aunt")
    engine = Piper()
    assert engine.presets() == ("aunt",)
    voice = engine.open("aunt", {})
    usual = say(engine, voice)

    assert voice.rate_hz == 16000
    assert usual.dtype == np.float32
    assert 0 < np.abs(usual).max() <= 1
    np.testing.assert_array_equal(say(engine, voice), usual)
    assert differ(say(engine, voice, seed=2), usual)
    assert differ(say(engine, voice, temperature=0.1), usual)
    assert differ(say(engine, voice, rhythm=0.1), usual)
    still = say(engine, voice, temperature=0.0, rhythm=0.0)
    np.testing.assert_array_equal(say(engine, voice, seed=9, temperature=0.0, rhythm=0.0), still)
    assert len(say(engine, voice, temperature=0.0, rhythm=0.0, speed=2.0)) == pytest.approx(len(still) / 2, rel=0.02)
    assert len(say(engine, voice, temperature=0.0, rhythm=0.0, speed=0.5)) == pytest.approx(len(still) * 2, rel=0.02)
    assert list(engine.speak(" ", voice, settings={}, seed=1, report=quiet)) == []


def test_an_engine_that_knows_no_stress_is_given_plain_words() -> None:
    assert for_engine(Piper(), "I *never* said.") == "I never said."
    assert for_engine(BasicVoice(), "I *never* said.") == "I *never* said."


def test_kokoro_speaks_and_its_controls_reach_the_network(tmp_path: Path) -> None:
    install("kokoro", write_kokoro(tmp_path / "kokoro"), "kokoro")
    engine = Kokoro()
    assert engine.presets() == ("af_ada", "bm_bob")
    ada, bob = engine.open("af_ada", {}), engine.open("bm_bob", {})
    usual = say(engine, ada)

    assert ada.rate_hz == 24000
    np.testing.assert_array_equal(say(engine, ada, seed=5), usual)
    assert differ(say(engine, bob), usual)
    assert len(say(engine, ada, speed=2.0)) < 0.7 * len(usual)
    assert list(engine.speak("", ada, settings={}, seed=1, report=quiet)) == []
    with pytest.raises(StudioError, match=r"kokoro\.preset"):
        engine.open("zf_lin", {})


def test_a_kokoro_that_draws_obeys_its_seed(tmp_path: Path) -> None:
    install("kokoro", write_kokoro(tmp_path / "kokoro", kokoro_network(draws=True)), "kokoro")
    engine = Kokoro()
    voice = engine.open("af_ada", {})
    first = say(engine, voice, seed=1)
    assert differ(say(engine, voice, seed=2), first)
    np.testing.assert_array_equal(say(engine, voice, seed=1), first)


def test_it_is_called_off_between_blocks(tmp_path: Path) -> None:
    install("piper", write_piper(tmp_path / "piper"), "aunt")
    engine = Piper()

    def call_off(_fraction: float, _stage: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(engine.speak(TEXT, engine.open("aunt", {}), settings={}, seed=1, report=call_off))


def test_nothing_in_their_files_is_run(tmp_path: Path) -> None:
    canary = tmp_path / "sang"
    evil = (bare_canary(canary), torch_canary(canary), canary_arrays(canary), b"", b"{}")
    for number, content in enumerate(evil):
        for kind in ("network", "card"):
            name = f"piper {kind} {number}"
            folder = tmp_path / name
            folder = write_piper(folder, content) if kind == "network" else write_piper(folder, None, content)
            install("piper", folder, name)
            with pytest.raises(StudioError):
                say(Piper(), Piper().open(name, {}))
        for kind in ("network", "voices"):
            folder = tmp_path / f"kokoro {kind} {number}"
            folder = write_kokoro(folder, content) if kind == "network" else write_kokoro(folder, None, content)
            install("kokoro", folder, "kokoro")
            if kind == "voices":
                with pytest.raises(StudioError, match=r"kokoro\.(file|preset)"):
                    say(Kokoro(), Kokoro().open("evil", {}))
            else:
                with pytest.raises(StudioError):
                    say(Kokoro(), Kokoro().open("af_ada", {}))
    assert not canary.exists()


def test_cards_say_what_to_install() -> None:
    assert "studio models install kokoro" in Kokoro.lacks()
    assert "studio models install piper-" in Piper.lacks()
    assert (Kokoro().presets(), Piper().presets()) == ((), ())
