"""`studio bench kernels` knows every kernel there is, and `studio bench pitch` says what it promises."""

import importlib
import inspect
import os
import pkgutil

import pytest

os.environ.setdefault("TRITON_INTERPRET", "1")

import voicekernels.cpu
from studio.cli import bench_kernels
from studio.cli.bench_kernels import Case

CASES = bench_kernels.cases(8)


def public(module: str) -> set[str]:
    """The functions that a module has of its own, but for those that it keeps to itself."""
    found = inspect.getmembers(importlib.import_module(module), inspect.isfunction)
    return {name for name, function in found if function.__module__ == module and not name.startswith("_")}


def test_every_kernel_is_measured() -> None:
    modules = [found.name for found in pkgutil.iter_modules(voicekernels.cpu.__path__)]
    there = {f"{module}.{name}" for module in modules for name in public(f"voicekernels.cpu.{module}")}

    assert {f"{case.module}.{case.function}" for case in CASES} == there


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.module}.{case.function}")
def test_each_kernel_runs_in_all_its_forms(case: Case) -> None:
    if importlib.util.find_spec(f"voicekernels.gpu.{case.module}"):
        pytest.importorskip("triton", reason="Triton has no build for this system")

    found = bench_kernels.measure(case, "cpu", rounds=1)

    assert {"reference_ms", "cpu_ms", "cpu_faster_than_reference"} <= set(found)
