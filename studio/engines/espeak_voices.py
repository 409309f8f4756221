"""eSpeak NG as a speaker: a hundred languages by rule, with nothing to learn, to record or to install."""

import re
from collections.abc import Generator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from msgspec import Struct

from studio.engines import espeak
from studio.engines.base import Control, EngineInfo, Mono, Reference, Report, Settings
from studio.engines.blocks import cut
from studio.engines.ready_voices import STAGE, ReadyVoice, learns_none

_WORDS_PER_MINUTE: Final = 165
_LEVEL: Final = 0.09
"""About -21 dB of full scale, for every voice: by themselves they lie up to 12 dB apart."""

_PEAK: Final = 0.95
_TUNE: Final = (3, 12, 0.04)
"""How far another take may lie from the first one, in eSpeak's own scales of pitch and range, and in speed."""

_EVERYWHERE: Final = ("Annie",)
_IN_ENGLISH: Final = ("Andrea", "Andy", "Annie", "Denis", "linda", "Michael", "paul", "steph", "whisper")
_NAME: Final = re.compile(r"^name\s+(.+?)\s*(?://.*)?$", re.MULTILINE)
_CODE: Final = re.compile(r"^language\s+(\S+)", re.MULTILINE)
_WORDS: Final = re.compile(r"^dictionary\s+(\S+)", re.MULTILINE)


class ESpeakState(Struct, frozen=True, kw_only=True):
    """A voice of eSpeak's by its own name, such as "en-us+Annie"."""

    name: str
    rate_hz: int = espeak.RATE_HZ

    @property
    def memory_bytes(self) -> int:
        """The library is loaded for each text."""
        return 0


class ESpeak:
    """Speaks at once, in many languages, and sounds like a machine."""

    info: ClassVar = EngineInfo(
        id="espeak",
        task="speak",
        name="eSpeak NG",
        licence="GPL-3.0-or-later",
        about="Voices made by rule, in a hundred languages: quick and easy to understand, and plainly a machine's.",
        can=("presets",),
        needs=("espeakng_loader",),
        extra="engines",
        version_of="espeakng-loader",
        controls=(
            Control(id="speed", title="Speed", low=0.5, high=2.0, default=1.0, unit="×"),
            Control(id="pitch", title="Pitch", low=0.0, high=100.0, default=50.0),
            Control(
                id="liveliness",
                title="Liveliness",
                low=0.0,
                high=100.0,
                default=50.0,
                about="How far the pitch rises and falls.",
            ),
        ),
    )

    def presets(self) -> tuple[str, ...]:
        """Every language, each in a few voices."""
        return tuple(_voices())

    def described(self, preset: str) -> ReadyVoice:
        """One of them, as a person knows it."""
        return _voices()[preset]

    def learn(
        self, references: Sequence[Reference], folder: Path, *, language: str, seed: int, report: Report
    ) -> Mapping[str, str | float]:
        """Refuse: see `Speaker`."""
        raise learns_none(self.info)

    def open(self, voice: Path | str, settings: Settings) -> ESpeakState:
        """Return the voice of that name."""
        return ESpeakState(name=str(voice))

    def speak(
        self, text: str, voice: ESpeakState, *, settings: Settings, seed: int, report: Report
    ) -> Generator[Mono, None, None]:
        """Yield a sentence; another seed says it a little otherwise, as a person would."""
        if not any(letter.isalnum() for letter in text):
            return
        report(0.0, STAGE)
        other = np.random.default_rng(seed).uniform(-1, 1, 3) * (_TUNE if seed else 0)
        spoken = espeak.render(
            text.replace("[[", "").replace("]]", ""),
            voice=voice.name,
            words_per_minute=round(_WORDS_PER_MINUTE * _number(settings, "speed", 1.0) * (1 + other[2])),
            pitch=round(float(np.clip(_number(settings, "pitch", 50.0) + other[0], 0, 100))),
            range_=round(float(np.clip(_number(settings, "liveliness", 50.0) + other[1], 0, 100))),
        )
        yield from cut(_levelled(spoken.samples), spoken.rate_hz, report, STAGE)


@cache
def _voices() -> dict[str, ReadyVoice]:
    """By their ids; read from eSpeak's own description of its languages."""
    import espeakng_loader

    data = Path(str(espeakng_loader.get_data_path()))
    found: dict[str, ReadyVoice] = {}
    for file in sorted(path for path in (data / "lang").rglob("*") if path.is_file()):
        said = file.read_text("utf-8", "replace")
        named, code, words = _NAME.search(said), _CODE.search(said), _WORDS.search(said)
        if named is None or code is None:
            continue
        dictionary = words[1] if words is not None else code[1].partition("-")[0]
        if not (data / f"{dictionary}_dict").is_file():  # a language that is described and not made
            continue
        language = file.name.lower()
        found[language] = ReadyVoice(language, named[1], language)
        for variant in _IN_ENGLISH if dictionary == "en" else _EVERYWHERE:
            name = f"{language}+{variant}"
            found[name] = ReadyVoice(name, f"{named[1]}, {variant.capitalize()}", language)
    return found


def _levelled(samples: Mono) -> Mono:
    level = float(np.sqrt(np.square(samples).mean()))
    peak = float(np.abs(samples).max(initial=0.0))
    gain = min(_LEVEL / max(level, 1e-6), _PEAK / max(peak, 1e-6))
    return (samples * np.float32(gain)).astype(np.float32)


def _number(settings: Settings, name: str, usual: float) -> float:
    value = settings.get(name)
    return usual if value is None else float(value)
