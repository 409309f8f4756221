"""Kokoro: one network of 82 million weights and a file of voices, each a style that the network speaks in."""

import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.catalogue import store
from studio.catalogue.store import Installed
from studio.engines import installed, onnx_session
from studio.engines.base import Control, EngineInfo, Mono, Report, Settings
from studio.engines.blocks import cut
from studio.engines.ready_voices import STAGE, ReadyVoice, ReadyVoices, network_file
from studio.errors import StudioError, is_out_of_memory

if TYPE_CHECKING:
    from kokoro_onnx import Kokoro as Network

_ID: Final = "kokoro"
_NAME: Final = "Kokoro"
_RATE_HZ: Final = 24000
_LANGUAGES: Final = {
    "a": "en-us",
    "b": "en-gb",
    "e": "es",
    "f": "fr-fr",
    "h": "hi",
    "i": "it",
    "p": "pt-br",
}
"""What a voice's first letter says of its language, for those that eSpeak can spell out."""

_CALLED: Final = {
    "a": "English (US)",
    "b": "English (GB)",
    "e": "Spanish",
    "f": "French",
    "h": "Hindi",
    "i": "Italian",
    "p": "Portuguese (BR)",
}


class KokoroVoice(Struct, frozen=True, kw_only=True):
    """A voice of the installed network."""

    model: str
    name: str

    @property
    def rate_hz(self) -> int:
        return _RATE_HZ

    @property
    def memory_bytes(self) -> int:
        """The network and all its voices are kept by `residents`."""
        return 0


class Kokoro(ReadyVoices):
    """Speaks with some fifty voices of its own; learns none."""

    info: ClassVar = EngineInfo(
        id=_ID,
        task="speak",
        name=_NAME,
        licence="MIT (kokoro-onnx), Apache-2.0 (network)",
        about="Even and clear, with many voices of its own. Nothing is cloned.",
        languages=("en", "es", "fr", "hi", "it", "pt"),
        can=("presets",),
        needs=("kokoro_onnx", "onnxruntime"),
        extra="engines",
        version_of="kokoro-onnx",
        controls=(Control(id="speed", title="Speed", low=0.5, high=2.0, default=1.0, unit="×"),),
    )

    suggestion: ClassVar = _ID

    def presets(self) -> tuple[str, ...]:
        there = installed.of_engine(_ID)
        if not there:
            return ()
        try:
            with zipfile.ZipFile(store.place(there[0].id) / _voices(there[0])) as archive:
                names = [name.removesuffix(".npy") for name in archive.namelist()]
        except (OSError, zipfile.BadZipFile):
            return ()
        return tuple(sorted(name for name in names if name[:1] in _LANGUAGES))

    def described(self, preset: str) -> ReadyVoice:
        one = installed.of_engine(_ID)[0]
        name = preset.partition("_")[2].replace("_", " ").title() or preset
        network = one.files[0].sha256 if one.files else ""
        return ReadyVoice(preset, f"{_CALLED[preset[0]]}, {name}", _LANGUAGES[preset[0]], network)

    def open(self, voice: Path | str, settings: Settings) -> KokoroVoice:
        one, _ = installed.chosen(_ID, _NAME, settings, _ID)
        if str(voice) not in self.presets():
            raise StudioError(
                "kokoro.preset",
                "The voice could not be opened.",
                cause=f"{one.name} brings no voice called {voice}.",
                remedy="Choose another voice.",
            )
        return KokoroVoice(model=one.id, name=str(voice))

    def speak(
        self, text: str, voice: KokoroVoice, *, settings: Settings, seed: int, report: Report
    ) -> Generator[Mono, None, None]:
        if not text.strip():
            return
        one, folder = self.model(settings, voice.model)
        report(0.0, "Loading the network")
        speed = min(2.0, max(0.5, float(settings.get("speed") or 1.0)))
        with self.use(one, lambda: _loaded(one, folder)) as network:
            if onnx_session.draws(folder / network_file(one)):
                network.sess = onnx_session.session(folder / network_file(one), seed)
            report(0.1, STAGE)
            language = _LANGUAGES[voice.name[0]]
            phonemes = network.tokenizer.phonemize(text, language)
            if not phonemes:
                return
            sound, _ = network.create(phonemes, _style(network, one, voice.name), speed=speed, is_phonemes=True)
            yield from cut(sound, _RATE_HZ, report, STAGE)


def _loaded(one: Installed, folder: Path) -> "Network":
    from kokoro_onnx import Kokoro as Network

    session = onnx_session.session(folder / network_file(one))
    try:
        return Network.from_session(session, str(folder / _voices(one)))
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise _refused(one.name) from error


def _style(network: "Network", one: Installed, name: str) -> NDArray[np.float32]:
    """What the network is told of a voice; an array of objects would be a pickle, and is refused."""
    try:
        return np.asarray(network.voices[name], np.float32)
    except (ValueError, KeyError, OSError) as error:
        raise _refused(one.name) from error


def _refused(name: str) -> StudioError:
    return StudioError(
        "kokoro.file",
        f"{name} could not be loaded.",
        cause="Its network or its file of voices is damaged, or something else.",
        remedy="Delete the model and install it again, or choose another engine.",
    )


def _voices(one: Installed) -> str:
    return next((file.name for file in one.files if file.name.endswith((".bin", ".npz"))), "")
