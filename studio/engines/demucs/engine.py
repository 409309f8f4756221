"""The Demucs separators: each family of `families` as an engine.

To add one: an entry in `FAMILIES`, a class here, and a line in `pyproject.toml` under `studio.engines`.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

import numpy as np
from msgspec import Struct

from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Stems, Whole
from studio.engines.demucs import loading, weights
from studio.engines.demucs.families import FAMILIES, Family
from studio.engines.demucs.pulse import Pulse
from studio.engines.demucs.rows import by_rows
from studio.engines.device import torch_device
from studio.errors import StudioError

if TYPE_CHECKING:
    import torch
    from demucs.apply import Model
    from torch import Tensor

_OVERLAP: Final = 0.25  # of a segment, as the package has it: less is heard as a seam now and then
_SILENT: Final = 1e-6
_NAMES: Final = {
    2: ("vocals", "accompaniment"),
    4: ("vocals", "drums", "bass", "other"),
    6: ("vocals", "drums", "bass", "guitar", "piano", "other"),
}


class _Loaded(Struct, frozen=True, kw_only=True):
    """A network where it runs, and what tells how far it is."""

    network: "Model"
    pulse: Pulse


class _Demucs:
    """One family of networks. Of several on a CPU, one is in memory at a time."""

    _family: ClassVar[Family]
    info: ClassVar[EngineInfo]

    def __init__(self) -> None:
        self._loaded: dict[tuple[Path, str], _Loaded] = {}

    @classmethod
    def lacks(cls) -> str:
        """Say which weights are missing and where to get them, "" where all are on this computer."""
        return weights.lacking(cls._family)

    def chunking(self, settings: Settings) -> Chunking:
        first = _outline(weights.found(self._family, settings)[0])
        segment_s = float(first.segment)
        fixed = bool(getattr(first, "use_train_segment", False))
        if not fixed and not settings.get(weights.SETTING):
            segment_s = self._family.segment_s
        return Chunking(
            rate_hz=int(first.samplerate), chunk_s=segment_s, overlap_s=segment_s * _OVERLAP, halves=not fixed
        )

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        del settings
        return () if torch_device().type == "cpu" else (Effort(half=True), Effort(cpu=True))

    def model_hash(self, settings: Settings) -> str:
        return weights.fingerprint(weights.found(self._family, settings))

    def stems(self, count: int) -> tuple[str, ...]:
        return _NAMES[count]

    def separate(
        self, mix: Sound, rate_hz: int, *, count: int, whole: Whole, settings: Settings, effort: Effort, report: Report
    ) -> Stems:
        import torch

        files = weights.found(self._family, settings)
        outline = _outline(files[0])
        if rate_hz != outline.samplerate:
            raise ValueError(f"{rate_hz} Hz where {outline.samplerate} were asked for")
        wanted = [self._source(name, list(outline.sources)) for name in self.stems(count)[:-1]]
        out = np.zeros((len(wanted), *mix.shape), np.float32)
        if whole.std < _SILENT or not len(mix):
            report(1.0, "Taking the sound apart")
            return out
        device = torch.device("cpu") if effort.cpu else torch_device()
        sound = _as_trained(mix, outline.audio_channels, whole).to(device)
        shares = self._shares(files, len(outline.sources))[:, wanted]
        used = np.flatnonzero(shares.any(axis=1))
        for turn, index in enumerate(used):
            loaded = self._get(files[index], device, len(files), report)
            loaded.pulse.start(report, turn / len(used), (turn + 1) / len(used))
            with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=effort.half):
                found = _heard(loaded.network, sound)[wanted]
            _add(out, found, shares[index])
            del found
        out /= shares.sum(axis=0)[:, None, None].astype(np.float32)
        out *= np.float32(_scale(whole))
        out += np.float32(whole.mean)
        report(1.0, "Taking the sound apart")
        return out

    def _shares(self, files: tuple[Path, ...], sources: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """How much each network counts for each source, shape (networks, sources)."""
        if len(files) == len(self._family.networks) and self._family.shares:
            return np.array(self._family.shares, np.float64)
        return np.ones((len(files), sources))

    def _source(self, stem: str, sources: list[str]) -> int:
        if stem in sources:
            return sources.index(stem)
        raise StudioError(
            "demucs.stems",
            f"{self._family.name} could not take the sound apart.",
            cause=f"Its network has no {stem}, only {', '.join(sources)}.",
            remedy="Choose another number of stems, or another engine.",
        )

    def _get(self, file: Path, device: "torch.device", of: int, report: Report) -> _Loaded:
        key = (file, str(device))
        if key not in self._loaded:
            report(0.0, "Loading the network")
            if device.type == "cpu" or len(self._loaded) >= of:
                self._loaded.clear()
            made = loading.network(file).to(device)
            pulse = Pulse()
            by_rows(made, pulse.beat)
            pulse.watch(made)
            self._loaded[key] = _Loaded(network=made, pulse=pulse)
        return self._loaded[key]


def _info(id: str) -> EngineInfo:
    family = FAMILIES[id]
    return EngineInfo(
        id=id,
        task="separate",
        name=family.name,
        licence="MIT",
        about=family.about,
        needs=("demucs", "torch", "safetensors"),
        extra="engines",
        version_of="demucs",
        stems=tuple(sorted(family.stems, key=lambda count: count != 4)),
    )


class HtDemucs(_Demucs):
    """htdemucs."""

    _family: ClassVar = FAMILIES["htdemucs"]
    info: ClassVar = _info("htdemucs")


class HtDemucsFineTuned(_Demucs):
    """htdemucs_ft."""

    _family: ClassVar = FAMILIES["htdemucs_ft"]
    info: ClassVar = _info("htdemucs_ft")


class HtDemucsSixStems(_Demucs):
    """htdemucs_6s."""

    _family: ClassVar = FAMILIES["htdemucs_6s"]
    info: ClassVar = _info("htdemucs_6s")


class HDemucsMmi(_Demucs):
    """hdemucs_mmi."""

    _family: ClassVar = FAMILIES["hdemucs_mmi"]
    info: ClassVar = _info("hdemucs_mmi")


class Mdx(_Demucs):
    """mdx."""

    _family: ClassVar = FAMILIES["mdx"]
    info: ClassVar = _info("mdx")


class MdxExtra(_Demucs):
    """mdx_extra."""

    _family: ClassVar = FAMILIES["mdx_extra"]
    info: ClassVar = _info("mdx_extra")


def _outline(file: Path) -> "Model":
    return _outline_as_of(file, file.stat().st_mtime_ns)


@cache
def _outline_as_of(file: Path, mtime_ns: int) -> "Model":
    del mtime_ns
    return loading.outline(file)


def _scale(whole: Whole) -> float:
    return whole.std + 1e-8


def _as_trained(mix: Sound, channels: int, whole: Whole) -> "Tensor":
    """The sound as networks were trained on it: mean 0 and deviation 1 over the whole, shape (1, channels, samples)."""
    import torch

    normal = torch.from_numpy(np.array(mix.T, np.float32, order="C")).sub_(whole.mean).div_(_scale(whole))
    return (normal if len(normal) == channels else normal.mean(dim=0, keepdim=True).expand(channels, -1))[None]


def _heard(network: "Model", sound: "Tensor") -> "Tensor":
    """All sources of one chunk, shape (sources, channels, samples); zeros around it up to what the network hears."""
    from torch.nn import functional

    length = sound.shape[-1]
    valid_length: Callable[[int], int] | None = getattr(network, "valid_length", None)
    valid = valid_length(length) if valid_length else length
    before = (valid - length) // 2
    heard = functional.pad(sound, (before, valid - length - before))
    found = cast("Tensor", network(heard))
    return found[0, ..., before : before + length]


def _add(out: Stems, found: "Tensor", shares: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> None:
    for stem, share in enumerate(shares):
        if share:
            sound = found[stem].float().cpu().numpy().T
            out[stem] += np.float32(share) * (sound if out.shape[2] > 1 else sound.mean(axis=1, keepdims=True))
