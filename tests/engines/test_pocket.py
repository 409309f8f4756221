"""Pocket TTS through its own loading code, with a network of a few thousand weights in its own format."""

import copy
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from studio.engines.base import Mono, Reference
from studio.engines.pocket import loading
from studio.engines.pocket.engine import PocketTts
from studio.engines.pocket.voice import PocketVoice
from studio.errors import Cancelled, StudioError
from tests.helpers import tiny_pocket
from tests.helpers.installing import install
from tests.helpers.pickles import bare_canary, torch_canary

RATE_HZ = 24000
TEXT = "Hello there, my friend."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pocket")
    tiny_pocket.write(folder)
    return folder


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))


@pytest.fixture
def engine(made: Path) -> PocketTts:
    install("pocket-tts", made)
    return PocketTts()


@pytest.fixture
def voice(engine: PocketTts, tmp_path: Path) -> PocketVoice:
    folder = tmp_path / "voice"
    folder.mkdir()
    engine.learn([recording()], folder, language="en", seed=0, report=quiet)
    return engine.open(folder, {})


def quiet(_fraction: float, _stage: str) -> None: ...


def recording(seed: int = 0) -> Reference:
    noise = np.random.default_rng(seed).normal(0, 0.1, 16000)
    return Reference(noise.astype(np.float32), 16000)


def say(
    engine: PocketTts, voice: PocketVoice, seed: int = 1, text: str = TEXT, **settings: str | float | int | bool | None
) -> Mono:
    return np.concatenate(list(engine.speak(text, voice, settings=settings, seed=seed, report=quiet)))


def test_it_learns_a_voice_and_speaks_in_blocks(engine: PocketTts, voice: PocketVoice) -> None:
    blocks = list(engine.speak(TEXT, voice, settings={}, seed=1, report=quiet))
    assert voice.rate_hz == RATE_HZ
    assert len(blocks) > 3
    assert all(block.dtype == np.float32 and block.ndim == 1 for block in blocks)
    assert max(len(block) for block in blocks) <= RATE_HZ / 2
    assert np.abs(np.concatenate(blocks)).max() > 0
    assert list(engine.speak("  ", voice, settings={}, seed=1, report=quiet)) == []


def test_a_seed_repeats_and_another_changes_what_is_said(engine: PocketTts, voice: PocketVoice) -> None:
    first = say(engine, voice, seed=1)
    other = say(engine, voice, seed=2)
    say(engine, voice, seed=5, text="Something else in between, which is longer than it was.")
    np.testing.assert_array_equal(say(engine, voice, seed=1), first)
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_temperature_and_steps_reach_the_network(engine: PocketTts, voice: PocketVoice) -> None:
    usual = say(engine, voice)
    cold = say(engine, voice, temperature=0.0)
    np.testing.assert_array_equal(cold, say(engine, voice, seed=99, temperature=0.0))
    for other in (cold, say(engine, voice, temperature=1.0), say(engine, voice, steps=3)):
        assert usual.shape != other.shape or not np.array_equal(usual, other)
    assert {one.id for one in engine.info.controls} == {"temperature", "steps"}


def test_two_voices_differ(engine: PocketTts, voice: PocketVoice, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    engine.learn([recording(7)], folder, language="en", seed=0, report=quiet)
    first, other = say(engine, voice), say(engine, engine.open(folder, {}))
    assert first.shape != other.shape or not np.array_equal(first, other)
    np.testing.assert_array_equal(say(engine, voice), first)


def test_no_sentence_copies_the_voice(engine: PocketTts, voice: PocketVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: one["cache"].data_ptr() for name, one in voice.state.items() if "cache" in one}
    remembered = [one["cache"][:, :, : int(one["offset"])].clone() for one in voice.state.values()]

    def refuse(*_: object) -> object:
        raise AssertionError("copied")

    monkeypatch.setattr(copy, "deepcopy", refuse)
    for seed in range(3):
        say(engine, voice, seed=seed)
    assert {name: one["cache"].data_ptr() for name, one in voice.state.items() if "cache" in one} == before
    voice.rewind()
    for one, was in zip(voice.state.values(), remembered, strict=True):
        torch.testing.assert_close(one["cache"][:, :, : int(one["offset"])], was, rtol=0, atol=0)


def test_it_stops_when_it_is_called_off_and_then_goes_on_as_if_nothing_had_been(
    engine: PocketTts, voice: PocketVoice
) -> None:
    whole = say(engine, voice)
    calls: list[float] = []

    def call_off(fraction: float, _stage: str) -> None:
        calls.append(fraction)
        if len(calls) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(engine.speak(TEXT, voice, settings={}, seed=1, report=call_off))
    half = engine.speak(TEXT, voice, settings={}, seed=1, report=quiet)
    next(half)
    half.close()
    np.testing.assert_array_equal(say(engine, voice), whole)
    assert sum(thread.name == "pocket-tts" for thread in threading.enumerate()) <= 1


def test_a_model_without_its_ears_says_so(made: Path, tmp_path: Path) -> None:
    source = tmp_path / "deaf"
    tiny_pocket.write(source, clones=False)
    install("pocket-tts", source)
    (tmp_path / "voice").mkdir()
    with pytest.raises(StudioError, match=r"pocket\.cloning"):
        PocketTts().learn([recording()], tmp_path / "voice", language="en", seed=0, report=quiet)


def test_presets_are_the_voices_that_came_with_the_model(made: Path, voice: PocketVoice, tmp_path: Path) -> None:
    source = tmp_path / "with presets"
    tiny_pocket.write(source)
    (source / "voice-ada.safetensors").write_bytes((tmp_path / "voice" / "voice.safetensors").read_bytes())
    install("pocket-tts", source, "presets")
    engine = PocketTts()
    assert engine.presets() == ("ada",)
    assert len(say(engine, engine.open("ada", {}))) > 0
    with pytest.raises(StudioError, match=r"pocket\.preset"):
        engine.open("nobody", {})


def test_without_a_model_the_card_says_what_to_do(tmp_path: Path) -> None:
    assert "studio models install pocket-tts-english" in PocketTts.lacks()
    with pytest.raises(StudioError, match=r"engine\.model"):
        PocketTts().learn([recording()], tmp_path, language="en", seed=0, report=quiet)


def test_a_voice_of_other_weights_is_not_mixed_up(engine: PocketTts, voice: PocketVoice, tmp_path: Path) -> None:
    source = tmp_path / "newer"
    tiny_pocket.write(source, seed=3)
    install("pocket-tts", source)
    with pytest.raises(StudioError, match=r"pocket\.weights"):
        engine.open(tmp_path / "voice", {})


def test_nothing_in_its_files_is_run(made: Path, tmp_path: Path) -> None:
    canary = tmp_path / "sang"
    bad = {
        "tiny.safetensors": [bare_canary(canary), torch_canary(canary), b""],
        "tokenizer.json": [bare_canary(canary), torch_canary(canary), b"{}"],
        "tiny.yaml": [f"!!python/object/apply:os.mkdir ['{canary}']".encode(), b"a: 1", bare_canary(canary)],
    }
    for name, contents in bad.items():
        for number, content in enumerate(contents):
            folder = tmp_path / f"{name} {number}"
            folder.mkdir()
            for path in made.iterdir():
                (folder / path.name).write_bytes(content if path.name == name else path.read_bytes())
            with pytest.raises(StudioError, match=r"pocket\.file"):
                loading.network(folder)
    (tmp_path / "voice").mkdir()
    (tmp_path / "voice" / "pocket.json").write_text('{"model": "own", "weights": ""}')
    assert not canary.exists()


def test_a_description_cannot_make_it_fetch_anything(made: Path, tmp_path: Path) -> None:
    for path in made.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    said = yaml.safe_load((made / "tiny.yaml").read_text())
    said["weights_path"] = said["flow_lm"]["weights_path"] = said["mimi"]["weights_path"] = "http://127.0.0.1:9/evil"
    said["flow_lm"]["lookup_table"]["tokenizer_path"] = "hf://nobody/nothing/tokenizer.json"
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(said))
    assert loading.network(tmp_path).sample_rate == RATE_HZ
