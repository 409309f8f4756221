"""Piper: small VITS networks, a voice or a few each, `NAME.onnx` with `NAME.onnx.json` beside it."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct

from studio.catalogue import store
from studio.catalogue.store import Installed
from studio.engines import installed, onnx_session
from studio.engines.base import Control, EngineInfo, Mono, Report, Settings
from studio.engines.blocks import cut
from studio.engines.ready_voices import STAGE, ReadyVoice, ReadyVoices, network_file
from studio.errors import StudioError

if TYPE_CHECKING:
    from piper import PiperVoice

_ID: Final = "piper"
_NAME: Final = "Piper"
_BROKEN: Final = (ValueError, KeyError, TypeError, AttributeError, OSError)


class PiperState(Struct, frozen=True, kw_only=True):
    """A voice of an installed network: which of its speakers, and what the network was made with."""

    model: str
    speaker: int | None
    rate_hz: int

    @property
    def memory_bytes(self) -> int:
        """The network itself is kept by `residents`."""
        return 0


class Piper(ReadyVoices):
    """Speaks with the voices that are installed; learns none."""

    info: ClassVar = EngineInfo(
        id=_ID,
        task="speak",
        name=_NAME,
        licence="GPL-3.0 (piper-tts), MIT (networks; see each voice)",
        about="Small voices in many languages, quick on any machine. They are what they are: nothing is cloned.",
        can=("presets",),
        needs=("piper", "onnxruntime"),
        extra="engines",
        version_of="piper-tts",
        controls=(
            Control(id="speed", title="Speed", low=0.5, high=2.0, default=1.0, unit="×"),
            Control(
                id="temperature",
                title="Variation",
                low=0.0,
                high=1.5,
                default=0.667,
                about="How much two readings of the same text differ in sound.",
            ),
            Control(
                id="rhythm",
                title="Variation of rhythm",
                low=0.0,
                high=1.5,
                default=0.8,
                about="How much they differ in the lengths of sounds.",
            ),
        ),
    )

    suggestion: ClassVar = "piper-en-us-ljspeech"

    def presets(self) -> tuple[str, ...]:
        names = []
        for one in installed.of_engine(_ID):
            speakers = _speakers(store.place(one.id) / _card(one))
            names += [f"{one.id}/{speaker}" for speaker in speakers] or [one.id]
        return tuple(names)

    def described(self, preset: str) -> ReadyVoice:
        model, _, speaker = preset.partition("/")
        one = next(one for one in installed.of_engine(_ID) if one.id == model)
        name = one.name.removeprefix(f"{_NAME}, ")
        language = one.languages[0] if one.languages else ""
        network = one.files[0].sha256 if one.files else ""
        return ReadyVoice(preset, f"{name}, {speaker}" if speaker else name, language, network)

    def open(self, voice: Path | str, settings: Settings) -> PiperState:
        model, _, speaker = str(voice).partition("/")
        one, folder = self.model(settings, model)
        try:
            said = json.loads((folder / _card(one)).read_text(encoding="utf-8"))
            number = said["speaker_id_map"][speaker] if speaker else None
            return PiperState(model=one.id, speaker=number, rate_hz=int(said["audio"]["sample_rate"]))
        except _BROKEN as error:
            raise _refused(one.name) from error

    def speak(
        self, text: str, voice: PiperState, *, settings: Settings, seed: int, report: Report
    ) -> Generator[Mono, None, None]:
        if not text.strip():
            return
        from piper import SynthesisConfig

        one, folder = self.model(settings, voice.model)
        report(0.0, "Loading the voice")
        wanted = SynthesisConfig(
            speaker_id=voice.speaker,
            length_scale=1.0 / float(settings.get("speed") or 1.0),
            noise_scale=_number(settings, "temperature", 0.667),
            noise_w_scale=_number(settings, "rhythm", 0.8),
            normalize_audio=False,
        )
        still = not wanted.noise_scale and not wanted.noise_w_scale
        with self.use(one, lambda: _loaded(one, folder)) as network:
            if not still and onnx_session.draws(folder / network_file(one)):
                network.session = onnx_session.session(folder / network_file(one), seed)
            report(0.1, STAGE)
            for chunk in network.synthesize(text, wanted):
                yield from cut(chunk.audio_float_array, voice.rate_hz, report, STAGE)


def _loaded(one: Installed, folder: Path) -> "PiperVoice":
    from piper import PiperVoice
    from piper.config import PiperConfig

    session = onnx_session.session(folder / network_file(one))
    try:
        said = json.loads((folder / _card(one)).read_text(encoding="utf-8"))
        return PiperVoice(session=session, config=PiperConfig.from_dict(said), download_dir=folder)
    except _BROKEN as error:
        raise _refused(one.name) from error


def _number(settings: Settings, name: str, usual: float) -> float:
    value = settings.get(name)
    return usual if value is None else float(value)


def _card(one: Installed) -> str:
    return f"{network_file(one)}.json"


def _speakers(card: Path) -> tuple[str, ...]:
    try:
        said = json.loads(card.read_text(encoding="utf-8"))
        return tuple(said.get("speaker_id_map", {})) if said.get("num_speakers", 1) > 1 else ()
    except _BROKEN:
        return ()


def _refused(name: str) -> StudioError:
    return StudioError(
        "piper.file",
        f"{name} could not be loaded.",
        cause="Its description does not say what a Piper voice's does.",
        remedy="Delete the model and install it again, or choose another voice.",
    )
