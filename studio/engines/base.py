"""What an engine is: one protocol a task, and the card that the rest of the program knows it by.

To add an engine:
1. Write one file here (or in a package of your own) with a class that has `info` and the verb of its task.
   Import its library inside the methods, never at the top: a card has to be drawn where the library is missing.
2. Name the class under `[project.entry-points."studio.engines"]` in `pyproject.toml`, with its id as the key.
   The built-ins come in by the same door. Install again (`packaging/run --setup`), since pip writes the list down.
3. `python -m pytest tests/engines` runs the contract of its task over it: shapes, units, silence, cancel, rates.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.model.pitch import PitchCurve

Mono = NDArray[np.float32]
"""One channel, 0 dBFS at ±1, shape (samples,). May be mapped from a file: read it piece by piece."""

Sound = NDArray[np.float32]
"""One or two channels, 0 dBFS at ±1, shape (samples, channels)."""

Stems = NDArray[np.float32]
"""Parts of one sound beside each other, shape (parts, samples, channels)."""

Settings = Mapping[str, str | float | int | bool | None]
"""What the person chose for an engine beyond its id. An engine takes what it knows and leaves the rest alone."""

Report = Callable[[float, str], None]
"""Tell how far along we are, 0 to 1, and with what. Raises `Cancelled` when nobody wants the result any more."""

Task = Literal["pitch", "separate", "denoise", "dereverb", "learn", "speak", "convert", "recognise", "detect"]

FRAMES_PER_S = 200
"""The one grid of every pitch tracker: frame `i` is centred on sample `i * rate_hz / FRAMES_PER_S`."""


class Control(Struct, frozen=True, kw_only=True):
    """Something about an engine that a person can turn: its key in `Settings`, and its limits, both inclusive."""

    id: str
    title: str
    low: float
    high: float
    default: float
    unit: str = ""
    about: str = ""


class EngineInfo(Struct, frozen=True, kw_only=True):
    """Who an engine is, what it needs and what it can do; the interface draws its controls from this.

    `needs` are the modules it imports, looked for without importing them. `extra` is the optional part of the
    studio that brings them.
    """

    id: str
    task: Task
    name: str
    licence: str
    about: str = ""
    languages: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    extra: str = ""
    version_of: str = ""
    """The distribution whose version makes a result repeatable, such as `praat-parselmouth`."""
    lowest_hz: float = 0.0
    highest_hz: float = 0.0
    stems: tuple[int, ...] = ()
    """Into how many stems a separator can take a sound apart, the usual number first."""
    controls: tuple[Control, ...] = ()


class Engine(Protocol):
    """What every engine has, whatever its task. Made once a worker and kept, so it may hold a loaded model."""

    @property
    def info(self) -> EngineInfo:
        """The engine's card. Also readable from the class, without making an engine."""
        ...


@runtime_checkable
class Lacking(Protocol):
    """An engine's class that may need what no package brings, such as weights. Asked for the card, so imports nothing.

    The engine is made nevertheless: settings may say where the weights are, and using it without is a `StudioError`.
    """

    def lacks(self) -> str:
        """Return what is not here, where to get it and where to put it, "" when all is here."""
        ...


class PitchTracker(Engine, Protocol):
    """Finds the melody of one voice."""

    def track(self, samples: Mono, rate_hz: int, *, low_hz: float, high_hz: float, report: Report) -> PitchCurve:
        """Return F0 and confidence on the shared grid, `ceil(samples * FRAMES_PER_S / rate_hz)` frames.

        F0 is in Hz, NaN where unvoiced and never outside `low_hz` to `high_hz`; confidence lies in 0 to 1 and is
        also given where unvoiced. `report` is called at least each half second of work. The same input gives the
        same result.
        """
        ...


class Chunking(Struct, frozen=True, kw_only=True):
    """How a long sound is handed to an engine: in chunks of `chunk_s` that overlap by `overlap_s`.

    In the overlap one chunk fades linearly into the next, so that nothing is heard of what an engine does at the
    very edge of a chunk; `overlap_s` is at most half of `chunk_s`. A sound shorter than a chunk comes whole, the
    last chunk of a longer one begins earlier, so that it is as long as the others. `rate_hz` 0 takes any rate from
    8 to 192 kHz. With `halves`, a chunk half as long needs less memory.
    """

    rate_hz: int = 0
    chunk_s: float
    overlap_s: float
    halves: bool = True


class Whole(Struct, frozen=True, kw_only=True):
    """What is known of the entire sound before its first chunk, for what must not change on the way.

    `mean` and `std` are those of the mean of the channels, `peak` is the largest sample of any channel, and
    `side_db` the level of left minus right beside left plus right, -200 where there is none (as in mono). `noise`
    is what the engine's own `learn_noise` made of a stretch that the person chose, () where none was chosen. `heard`
    is the most that the engine's own `listen` answered, 0 where it was not asked.
    """

    length_s: float
    mean: float
    std: float
    peak: float
    side_db: float
    noise: tuple[float, ...] = ()
    heard: float = 0.0


class Effort(Struct, frozen=True, kw_only=True):
    """How to compute: as well as the device can, and with less memory after it ran out.

    The first try is `Effort()`. An engine that knows no half precision or no second device ignores the field.
    """

    half: bool = False
    cpu: bool = False


class Chunked(Engine, Protocol):
    """An engine that turns a sound into one or more of the same length, chunk by chunk.

    The studio cuts, resamples, joins and stores; an engine sees one chunk at a time and keeps nothing from it: the
    same chunk gives the same result whatever came before, bit for bit on one device. What cannot be done (silence
    can) is a `StudioError`. Where memory runs out, a `MemoryError` or torch's own error has the chunk done again
    with less. `report` is called at least each half second of work, with how far the chunk is.
    """

    def chunking(self, settings: Settings) -> Chunking:
        """Return how the engine wants its input. May read a model's description, but loads no weights."""
        ...

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        """Return what to try in turn after memory ran out and shorter chunks did not help, the best first."""
        ...

    def model_hash(self, settings: Settings) -> str:
        """Return what tells the weights from any others, "" where there are none."""
        ...


class Separator(Chunked, Protocol):
    """Takes a mix apart."""

    def stems(self, count: int) -> tuple[str, ...]:
        """Return the names of `count` stems (one of `info.stems`), in order; the last is what the others leave.

        2: vocals, accompaniment. 4: vocals, drums, bass, other. 6: vocals, drums, bass, guitar, piano, other.
        """
        ...

    def separate(
        self, mix: Sound, rate_hz: int, *, count: int, whole: Whole, settings: Settings, effort: Effort, report: Report
    ) -> Stems:
        """Return all stems but the last, shape (count - 1, samples, channels) in the order of `stems(count)`.

        The last one is made by subtraction, so that the stems add up to the mix exactly.
        """
        ...


@runtime_checkable
class ListensFirst(Protocol):
    """A separator that is played a sound of several chunks before it takes the first one apart.

    It is asked about one chunk after the other, spread over the sound, and no further once it answers `enough`.
    """

    enough: ClassVar[float]

    def listen(self, mix: Sound, rate_hz: int, *, settings: Settings, report: Report) -> float:
        """Return how sure it is that the voice is in this chunk; the most of all chunks is to be `Whole.heard`."""
        ...


class Denoiser(Chunked, Protocol):
    """Takes noise ("denoise") or the room ("dereverb") out of a recording."""

    def denoise(
        self,
        sound: Sound,
        rate_hz: int,
        *,
        strength: float,
        whole: Whole,
        settings: Settings,
        effort: Effort,
        report: Report,
    ) -> Sound:
        """Return the cleaned sound in the shape of `sound`; `strength` 0 leaves it alone, 1 takes out what it can."""
        ...


class Reference(NamedTuple):
    """A recording of a person, and what is said in it, "" where nobody knows."""

    samples: Mono
    rate_hz: int
    text: str = ""


class VoiceState(Protocol):
    """What an engine holds in memory to speak with one voice. Speaking leaves it as it is."""

    @property
    def rate_hz(self) -> int:
        """The rate of what is spoken with it."""
        ...

    @property
    def memory_bytes(self) -> int:
        """About how much memory it takes."""
        ...


Opened = TypeVar("Opened", bound=VoiceState)


class Speaker(Engine, Protocol[Opened]):
    """Says a text in a voice. `info.can` may name "clone" (it learns voices), "presets" (it brings some), "stream".

    One that can "stress" is given words between asterisks (`*now*`), see `model.script`; no other one ever is.
    """

    def presets(self) -> tuple[str, ...]:
        """Return the names of the voices that the engine brings itself. Loads no weights."""
        ...

    def learn(
        self, references: Sequence[Reference], folder: Path, *, language: str, seed: int, report: Report
    ) -> Mapping[str, str | float]:
        """Learn a person's voice into an empty folder (safetensors, JSON, WAV), and return what is to be said of it.

        The references are of one person. The same references and seed leave the same files.
        """
        ...

    def open(self, voice: Path | str, settings: Settings) -> Opened:
        """Return the voice that was learnt into a folder, or the preset of that name, ready to speak with."""
        ...

    def speak(self, text: str, voice: Opened, *, settings: Settings, seed: int, report: Report) -> Iterator[Mono]:
        """Yield one sentence of speech, in blocks of half a second at most where the engine can stream.

        The studio cuts text into sentences, takes out what is not to be read, and makes the pauses between. The same
        text, voice, settings and seed give the same sound, whatever was spoken before. Nothing to say is no block.
        `report` is called at least each half second of work. Closing the iterator stops the work.
        """
        ...


class Pieces(Protocol):
    """What an engine finished of a long work, kept by whoever asked for it: the same work, begun again, finds it."""

    def find(self, name: str) -> bytes | None:
        """Return what was kept under that name, None where nothing was, or not all of it is there."""
        ...

    def keep(self, name: str, made: bytes) -> None:
        """Keep a piece that the engine need not make again."""
        ...


class Converter(Engine, Protocol[Opened]):
    """Says or sings again in another voice what was said or sung, with its timing and its melody."""

    def open(self, voice: Path, settings: Settings) -> Opened:
        """Return the voice that was learnt into a folder, as `Speaker.open` does it."""
        ...

    def convert(
        self,
        samples: Mono,
        rate_hz: int,
        voice: Opened,
        *,
        settings: Settings,
        report: Report,
        pieces: Pieces | None = None,
    ) -> Mono:
        """Return the sound in that voice, of the same rate and length; the same with `pieces` as without.

        Settings: `transpose` in semitones (-24 to 24, `None` moves the middle of the melody to that of the voice, with
        `octaves` by whole ones, so that it stays in its key), `formant` in semitones, `strength` 0 (untouched) to 1.
        """
        ...


@runtime_checkable
class LearnsNoise(Protocol):
    """A denoiser that can be shown the noise alone; its card says "noise profile" among what it can do."""

    def learn_noise(self, noise: Sound, rate_hz: int) -> tuple[float, ...]:
        """Return what it will find in `Whole.noise`; a `StudioError` where the stretch is too short to tell."""
        ...
