"""Which processor heavy work runs on, and why. torch is not imported to find out: that takes seconds."""

import ctypes
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from msgspec import Struct

_NAME_BYTES: Final = 128


class Device(Struct, frozen=True, kw_only=True):
    """What heavy work runs on, "CPU" or "CUDA", and the reason as a person reads it after a colon."""

    name: str
    reason: str


def choose() -> Device:
    """Ask the CUDA driver for a device and torch's own files whether this torch can use it."""
    if os.environ.get("STUDIO_DEVICE", "").lower() == "cpu":
        return Device(name="CPU", reason="chosen in the settings")
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return Device(name="CPU", reason="no CUDA device was found")
    return _ask(driver)


def _ask(driver: ctypes.CDLL) -> Device:
    count, version, handle = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0 or count.value == 0:
        return Device(name="CPU", reason="the CUDA driver is installed but finds no device")
    driver.cuDriverGetVersion(ctypes.byref(version))
    driver_major = version.value // 1000
    found = find_spec("torch")
    if found is None or found.origin is None:
        return Device(name="CPU", reason="there is a CUDA device, but torch is not installed")
    built_for = _cuda_major(Path(found.origin).with_name("version.py"))
    if built_for is None:
        return Device(name="CPU", reason="there is a CUDA device, but the installed torch is made for the CPU")
    if built_for > driver_major:
        return Device(
            name="CPU", reason=f"the driver knows CUDA {driver_major}, but the installed torch needs CUDA {built_for}"
        )
    text = ctypes.create_string_buffer(_NAME_BYTES)
    driver.cuDeviceGet(ctypes.byref(handle), 0)
    driver.cuDeviceGetName(text, _NAME_BYTES, handle)
    return Device(name="CUDA", reason=text.value.decode(errors="replace"))


def _cuda_major(torch_version: Path) -> int | None:
    """The major CUDA version that torch was built for, as its version.py says; None when it has no CUDA."""
    text = torch_version.read_text() if torch_version.is_file() else ""
    built = re.search(r"^cuda\b[^=\n]*= *'(\d+)", text, re.MULTILINE)
    return int(built[1]) if built else None
