"""Engines come in by entry points; one that cannot run says why and harms nobody."""

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from studio.engines import registry
from studio.engines.base import EngineInfo
from studio.errors import StudioError


class NeedsMuch:
    info = EngineInfo(
        id="needs-much", task="pitch", name="Much", licence="MIT", needs=("a_library_nobody_has",), extra="engines"
    )


class Misnamed:
    info = EngineInfo(id="other", task="pitch", name="Other", licence="MIT")


class Bare:
    pass


def install(monkeypatch: pytest.MonkeyPatch, **engines: str) -> None:
    entries = [
        EntryPoint(name.replace("_", "-"), f"tests.engines.test_registry:{what}", registry.GROUP)
        for name, what in engines.items()
    ]

    def found(*, group: str, name: str = "") -> list[EntryPoint]:
        return [entry for entry in entries if entry.group == group and name in ("", entry.name)]

    monkeypatch.setattr(registry, "entry_points", found)


def reason(id: str) -> str:
    return next(missing for info, missing in registry.cards() if info.id == id)


def test_looking_at_the_cards_imports_no_engine_library() -> None:
    code = "from studio.engines import registry; registry.cards(); import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}

    assert loaded.isdisjoint({"torch", "torchcrepe", "parselmouth", "swift_f0", "onnxruntime", "scipy", "soxr"})


def test_a_missing_library_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, needs_much="NeedsMuch")

    assert reason("needs-much") == (
        'a_library_nobody_has is not installed. It comes with pip install "melisma-studio[engines]".'
    )
    with pytest.raises(StudioError, match=r"engine\.missing"):
        registry.pitch_tracker("needs-much")


def test_a_plug_in_that_cannot_be_loaded_has_a_card_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, gone="NotThere", needs_much="NeedsMuch")

    assert "could not be loaded" in reason("gone")
    assert "NotThere" in reason("gone")
    assert len(registry.cards()) == 2


def test_a_plug_in_under_a_wrong_name_or_without_a_card_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, wrong="Misnamed", bare="Bare")

    assert "registered as wrong" in reason("wrong")
    assert "carries no EngineInfo" in reason("bare")


def test_an_engine_nobody_has_is_explained_with_those_there_are() -> None:
    with pytest.raises(StudioError) as caught:
        registry.pitch_tracker("melodia")

    assert "melodia" in caught.value.explanation.cause
    assert "praat" in caught.value.explanation.remedy
