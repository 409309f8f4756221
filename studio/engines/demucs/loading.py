"""From a file to a network, without running anything that the file says.

A package of Demucs is a class, its arguments and its weights, as a pickle (`.th`) or in safetensors with the first
two as JSON. Both may only name the three classes of Demucs networks here: a pickle is read by torch's restricted
reader, which refuses everything that is not a plain value, a tensor or on our list.
"""

import inspect
import json
import re
import zipfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from pickle import UnpicklingError  # noqa: TID251 only the name of a failure: nothing is unpickled here
from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct

from studio.engines.demucs.weights import sha256
from studio.errors import StudioError

if TYPE_CHECKING:
    import torch
    from demucs.apply import Model

_BROKEN: Final = (UnpicklingError, RuntimeError, OSError, ValueError, KeyError, TypeError, AttributeError, EOFError)
"""What readers and constructors raise over a file that does not hold what it should."""


class Package(Struct, frozen=True, kw_only=True):
    """What a file says of its network: the class, how to make it, and tensors that may still lie in the file."""

    kind: "type[Model]"
    args: tuple[object, ...]
    kwargs: dict[str, object]
    state: dict[str, "torch.Tensor"]


def outline(file: Path) -> "Model":
    """The network of a file without its weights: what it hears at once, at which rate, and what it gives.

    Raises a `StudioError` for a file that holds no Demucs network.
    """
    package = _read(file)
    try:
        return _empty(package)
    except _BROKEN as error:
        raise _refused(file, "It describes a network that cannot be built.") from error


def network(file: Path) -> "Model":
    """The network of a file in single precision on the CPU, ready to be used; errors as for `outline`."""
    _check_name(file)
    package = _read(file)
    try:
        made = _empty(package)
        made.to_empty(device="cpu").load_state_dict(package.state)
    except _BROKEN as error:
        raise _refused(file, "Its weights do not fit the network that it describes.") from error
    made.requires_grad_(requires_grad=False)
    return made.eval()


def _empty(package: Package) -> "Model":
    import torch

    known = inspect.signature(package.kind).parameters
    kwargs = {name: value for name, value in package.kwargs.items() if name in known}
    with torch.device("meta"):  # the weights come from the file: none are drawn, and none take memory
        return cast("Model", package.kind(*package.args, **kwargs))


def _read(file: Path) -> Package:
    try:
        return _from_safetensors(file) if file.suffix == ".safetensors" else _from_pickle(file)
    except UnpicklingError as error:
        raise _refused(file, "It holds something else than a network and its weights, which is not run.") from error
    except Exception as error:
        from safetensors import SafetensorError

        if isinstance(error, (SafetensorError, *_BROKEN)):
            raise _refused(file, "It is damaged, or no network of Demucs.") from error
        raise


def _from_safetensors(file: Path) -> Package:
    from safetensors import safe_open

    with safe_open(str(file), framework="pt") as opened:
        said = opened.metadata() or {}
        if "structure" in said:
            raise _packed(file)
        state = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 it is no mapping
    kind = _classes()[said["klass"]]
    return Package(
        kind=kind,
        args=tuple(json.loads(said["args"], object_hook=_fractions)),
        kwargs=dict(json.loads(said["kwargs"], object_hook=_fractions)),
        state=state,
    )


def _from_pickle(file: Path) -> Package:
    import torch

    if not zipfile.is_zipfile(file):
        raise _refused(file, "It is damaged, or of a kind that could not be read without running what it says.")
    classes = _classes()
    with torch.serialization.safe_globals([*classes.values(), Fraction]):
        said = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
    if said["klass"] not in classes.values():
        raise KeyError(said["klass"])
    state = said["state"]
    if "__quantized" in state:
        raise _packed(file)
    return Package(kind=said["klass"], args=tuple(said["args"]), kwargs=dict(said["kwargs"]), state=dict(state))


def _classes() -> Mapping[str, "type[Model]"]:
    from demucs.demucs import Demucs
    from demucs.hdemucs import HDemucs
    from demucs.htdemucs import HTDemucs

    return {f"{kind.__module__}.{kind.__name__}": kind for kind in (Demucs, HDemucs, HTDemucs)}


def _fractions(found: dict[str, object]) -> object:
    """JSON as the package writes it has its fractions as objects."""
    if found.get("_type") != "fraction":
        return found
    return Fraction(int(str(found["numerator"])), int(str(found["denominator"])))


def _check_name(file: Path) -> None:
    """The package puts the beginning of a file's SHA-256 into its name: 955717e8-8726e21a.th."""
    named = re.fullmatch(r".+-([0-9a-f]{8})", file.stem)
    if named is None:
        return
    state = file.stat()
    if not sha256(file, state.st_size, state.st_mtime_ns).startswith(named[1]):
        raise _refused(file, "It is damaged: its content is not what its name says.")


def _packed(file: Path) -> StudioError:
    return _refused(file, "Its weights are packed with DiffQ, which the studio does not read.")


def _refused(file: Path, cause: str) -> StudioError:
    return StudioError(
        "demucs.file",
        f"{file.name} could not be loaded.",
        cause=cause,
        remedy="Get it again from where it came, or choose another engine.",
    )
