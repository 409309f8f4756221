"""Prints of voices through the real loading code, on a network that nobody trained; beside the package where it is."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.engines import espeak, voiceprint
from studio.engines.base import Mono
from studio.engines.voice.frames import resampled
from studio.errors import StudioError
from tests.helpers.pickles import bare_canary, canary_arrays, torch_canary

RATE = 16000
TEXT = "The birch canoe slid on the smooth planks."
NEVER_RUN = "raise AssertionError('the package itself is never imported')"

Package = Callable[[bytes | None], None]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """Puts a package of that name before the real one, with weights of its own."""

    def make(weights: bytes | None) -> None:
        folder = tmp_path / "resemblyzer"
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text(NEVER_RUN)
        if weights is None:
            _save_untrained(folder / "pretrained.pt")
        else:
            (folder / "pretrained.pt").write_bytes(weights)
        monkeypatch.syspath_prepend(str(tmp_path))
        voiceprint._network.cache_clear()

    yield make
    voiceprint._network.cache_clear()


def _save_untrained(path: Path) -> None:
    import torch

    torch.manual_seed(0)
    lstm, linear = torch.nn.LSTM(40, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
    state = {f"lstm.{name}": 8 * rows for name, rows in lstm.state_dict().items()}
    state |= {f"linear.{name}": rows for name, rows in linear.state_dict().items()}
    torch.save({"step": 1, "model_state": state | {"similarity_weight": torch.ones(1)}}, path)


def said(voice: str) -> Mono:
    spoken = espeak.render(TEXT, voice=voice)
    return np.asarray(resampled(spoken.samples, spoken.rate_hz, RATE))


def test_a_print_is_of_length_one_repeats_and_tells_sounds_apart(package: Package) -> None:
    package(None)
    one, other = said("en-us+m3"), said("en-us+f3")

    found = voiceprint.print_of([(one, RATE)])
    assert found is not None
    assert found.shape == (256,)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)
    assert voiceprint.similarity([one], RATE, found) == pytest.approx(1, abs=1e-5)
    assert (voiceprint.similarity([other], RATE, found) or 0) < 0.9999


def test_what_is_too_short_or_silent_has_no_print(package: Package) -> None:
    package(None)

    assert voiceprint.print_of([(np.zeros(RATE, np.float32), RATE)]) is None
    assert voiceprint.print_of([(np.ones(RATE // 4, np.float32), RATE)]) is None
    assert voiceprint.print_of([]) is None


@pytest.mark.parametrize("canary", [bare_canary, torch_canary, canary_arrays])
def test_nothing_in_the_weights_is_run(package: Package, tmp_path: Path, canary: Callable[[Path], bytes]) -> None:
    package(canary(tmp_path / "sang"))

    with pytest.raises(StudioError, match="not measured"):
        voiceprint.print_of([(said("en-us"), RATE)])
    assert not (tmp_path / "sang").exists()


def test_without_the_weights_it_is_not_there(package: Package, tmp_path: Path) -> None:
    package(b"")
    assert voiceprint.is_there()
    (tmp_path / "resemblyzer" / "pretrained.pt").unlink()

    assert not voiceprint.is_there()


@pytest.mark.skipif(importlib.util.find_spec("resemblyzer") is None, reason="the extra “measures” is not installed")
@pytest.mark.filterwarnings("ignore")  # the package imports what is deprecated
def test_it_is_what_the_package_itself_finds() -> None:
    from resemblyzer import VoiceEncoder
    from resemblyzer.audio import normalize_volume

    sound = said("en-us+f3")
    theirs = VoiceEncoder("cpu", verbose=False).embed_utterance(normalize_volume(sound, -30, increase_only=True))
    ours = voiceprint.print_of([(sound, RATE)])

    assert ours is not None
    assert ours @ theirs == pytest.approx(1, abs=1e-4)
