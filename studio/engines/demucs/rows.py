"""The layers of a hybrid Demucs network, some rows of the spectrogram at a time.

In the spectrogram's branch nothing but the convolutions with a stride looks from one row (frequency) to the next, and
they look only as far as their kernel. So a layer can go through some rows from its input to its output before the
next ones begin: what lies between is a few MiB instead of hundreds, and stays in the processor's cache. The result is
the package's but for the rounding of sums.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    import torch
    from demucs.apply import Model
    from demucs.demucs import DConv
    from demucs.hdemucs import HDecLayer, HEncLayer
    from demucs.htdemucs import HTDemucs
    from torch import Tensor, nn

_ROWS_ON_CPU: Final = 32
_ROWS_ON_GPU: Final = 512
_STEPS: Final = 7  # of a residual branch that has neither attention nor a recurrence

Beat = Callable[[], None]
"""Called some times a second while a network runs; may raise `Cancelled`."""


def by_rows(network: "Model", beat: Beat) -> None:
    """Change in place how a network's layers run, where they can be run in rows; the others stay as they are."""
    import torch
    from demucs.demucs import DConv
    from demucs.hdemucs import HDecLayer, HEncLayer
    from demucs.htdemucs import HTDemucs

    torch.backends.mha.set_fastpath_enabled(False)  # it holds every token's attention to every other in memory
    for layer in network.modules():
        if isinstance(layer, HEncLayer) and _divisible(layer):
            _run_as(layer, partial(_encode, layer, beat))
        elif isinstance(layer, HDecLayer) and _divisible(layer):
            _run_as(layer, partial(_decode, layer, beat))
        elif isinstance(layer, DConv) and _plain(layer):
            _run_as(layer, partial(_refine, layer))
    if isinstance(network, HTDemucs) and network.cac:
        _give(network, "_mask", lambda _mix, parts: parts)
        _give(network, "_ispec", partial(_one_source_at_a_time, network))


def _divisible(layer: "HEncLayer | HDecLayer") -> bool:
    """A norm over all rows, attention or a recurrence would need them together."""
    if layer.empty or layer.norm or not layer.freq or layer.rewrite is None:
        return False
    if layer.dconv is not None and not _plain(layer.dconv):
        return False
    return hasattr(layer, "last") or tuple(layer.rewrite.kernel_size) == (1, 1)


def _plain(dconv: "DConv") -> bool:
    return all(len(block) == _STEPS for block in _blocks(dconv))


def _blocks(dconv: "DConv") -> "list[nn.Sequential]":
    return [cast("nn.Sequential", block) for block in dconv.layers]


def _encode(layer: "HEncLayer", beat: Beat, x: "Tensor", inject: "Tensor | None" = None) -> "Tensor":
    import torch
    from torch.nn import functional

    kernel, stride, pad = int(layer.conv.kernel_size[0]), int(layer.conv.stride[0]), int(layer.conv.padding[0])
    rewrite = cast("nn.Conv2d", layer.rewrite)
    assert rewrite.bias is not None
    rows = (x.shape[2] + 2 * pad - kernel) // stride + 1
    if inject is not None and inject.dim() == 3:
        inject = inject[:, :, None]
    out: Tensor | None = None
    for start, stop in _pieces(rows, x.device):
        beat()
        heard = _cut(x, start * stride - pad, (stop - 1) * stride - pad + kernel)
        y = functional.conv2d(heard, layer.conv.weight, layer.conv.bias, stride=(stride, 1))
        if inject is not None:
            y = y + (inject if inject.shape[2] == 1 else inject[:, :, start:stop])
        flat = _refine(layer.dconv, _rows_first(functional.gelu(y)))
        flat = torch.matmul(rewrite.weight[:, :, 0, 0], flat)
        flat += rewrite.bias[:, None]
        part = _rows_third(functional.glu(flat, dim=1), len(x))
        if out is None:
            out = part.new_empty(len(x), part.shape[1], rows, part.shape[3])
        out[:, :, start:stop] = part
    assert out is not None
    return out


def _decode(layer: "HDecLayer", beat: Beat, x: "Tensor", skip: "Tensor", length: int) -> "tuple[Tensor, Tensor | None]":
    """The second result is what the package hands to an `empty` layer, which never follows one of these."""
    from torch.nn import functional

    del length  # that of the other branch
    if x.dim() == 3:
        x = x.view(x.shape[0], layer.chin, -1, x.shape[-1])
    x = x + skip
    rows = x.shape[2]
    kernel, stride = int(layer.conv_tr.kernel_size[0]), int(layer.conv_tr.stride[0])
    rewrite = cast("nn.Conv2d", layer.rewrite)
    around, aside = (int(width) for width in rewrite.padding)
    assert layer.conv_tr.bias is not None
    height = (rows - 1) * stride + kernel
    bias = layer.conv_tr.bias[None, :, None, None]
    out = bias.expand(x.shape[0], -1, height, x.shape[3]).clone()
    for start, stop in _pieces(rows, x.device):
        beat()
        heard = _cut(x, start - around, stop + around)
        y = functional.conv2d(heard, rewrite.weight, rewrite.bias, padding=(0, aside))
        y = functional.glu(y, dim=1)
        if layer.dconv is not None:
            y = _rows_third(_refine(layer.dconv, _rows_first(y)), len(x))
        spread = functional.conv_transpose2d(y, layer.conv_tr.weight, stride=(stride, 1))
        out[:, :, start * stride : (stop - 1) * stride + kernel] += spread
    pad = int(layer.pad)
    out = out[:, :, pad : height - pad]
    return (out if layer.last else functional.gelu(out)), None


def _refine(dconv: "DConv | None", x: "Tensor") -> "Tensor":
    """The residual branches of a layer, shape (rows, channels, frames); changes `x`."""
    import torch
    from torch.nn import functional

    if dconv is None:
        return x
    for block in _blocks(dconv):
        narrow, norm, gelu, _, norm_wide, _, last = block
        wide, scale = cast("nn.Conv1d", block[3]), cast("Tensor", last.scale)
        assert wide.bias is not None
        y = gelu(norm(narrow(x)))
        y = torch.matmul(wide.weight[:, :, 0], y)  # several times quicker than a convolution of width one
        y += wide.bias[:, None]
        y = functional.glu(norm_wide(y), dim=1)
        y *= scale[:, None]
        x += y
    return x


def _one_source_at_a_time(network: "HTDemucs", parts: "Tensor", length: int) -> "Tensor":
    """Spectrograms with real and imaginary parts as channels, (1, sources, 2 × channels, rows, frames), to sound."""
    import torch

    inverse: Callable[..., Tensor] = type(network)._ispec
    batch, sources, channels, rows, frames = parts.shape
    out = parts.new_empty(batch, sources, channels // 2, length)
    for source in range(sources):
        pairs = parts[:, source].view(batch, channels // 2, 2, rows, frames).permute(0, 1, 3, 4, 2)
        out[:, source] = inverse(network, torch.view_as_complex(pairs.contiguous()), length)
    return out


def _pieces(rows: int, device: "torch.device") -> list[tuple[int, int]]:
    step = _ROWS_ON_CPU if device.type == "cpu" else _ROWS_ON_GPU
    return [(start, min(start + step, rows)) for start in range(0, rows, step)]


def _cut(x: "Tensor", start: int, stop: int) -> "Tensor":
    """Rows `start` to `stop`, with zeros beyond either end."""
    from torch.nn import functional

    inside = x[:, :, max(start, 0) : stop]
    return functional.pad(inside, (0, 0, max(-start, 0), max(stop - x.shape[2], 0)))


def _rows_first(x: "Tensor") -> "Tensor":
    return x.transpose(1, 2).flatten(0, 1).contiguous()


def _rows_third(x: "Tensor", batch: int) -> "Tensor":
    return x.view(batch, -1, *x.shape[1:]).transpose(1, 2)


def _run_as(layer: "nn.Module", forward: Callable[..., object]) -> None:
    _give(layer, "forward", forward)


def _give(owner: "nn.Module", name: str, method: Callable[..., object]) -> None:
    object.__setattr__(owner, name, method)  # past torch's own, which takes only tensors and modules
