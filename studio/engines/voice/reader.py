"""What was learnt of a reader, in memory and on the disk."""

from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono
from studio.engines.voice.frames import Matrix, Row, World
from studio.engines.voice.network import Weights
from studio.errors import StudioError
from studio.media.wav import MappedWav, WavWriter

FORM: Final = 1
_FACTS: Final = "reader.json"
_ARRAYS: Final = "reader.safetensors"
_SOUND: Final = "reader.wav"
_WEIGHT: Final = "network."

Ints = NDArray[np.int64]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a reader in words and numbers."""

    form: int
    rate_hz: int
    length_s: float
    language: str
    carrier: str
    words_per_minute: int
    phones: tuple[str, ...]
    log_f0: float
    log_f0_spread: float
    carrier_log_f0: float
    carrier_log_f0_spread: float
    pause_frames: float
    transcribed: bool
    seed: int


class Material(NamedTuple):
    """The recordings, one after another, with the phones in them.

    `segments` has a row a segment: phone, stress, first frame, last frame + 1, recording. Frames count from the
    start of the whole; frame `f` is centred on sample `f * rate_hz * HOP_S`, less what `offsets` says.
    """

    world: World
    segments: Ints
    oddity: Matrix
    """How far the first and the second half of each segment are from what the network expects, shape (segments, 2)."""
    samples: Mono
    first_frames: Ints
    """The first frame of each recording."""
    first_samples: Ints
    """The first sample of each recording."""


class Statistics(NamedTuple):
    """Means and spreads by which one voice is moved onto another; envelopes first, then aperiodicity, voice, F0."""

    mean: Row
    spread: Row
    centre: Row
    gain: Row
    carrier_mean: Row
    carrier_spread: Row
    reader_mean: Row
    reader_spread: Row
    durations: Row
    shifts: Matrix
    """What has to be added to the moved carrier, phone by phone, shape (phones, ORDER)."""


class Reader(NamedTuple):
    """All of it."""

    facts: Facts
    weights: Weights
    statistics: Statistics
    material: Material

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each phone."""
        return {phone: i for i, phone in enumerate(self.facts.phones)}


def save(reader: Reader, folder: Path) -> None:
    """Write a reader into an empty folder."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    material = reader.material
    arrays: dict[str, NDArray[Any]] = {f"{_WEIGHT}{name}": values for name, values in reader.weights.items()}
    arrays |= {f"statistics.{name}": values for name, values in reader.statistics._asdict().items()}
    arrays |= {f"world.{name}": values.astype(np.float16) for name, values in material.world._asdict().items()}
    arrays |= {
        "material.segments": material.segments.astype(np.int32),
        "material.oddity": material.oddity,
        "material.first_frames": material.first_frames,
        "material.first_samples": material.first_samples,
    }
    save_file({name: np.ascontiguousarray(values) for name, values in arrays.items()}, folder / _ARRAYS)
    with WavWriter(folder / _SOUND, reader.facts.rate_hz, 1) as sound:
        sound.write(np.ascontiguousarray(material.samples[:, None]))
    (folder / _FACTS).write_bytes(msgspec.json.format(msgspec.json.encode(reader.facts), indent=2))


def load(folder: Path) -> Reader:
    """Read what `save` wrote; a `StudioError` where it is not there, or not whole."""
    from safetensors.numpy import load_file

    try:
        facts = msgspec.json.decode((folder / _FACTS).read_bytes(), type=Facts)
        if facts.form != FORM:
            raise _unreadable("It was learnt by another version of the studio.")
        arrays = load_file(folder / _ARRAYS)
        world = World(**{name: arrays[f"world.{name}"].astype(np.float32) for name in World._fields})
        material = Material(
            world=world,
            segments=arrays["material.segments"].astype(np.int64),
            oddity=arrays["material.oddity"],
            samples=MappedWav.open(folder / _SOUND).frames[:, 0],
            first_frames=arrays["material.first_frames"],
            first_samples=arrays["material.first_samples"],
        )
        statistics = Statistics(**{name: arrays[f"statistics.{name}"] for name in Statistics._fields})
    except (OSError, msgspec.MsgspecError, ValueError, KeyError) as error:
        raise _unreadable(f"{error}.") from error
    except Exception as error:
        if type(error).__module__.startswith("safetensors"):
            raise _unreadable(f"{error}.") from error
        raise
    weights = {name.removeprefix(_WEIGHT): rows for name, rows in arrays.items() if name.startswith(_WEIGHT)}
    return Reader(facts, weights, statistics, material)


def _unreadable(cause: str) -> StudioError:
    return StudioError(
        "voice.unreadable",
        "The voice could not be opened.",
        cause=f"What was learnt of it cannot be read. {cause}",
        remedy="Have the voice learnt again from its recordings, or import it again.",
    )
