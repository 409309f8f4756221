"""What a process has loaded, asked of the process itself: a plug-in or a lazy import can fool a check of the source."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "torch", "torchaudio", "triton", "numba", "scipy", "librosa", "av", "soundfile", "sounddevice", "soxr",
    "parselmouth", "transformers", "demucs", "torchcrepe", "swift_f0", "pyloudnorm",
}  # fmt: skip
QT = {"PySide6", "shiboken6", "pyqtgraph"}


def loaded_by(code: str) -> set[str]:
    """The top-level packages in memory after running some code in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_desktop_loads_nothing_heavy() -> None:
    assert loaded_by("import studio.desktop") & HEAVY == set()


def test_the_first_paint_waits_for_nothing_that_it_does_not_need() -> None:
    code = "import studio.app"
    kept_out = {"numpy", "psutil", "ssl", "email", "asyncio"}
    assert loaded_by(code) & kept_out == set()
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    ours = {name for name in done.stdout.split() if name.startswith("studio.")}
    assert "studio.ui.window" in ours
    assert not {name for name in ours if name.startswith(("studio.model", "studio.protocol", "studio.commands"))}


def test_the_window_does_not_keep_the_source_of_what_it_imports() -> None:
    code = "import studio.app, studio.desktop, linecache; print(*linecache.cache)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert [name for name in done.stdout.split() if "numpy" in name or "studio/desktop" in name] == []


@pytest.mark.parametrize("room", ["commands", "session", "supervision"])
def test_the_state_of_the_desktop_needs_no_widgets(room: str) -> None:
    """What import-linter cannot say: it knows other people's packages only as a whole."""
    modules = [f"studio.{room}.{path.stem}" for path in (ROOT / "studio" / room).glob("*.py") if path.stem[0] != "_"]
    assert modules
    code = f"import {', '.join(modules)}, sys\nassert not {{'PySide6.QtWidgets', 'PySide6.QtGui'}} & set(sys.modules)"
    assert loaded_by(code) & HEAVY == set()


@pytest.mark.parametrize("role", ["live", "compute", "capture"])
def test_no_worker_loads_qt(role: str) -> None:
    code = f"from studio.workers import runtime; runtime._duty('{role}').ready()"
    assert loaded_by(code) & QT == set()


@pytest.mark.parametrize("module", ["studio.workers.sound", "studio.workers.pitch"])
def test_no_job_loads_qt(module: str) -> None:
    assert loaded_by(f"import {module}") & QT == set()


def test_the_compute_worker_is_ready_before_anything_heavy_is_loaded() -> None:
    assert loaded_by("from studio.workers.compute import Compute; Compute().ready()") & HEAVY == set()


def test_the_pipes_are_ours_before_anything_is_imported() -> None:
    code = "import sys\nbefore = set(sys.modules)\nimport studio.workers.__main__\nprint(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert set(done.stdout.split()) == {"studio", "studio.workers", "studio.workers.__main__"}


def test_values_are_loaded_without_any_machinery() -> None:
    assert loaded_by("import studio.model.project, studio.protocol.wire") & (HEAVY | QT) == set()


@pytest.mark.parametrize("folder", ["packaging", "kernels"])
def test_folders_that_would_hide_a_package_of_that_name_are_no_packages(folder: str) -> None:
    assert not (ROOT / folder / "__init__.py").exists()


def test_the_packaging_that_libraries_import_is_the_real_one() -> None:
    code = "import packaging.version; print(packaging.version.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert str(ROOT / "packaging") not in done.stdout
    assert importlib.util.find_spec("packaging.version") is not None
