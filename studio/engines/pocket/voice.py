"""A voice as Pocket TTS holds it: what the network remembers after hearing it, kept once and never copied.

The network writes behind what it remembers and reads only up to where it wrote. So setting that place back is all
that it takes to begin the next sentence, and the memory is made long enough for a sentence beforehand.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from studio.errors import StudioError

if TYPE_CHECKING:
    import torch

    State = dict[str, dict[str, torch.Tensor]]

FILE: Final = "voice.safetensors"
_SENTENCE_STEPS: Final = 320
"""Room for 50 tokens and the 19 s that the package allows them, at 12.5 steps a second."""


class PocketVoice:
    """The memory of a network after it heard a voice. `model` says which network's."""

    def __init__(self, state: "State", model: str, rate_hz: int) -> None:
        self.state, self.model, self._rate_hz = state, model, rate_hz
        self._length = max((int(one["offset"].max()) for one in state.values() if "offset" in one), default=0)
        for one in state.values():
            if "cache" in one:
                one["cache"] = _with_room(one["cache"], self._length + _SENTENCE_STEPS)

    @property
    def rate_hz(self) -> int:
        return self._rate_hz

    @property
    def memory_bytes(self) -> int:
        return sum(tensor.numel() * tensor.element_size() for one in self.state.values() for tensor in one.values())

    def rewind(self) -> None:
        """Forget what was said since the voice was heard."""
        for one in self.state.values():
            if "offset" in one:
                one["offset"].fill_(self._length)


def read(path: Path) -> "State":
    """The state of a file; a `StudioError` where it holds something else."""
    import torch
    from safetensors import SafetensorError, safe_open

    state: State = {}
    try:
        with safe_open(str(path), framework="pt") as opened:
            for key in opened.keys():  # noqa: SIM118 it is no mapping
                module, name = key.split("/")
                tensor = opened.get_tensor(key)
                if name == "current_end":  # older files say the length by a shape
                    name, tensor = "offset", torch.full((1,), tensor.shape[0], dtype=torch.long)
                state.setdefault(module, {})[name] = tensor
    except (SafetensorError, OSError, ValueError) as error:
        raise StudioError(
            "pocket.voice",
            "The voice could not be opened.",
            cause=f"{path.name} is damaged, or no voice of Pocket TTS.",
            remedy="Learn the voice again from its recordings.",
        ) from error
    return state


def _with_room(cache: "torch.Tensor", steps: int) -> "torch.Tensor":
    """Keys and values, shape (2, batch, steps, heads, width), with unused steps behind those that are filled."""
    if cache.shape[2] >= steps:
        return cache
    longer = cache.new_full((*cache.shape[:2], steps, *cache.shape[3:]), float("nan"))
    longer[:, :, : cache.shape[2]] = cache
    return longer
