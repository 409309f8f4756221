"""The environment of every child process, decided in one place."""

import importlib.util
import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QProcessEnvironment

from studio.protocol.common import Role

_THREAD_VARIABLES: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def of_worker(role: Role) -> QProcessEnvironment:
    """Return our own environment, with what a worker needs to differ."""
    environment = QProcessEnvironment.systemEnvironment()
    threads = str(_threads(role))
    for variable in _THREAD_VARIABLES:
        if not environment.contains(variable):  # who sets it from outside knows better
            environment.insert(variable, threads)
    for variable in filter(lambda name: name.startswith("TORCH_FORCE_"), environment.keys()):
        environment.remove(variable)
    environment.insert("STUDIO_PARENT", str(os.getpid()))
    environment.insert("PYTHONUTF8", "1")  # libraries open files without saying the encoding
    environment.insert("PYTHONPATH", os.pathsep.join(_import_folders(environment.value("PYTHONPATH", ""))))
    return environment


def _threads(role: Role) -> int:
    """One core stays free for sound and window; two OpenMP pools on the same cores are ten times slower than one."""
    cores = len(os.sched_getaffinity(0))
    return max(1, cores - 1) if role == "compute" else 1


def _import_folders(inherited: str) -> list[str]:
    """Where our own packages are, so that a worker has the same ones whatever folder the studio was started in."""
    folders = [str(Path(__file__).parents[2])]
    kernels = importlib.util.find_spec("voicekernels")
    if kernels is not None and kernels.origin is not None:
        folders.append(str(Path(kernels.origin).parents[1]))
    return list(dict.fromkeys([*folders, *filter(None, inherited.split(os.pathsep))]))
