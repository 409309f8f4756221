"""The voice that every installation can learn: no download, from ten seconds of a person on."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

import numpy as np

from studio.engines.base import Control, EngineInfo, Mono, Pieces, Reference, Report, Settings
from studio.engines.voice.frames import HOP_S
from studio.errors import StudioError
from studio.model.script import stressed

if TYPE_CHECKING:
    from studio.engines.voice.reader import Reader
    from studio.engines.voice.stress import Span
    from studio.engines.voice.units import Units

_GAIN: Final = 1.2
"""Speech at about -23 dB of full scale, as broadcasts have it, with room for its peaks."""

_BLENDED: Final = 0.7
"""What is blended comes out about 3 dB louder than the units that it is blended from."""

_PEAK: Final = 0.98
_BLOCK_S: Final = 0.4
_LITTLE_S: Final = 20.0
_MUCH_S: Final = 120.0
_LEAST_S: Final = 3.0
_EDGES_S: Final = 0.1
"""The silence that two phrases bring themselves, one at its end and the other at its beginning."""

CLEAREST: Final = 0.4
"""The reader's share in the envelope where `character` is 0."""

_CHARACTERS: Final = {"clear": 0.25, "alike": 1.0}


class OpenVoice(NamedTuple):
    """A learnt reader with the units to speak with."""

    reader: "Reader"
    units: "Units | None"
    """None where nobody knew what the recordings say."""

    @property
    def rate_hz(self) -> int:
        """The rate of what is spoken."""
        return self.reader.facts.rate_hz

    @property
    def memory_bytes(self) -> int:
        """The frames; the recordings are mapped."""
        return sum(rows.nbytes for rows in self.reader.material.world) * 2


class BasicVoice:
    """eSpeak says what to say and when, the person's own recordings say how it sounds."""

    info: ClassVar = EngineInfo(
        id="basic",
        task="speak",
        name="built-in (basic)",
        licence="GPL-3.0-or-later",
        about="Learns a voice in a minute without a download. Pocket TTS sounds far more natural.",
        languages=("en",),
        can=("clone", "stream", "stress"),
        needs=("pyworld", "safetensors", "soxr", "scipy", "espeakng_loader"),
        extra="engines",
        version_of="pyworld",
        controls=(
            Control(
                id="character",
                title="Clear or alike",
                low=0.0,
                high=1.0,
                default=0.25,
                about="0 is easy to understand, 1 is made of the person's own recordings.",
            ),
            Control(id="speed", title="Speed", low=0.5, high=2.0, default=1.0, unit="×"),
        ),
    )

    def presets(self) -> tuple[str, ...]:
        """None: it learns all its voices."""
        return ()

    def learn(
        self, references: Sequence[Reference], folder: Path, *, language: str, seed: int, report: Report
    ) -> Mapping[str, str | float]:
        """Learn a reader from recordings whose texts are known."""
        from studio.engines.voice import learning, reader

        length_s = sum(len(reference.samples) / reference.rate_hz for reference in references)
        if length_s < _LEAST_S or not any(np.abs(reference.samples).max(initial=0) > 0 for reference in references):
            raise StudioError(
                "voice.short",
                "The voice was not learnt.",
                cause=f"There are {length_s:.1f} s of speech; {_LEAST_S:.0f} s are the least, 10 s are better.",
                remedy="Add a recording, or record some sentences more.",
            )
        learnt = learning.learn(references, language=language, seed=seed, report=report)
        reader.save(learnt, folder)
        return {
            "carrier": learnt.facts.carrier,
            "words_per_minute": learnt.facts.words_per_minute,
            "median_hz": round(float(np.exp(learnt.facts.log_f0)), 1),
            "character": character_of({}, length_s),
        }

    def open(self, voice: Path | str, settings: Settings) -> OpenVoice:
        """Return the reader that was learnt into a folder."""
        from studio.engines.voice import reader
        from studio.engines.voice.units import Units

        del settings
        loaded = reader.load(Path(voice))
        opened = OpenVoice(loaded, Units(loaded) if loaded.facts.transcribed else None)
        for character in _CHARACTERS:  # loads the libraries, which else the first sentence would wait for
            deque(self.speak("Ah.", opened, settings={"character": character}, seed=0, report=_nobody), maxlen=0)
        return opened

    def speak(self, text: str, voice: OpenVoice, *, settings: Settings, seed: int, report: Report) -> Iterator[Mono]:
        """Yield a sentence; see `Speaker`."""
        from studio.engines.voice.phrases import phrases

        report(0.0, "Speaking")
        speed = float(settings.get("speed") or 1.0)
        pause_s = max(voice.reader.facts.pause_frames * HOP_S - _EDGES_S, 0.0) / speed
        said = [phrase for phrase in phrases(text) if any(letter.isalnum() for letter in phrase)]
        character = character_of(settings, voice.reader.facts.length_s)
        gain = _GAIN if voice.units is None or character >= 1.0 else _GAIN * _BLENDED
        for number, phrase in enumerate(said):
            if number:
                yield np.zeros(round(pause_s * voice.rate_hz), np.float32)
            plain, spans = stressed(phrase)
            sounds = _phrase(plain, voice, character, speed, seed, report, spans)
            for sound in sounds:
                yield from _cut(sound, voice.rate_hz, gain)


def _phrase(
    text: str, voice: OpenVoice, character: float, speed: float, seed: int, report: Report, spans: "Sequence[Span]"
) -> Iterator[Mono]:
    """A phrase as sound, a piece at a time; in one piece where letters of it are to be stressed."""
    from studio.engines.voice import alike, clear, plan, roughly, stress
    from studio.engines.voice.units import Weighing

    reader = voice.reader
    if voice.units is None:
        yield roughly.said(reader, text, speed, report, spans)
        return
    as_units = character >= 1.0
    planned = plan.planned(reader, text, as_carrier=not as_units, speed=speed)
    chosen = voice.units.choose(planned, Weighing(), seed)
    report(0.5, "Speaking")
    words = stress.words_in(planned.spoken, spans)
    stretches = stress.of_segments(planned.segments, planned.starts.tolist(), words)
    if as_units:
        sound = alike.joined(reader, alike.pieces(reader, chosen))
        there = stress.where_chosen(stretches, chosen)
        yield stress.stressed(sound, voice.rate_hz, there) if there else sound
        return
    parts = clear.blended(reader, planned, chosen, CLEAREST + (1 - CLEAREST) * character)
    if stretches:
        yield stress.stressed(np.concatenate(list(parts)), voice.rate_hz, stretches)
        return
    for part in parts:
        report(0.9, "Speaking")
        yield part


class BasicConverter:
    """The same voices for what somebody else says or sings."""

    info: ClassVar = EngineInfo(
        id="basic-convert",
        task="convert",
        name="built-in conversion (basic)",
        licence="GPL-3.0-or-later",
        about="Moves the timbre of a recording to a learnt voice, and keeps timing, melody and vibrato.",
        needs=("pyworld", "safetensors", "soxr", "scipy", "numba", "threadpoolctl"),
        extra="engines",
        version_of="pyworld",
        controls=(
            Control(id="transpose", title="Transpose", low=-24.0, high=24.0, default=0.0, unit="semitones"),
            Control(id="formant", title="Formants", low=-12.0, high=12.0, default=0.0, unit="semitones"),
            Control(id="strength", title="Strength", low=0.0, high=1.0, default=1.0),
        ),
    )

    def open(self, voice: Path, settings: Settings) -> OpenVoice:
        """Return the reader that `BasicVoice` learnt into a folder."""
        return BasicVoice().open(voice, settings)

    def convert(
        self,
        samples: Mono,
        rate_hz: int,
        voice: OpenVoice,
        *,
        settings: Settings,
        report: Report,
        pieces: Pieces | None = None,
    ) -> Mono:
        """Return the sound in that voice; see `Converter`."""
        from studio.engines.voice.converting import Wish, converted

        transpose, formant, strength = (settings.get(name) for name in ("transpose", "formant", "strength"))
        wish = Wish(
            None if transpose is None else float(np.clip(float(transpose), -24, 24)),
            float(np.clip(float(formant or 0.0), -12, 12)),
            1.0 if strength is None else float(np.clip(float(strength), 0, 1)),
            bool(settings.get("octaves")),
        )
        return converted(samples, rate_hz, voice.reader, wish, report, pieces)


def _cut(sound: Mono, rate_hz: int, gain: float) -> Iterator[Mono]:
    """Speech at the level that is usual, in blocks."""
    loud = np.clip(sound * np.float32(gain), -_PEAK, _PEAK)
    block = round(_BLOCK_S * rate_hz)
    for start in range(0, len(loud), block):
        yield loud[start : start + block].astype(np.float32)


def _nobody(fraction: float, stage: str) -> None:
    """Reports to nobody."""


def character_of(settings: Settings, length_s: float) -> float:
    """How alike to be, 0 to 1: as chosen, or as much as so many seconds of recordings carry."""
    chosen = settings.get("character")
    if isinstance(chosen, str) and chosen in _CHARACTERS:
        return _CHARACTERS[chosen]
    if isinstance(chosen, int | float) and not isinstance(chosen, bool):
        return float(np.clip(chosen, 0.0, 1.0))
    if length_s >= _MUCH_S:
        return 1.0
    return _CHARACTERS["clear"] if length_s >= _LITTLE_S else 0.15
