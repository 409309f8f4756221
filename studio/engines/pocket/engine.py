"""Pocket TTS as a speaker: streams, clones from a few seconds, has a temperature and obeys a seed."""

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec
import numpy as np
from msgspec import Struct

from studio.catalogue.store import Installed
from studio.engines import installed, residents
from studio.engines.base import Control, EngineInfo, Mono, Reference, Report, Settings
from studio.engines.pocket import loading
from studio.engines.pocket.streaming import Stream
from studio.engines.pocket.voice import FILE, PocketVoice, read
from studio.errors import StudioError

if TYPE_CHECKING:
    from pocket_tts import TTSModel

_ID: Final = "pocket-tts"
_NAME: Final = "Pocket TTS"
_SUGGESTION: Final = "pocket-tts-english"
_NOTE: Final = "pocket.json"
_MOST_S: Final = 30.0
_GAP_S: Final = 0.2
_TEMPERATURE: Final = 0.3


class _Learnt(Struct, frozen=True, kw_only=True):
    """Which network a voice was learnt with: only that one understands what is kept."""

    model: str
    weights: str


class PocketTts:
    """A speaker with one network in memory at a time, shared by all its voices."""

    info: ClassVar = EngineInfo(
        id=_ID,
        task="speak",
        name=_NAME,
        licence="MIT (pocket-tts), CC-BY-4.0 (networks)",
        about="A small language model of speech: natural, streams as it thinks, clones from a few seconds.",
        languages=("en", "fr", "de", "es", "it", "pt", "nl"),
        can=("clone", "presets", "stream"),
        needs=("pocket_tts", "torch", "safetensors"),
        extra="engines",
        version_of="pocket-tts",
        controls=(
            Control(
                id="temperature",
                title="Temperature",
                low=0.0,
                high=1.0,
                default=_TEMPERATURE,
                about="How much two readings differ. 0 always reads the same way.",
            ),
            Control(id="steps", title="Sampling steps", low=1, high=8, default=1, about="More are slower."),
        ),
    )

    def __init__(self) -> None:
        self._last: Stream | None = None

    @classmethod
    def lacks(cls) -> str:
        """Say that no model is installed, and how to get one."""
        return installed.lacking(_ID, _NAME, _SUGGESTION)

    def presets(self) -> tuple[str, ...]:
        files = (file.name for one in installed.of_engine(_ID) for file in one.files)
        names = {name.removeprefix(loading.PRESET).removesuffix(".safetensors") for name in files if _is_preset(name)}
        return tuple(sorted(names))

    def learn(
        self, references: Sequence[Reference], folder: Path, *, language: str, seed: int, report: Report
    ) -> Mapping[str, str | float]:
        del language, seed
        report(0.0, "Loading the network")
        one, place = self._able_to_clone()
        with residents.on("cpu").use(*_key(one), lambda: loading.network(place)) as model:
            if not model.has_voice_cloning:
                raise _cannot_clone(one.name)
            heard = _joined(references, model.sample_rate)
            report(0.3, "Listening to the voice")
            import torch
            from pocket_tts import export_model_state

            state = model.get_state_for_audio_prompt(torch.from_numpy(heard)[None])
        export_model_state(state, folder / FILE)
        note = _Learnt(model=one.id, weights=_weights_hash(one))
        (folder / _NOTE).write_bytes(msgspec.json.encode(note))
        report(1.0, "The voice was learnt")
        return {"model": one.name, "heard_s": len(heard) / model.sample_rate}

    def open(self, voice: Path | str, settings: Settings) -> PocketVoice:
        if isinstance(voice, str):
            one, path = _preset(voice)
        else:
            note = _note(voice)
            one, _ = installed.chosen(_ID, _NAME, {**settings, installed.SETTING: note.model}, note.model)
            if _weights_hash(one) != note.weights:
                raise _other_weights(one.name)
            path = voice / FILE
        return PocketVoice(read(path), one.id, 24000)

    def speak(
        self, text: str, voice: PocketVoice, *, settings: Settings, seed: int, report: Report
    ) -> Generator[Mono, None, None]:
        if not text.strip():
            return
        one, place = installed.chosen(_ID, _NAME, {**settings, installed.SETTING: voice.model}, voice.model)
        if self._last is not None:
            self._last.join()
        with residents.on("cpu").use(*_key(one), lambda: _loaded(place, report)) as model:
            model.temp = float(settings.get("temperature") or 0.0) if "temperature" in settings else _TEMPERATURE
            model.sampler_decode_steps = max(1, round(float(settings.get("steps") or 1)))
            stream = self._last = Stream(model, voice, text, seed)
            yield from stream.blocks(report)

    def _able_to_clone(self) -> tuple[Installed, Path]:
        """The first model; one with "cloning" in its name goes before."""
        there = sorted(installed.of_engine(_ID), key=lambda one: "cloning" not in one.id)
        return installed.chosen(_ID, _NAME, {installed.SETTING: there[0].id} if there else {}, f"{_SUGGESTION}-cloning")


def _loaded(place: Path, report: Report) -> "TTSModel":
    report(0.0, "Loading the network")
    return loading.network(place)


def _key(one: Installed) -> tuple[str, int]:
    """How `Residency` knows the network, and how much it needs."""
    weights = sum(file.size_bytes for file in one.files)
    return f"{_ID} {one.id} {_weights_hash(one)} cpu", max(one.memory_mb * 1_000_000, weights)


def _weights_hash(one: Installed) -> str:
    return max(one.files, key=lambda file: file.size_bytes).sha256[:16]


def _is_preset(name: str) -> bool:
    return name.startswith(loading.PRESET) and name.endswith(".safetensors")


def _preset(name: str) -> tuple[Installed, Path]:
    for one in installed.of_engine(_ID):
        if any(file.name == f"{loading.PRESET}{name}.safetensors" for file in one.files):
            _, place = installed.chosen(_ID, _NAME, {installed.SETTING: one.id}, one.id)
            return one, place / f"{loading.PRESET}{name}.safetensors"
    raise StudioError(
        "pocket.preset",
        "The voice could not be opened.",
        cause=f"No installed model of {_NAME} brings a voice called {name}.",
        remedy="Choose another voice, or install the model that brings it.",
    )


def _note(voice: Path) -> _Learnt:
    try:
        return msgspec.json.decode((voice / _NOTE).read_bytes(), type=_Learnt)
    except (OSError, msgspec.MsgspecError) as error:
        raise StudioError(
            "pocket.voice",
            "The voice could not be opened.",
            cause=f"{_NAME} has not learnt it yet, or its files are damaged.",
            remedy=f"Learn the voice again with {_NAME}.",
        ) from error


def _joined(references: Sequence[Reference], rate_hz: int) -> Mono:
    """All references after each other, half a minute at most: what lies beyond is not heard."""
    import soxr

    gap = np.zeros(round(_GAP_S * rate_hz), np.float32)
    parts: list[Mono] = []
    for one in references:
        parts += [soxr.resample(one.samples, one.rate_hz, rate_hz).astype(np.float32), gap]
    joined: Mono = np.concatenate(parts)[: round(_MOST_S * rate_hz)] if parts else gap
    if not np.any(joined):
        raise StudioError(
            "pocket.silence",
            "The voice was not learnt.",
            cause="There is nothing to hear in the recordings.",
            remedy="Choose a recording of a few seconds of speech.",
        )
    return joined


def _cannot_clone(name: str) -> StudioError:
    return StudioError(
        "pocket.cloning",
        "The voice was not learnt.",
        cause=f"{name} is the model without the part that learns voices.",
        remedy="Import the one with cloning from disk: its publisher gives it to those who accept its terms.",
    )


def _other_weights(name: str) -> StudioError:
    return StudioError(
        "pocket.weights",
        "The voice could not be opened.",
        cause=f"It was learnt with another version of {name}.",
        remedy="Learn the voice again from its recordings.",
    )
