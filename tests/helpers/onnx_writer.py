"""Small ONNX networks written byte by byte: protocol buffers need no library to be written."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

_TYPES: Final = {"float32": 1, "int64": 7}


def tensor(name: str, values: NDArray[np.float32] | NDArray[np.int64]) -> bytes:
    """A constant of the network."""
    dims = b"".join(_number(1, size) for size in values.shape)
    return dims + _number(2, _TYPES[values.dtype.name]) + _text(8, name) + _bytes(9, values.tobytes())


def node(op: str, inputs: Iterable[str], outputs: Iterable[str], **attributes: int) -> bytes:
    """One operation; attributes are whole numbers."""
    said = b"".join(_text(1, name) for name in inputs) + b"".join(_text(2, name) for name in outputs)
    said += _text(4, op)
    for name, value in attributes.items():
        said += _bytes(5, _text(1, name) + _number(3, value) + _number(20, 2))
    return said


def port(name: str, kind: str, shape: Iterable[int | str]) -> bytes:
    """An input or output; sizes with names are any."""
    dims = b"".join(_bytes(1, _text(2, one) if isinstance(one, str) else _number(1, one)) for one in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _TYPES[kind]) + _bytes(2, dims)))


def model(
    nodes: Iterable[bytes], constants: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes]
) -> bytes:
    """A whole file."""
    graph = b"".join(_bytes(1, one) for one in nodes) + _text(2, "tiny") + b"".join(_bytes(5, one) for one in constants)
    graph += b"".join(_bytes(11, one) for one in inputs) + b"".join(_bytes(12, one) for one in outputs)
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 17))


def piper_network(seed: int = 0) -> bytes:
    """Symbols become tones of their own, as long as the scale says, with noise on top: what VITS does, in small."""
    table = np.random.default_rng(seed).uniform(-0.5, 0.5, 256).astype(np.float32)
    constants = [
        tensor("table", table),
        tensor("0", np.array([0], np.int64)),
        tensor("1", np.array([1], np.int64)),
        tensor("2", np.array([2], np.int64)),
        tensor("hop", np.array([200.0], np.float32)),
        tensor("one", np.array([1], np.int64)),
        tensor("shape", np.array([1, 1, 1, -1], np.int64)),
    ]
    nodes = [
        node("Gather", ["table", "input"], ["tones"]),
        node("Unsqueeze", ["tones", "2"], ["apart"]),
        node("Gather", ["scales", "0"], ["noise_scale"]),
        node("Gather", ["scales", "1"], ["length_scale"]),
        node("Gather", ["scales", "2"], ["rhythm_scale"]),
        node("RandomNormalLike", ["rhythm_scale"], ["drawn"]),
        node("Mul", ["drawn", "rhythm_scale"], ["wobble"]),
        node("Exp", ["wobble"], ["factor"]),
        node("Mul", ["hop", "length_scale"], ["even"]),
        node("Mul", ["even", "factor"], ["length"]),
        node("Cast", ["length"], ["samples"], to=7),
        node("Concat", ["one", "one", "samples"], ["wanted"], axis=0),
        node("Expand", ["apart", "wanted"], ["long"]),
        node("Reshape", ["long", "shape"], ["flat"]),
        node("RandomNormalLike", ["flat"], ["white"]),
        node("Mul", ["white", "noise_scale"], ["noise"]),
        node("Add", ["flat", "noise"], ["loud"]),
        node("Tanh", ["loud"], ["output"]),
    ]
    inputs = [
        port("input", "int64", ["batch", "symbols"]),
        port("input_lengths", "int64", ["batch"]),
        port("scales", "float32", [3]),
    ]
    return model(nodes, constants, inputs, [port("output", "float32", ["batch", 1, 1, "time"])])


def kokoro_network(seed: int = 0, *, draws: bool = False) -> bytes:
    """Tokens become tones coloured by the style's mean, as long as the speed says."""
    table = np.random.default_rng(seed).uniform(-0.5, 0.5, 256).astype(np.float32)
    constants = [
        tensor("table", table),
        tensor("hop", np.array([600.0], np.float32)),
        tensor("one", np.array([1], np.int64)),
        tensor("last", np.array([2], np.int64)),
        tensor("flat_shape", np.array([-1], np.int64)),
        tensor("share", np.array([0.2], np.float32)),
    ]
    nodes = [
        node("Gather", ["table", "tokens"], ["tones"]),
        node("ReduceMean", ["style"], ["mean"], keepdims=1),
        node("Add", ["tones", "mean"], ["coloured"]),
        node("Unsqueeze", ["coloured", "last"], ["apart"]),
        node("Div", ["hop", "speed"], ["length"]),
        node("Cast", ["length"], ["samples"], to=7),
        node("Concat", ["one", "one", "samples"], ["wanted"], axis=0),
        node("Expand", ["apart", "wanted"], ["long"]),
        node("Reshape", ["long", "flat_shape"], ["flat"]),
    ]
    end = "flat"
    if draws:
        nodes += [
            node("RandomNormalLike", ["flat"], ["white"]),
            node("Mul", ["white", "share"], ["noise"]),
            node("Add", ["flat", "noise"], ["noisy"]),
        ]
        end = "noisy"
    nodes.append(node("Tanh", [end], ["audio"]))
    inputs = [
        port("tokens", "int64", ["batch", "symbols"]),
        port("style", "float32", [1, 8]),
        port("speed", "float32", [1]),
    ]
    return model(nodes, constants, inputs, [port("audio", "float32", ["time"])])


def _varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())
