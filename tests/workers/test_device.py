"""The device is chosen without loading torch, and the reason is true; the CUDA driver is a stand-in of ten lines."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = """
#include <stdlib.h>
#include <string.h>
static int set(const char *name) { const char *value = getenv(name); return value ? atoi(value) : 0; }
int cuInit(unsigned flags) { return set("FAKE_INIT"); }
int cuDeviceGetCount(int *count) { *count = set("FAKE_COUNT"); return 0; }
int cuDriverGetVersion(int *version) { *version = set("FAKE_VERSION"); return 0; }
int cuDeviceGet(int *device, int number) { *device = number; return 0; }
int cuDeviceGetName(char *name, int size, int device) { strncpy(name, "Old Faithful", size); return 0; }
"""
ASK = "import sys; from studio.workers.device import choose; d = choose(); print(d.name, d.reason, sep=': ');"
ASK += "assert 'torch' not in sys.modules"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder that stands for a machine with a CUDA driver."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to build a stand-in for the driver")
    source = tmp_path / "driver.c"
    source.write_text(DRIVER)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(tmp_path / "libcuda.so.1"), str(source)], check=True)
    return tmp_path


def torch_for(machine: Path, cuda: str) -> None:
    (machine / "torch").mkdir()
    (machine / "torch" / "__init__.py").write_text("raise ImportError('nobody may load me')\n")
    (machine / "torch" / "version.py").write_text(f"from typing import Optional\ncuda: Optional[str] = {cuda}\n")


def chosen_on(machine: Path, **driver: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=os.environ | {"LD_LIBRARY_PATH": str(machine), "PYTHONPATH": f"{machine}:{Path.cwd()}"} | driver,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_device_that_torch_can_use_is_chosen_by_its_name(machine: Path) -> None:
    torch_for(machine, "'12.8'")
    assert chosen_on(machine, FAKE_COUNT="1", FAKE_VERSION="12040") == "CUDA: Old Faithful"


def test_a_driver_too_old_for_torch_is_the_reason(machine: Path) -> None:
    torch_for(machine, "'13.0'")
    assert chosen_on(machine, FAKE_COUNT="1", FAKE_VERSION="12040") == (
        "CPU: the driver knows CUDA 12, but the installed torch needs CUDA 13"
    )


def test_a_torch_without_cuda_is_the_reason(machine: Path) -> None:
    torch_for(machine, "None")
    assert chosen_on(machine, FAKE_COUNT="1", FAKE_VERSION="12040").startswith("CPU: there is a CUDA device, but")


@pytest.mark.parametrize("driver", [{"FAKE_INIT": "100"}, {"FAKE_COUNT": "0"}])
def test_a_driver_without_a_device_is_the_reason(machine: Path, driver: dict[str, str]) -> None:
    assert chosen_on(machine, **driver) == "CPU: the CUDA driver is installed but finds no device"


def test_the_person_may_choose_the_cpu(machine: Path) -> None:
    torch_for(machine, "'12.8'")
    chosen = chosen_on(machine, FAKE_COUNT="1", FAKE_VERSION="12040", STUDIO_DEVICE="cpu")
    assert chosen == "CPU: chosen in the settings"
