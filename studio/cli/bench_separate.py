"""`studio bench separate`: taking a song apart, beside the package's own way, each in a process of its own.

`python -m studio.cli.bench_separate ours|theirs|builtin SECONDS` is one measurement. The Demucs network is of the
released size and untrained: its time and memory are those of the released one, its sound is not.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from studio.engines import registry
from studio.engines.base import Effort, Separator, Settings, Sound, Whole

_SECONDS: Final = 300  # a long song: the package keeps all of every stem in memory
_RATE_HZ: Final = 44100
_PATIENCE_S: Final = 1800


def bench_separate() -> dict[str, object]:
    """Core-seconds a second of sound and peak memory of ours, the package's and the built-in separator."""
    with tempfile.TemporaryDirectory() as folder:
        _run("make", folder)
        ours, theirs, builtin = (_run(side, folder) for side in ("ours", "theirs", "builtin"))
    core, memory = ours["core_s"] / theirs["core_s"], ours["peak_mb"] / theirs["peak_mb"]
    above = (ours["peak_mb"] - ours["before_mb"]) / (theirs["peak_mb"] - theirs["before_mb"])
    return {
        "network": "htdemucs of the released size, untrained",
        "seconds_of_sound": _SECONDS,
        "demucs": ours,
        "demucs_apply_model_without_shifts": theirs,
        "builtin": builtin,
        "core_seconds_ratio": round(core, 3),
        "peak_memory_ratio": round(memory, 3),
        "memory_above_the_loaded_network_ratio": round(above, 3),
        "goal": "core_seconds_ratio <= 0.75 or peak_memory_ratio <= 0.6",
        "ok": core <= 0.75 or memory <= 0.6,
    }


def _run(side: str, folder: str) -> dict[str, float]:
    """One side, with one thread, in a process that does nothing else."""
    done = subprocess.run(  # noqa: S603 ourselves, again
        [sys.executable, "-m", "studio.cli.bench_separate", side, str(_SECONDS), folder],
        env={**os.environ, "OMP_NUM_THREADS": "1", "STUDIO_DEVICE": "cpu"},
        stdout=subprocess.PIPE,
        timeout=_PATIENCE_S,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(side: str, seconds: int, folder: Path) -> dict[str, float]:
    mix = _noise(folder / "mix.f32", seconds * _RATE_HZ)
    if side == "builtin":
        engine, settings = registry.separator("builtin"), {}
    else:
        import torch

        torch.set_num_threads(1)
        weights = folder / "untrained.th"
        if side == "make":
            _save_untrained(weights)
            return {}
        engine, settings = registry.separator("htdemucs"), {"weights": str(weights)}
        if side == "theirs":
            return _by_the_package(weights, mix)
    _chunk(engine, mix[: _RATE_HZ // 2], settings, mix)  # what is loaded and compiled once
    before_mb, began_s = _peak_mb(), time.process_time()
    _all_chunks(engine, mix, settings)
    return _figures(seconds, before_mb, began_s)


def _noise(path: Path, frames: int) -> Sound:
    """Stereo noise in a mapped file, which is how the studio and any other careful program holds a song."""
    if not path.exists():
        random = np.random.default_rng(0)
        with path.open("wb") as file:
            for start in range(0, frames, _RATE_HZ):
                block = random.normal(0, 0.1, (min(_RATE_HZ, frames - start), 2))
                file.write(block.astype(np.float32).tobytes())
    return np.memmap(path, np.float32, "r", shape=(frames, 2))


def _all_chunks(engine: Separator, mix: Sound, settings: Settings) -> None:
    """Each chunk once, as the studio's runner cuts them; what it would write to the disk is dropped."""
    chunking = engine.chunking(settings)
    size, overlap = (round(length_s * _RATE_HZ) for length_s in (chunking.chunk_s, chunking.overlap_s))
    for start in range(0, max(len(mix) - overlap, 1), size - overlap):
        _chunk(engine, mix[max(min(start, len(mix) - size), 0) :][:size], settings, mix)


def _chunk(engine: Separator, chunk: Sound, settings: Settings, mix: Sound) -> None:
    whole = Whole(length_s=len(mix) / _RATE_HZ, mean=0.0, std=0.07, peak=0.5, side_db=0.0)
    count = engine.info.stems[0]
    engine.separate(
        chunk, _RATE_HZ, count=count, whole=whole, settings=settings, effort=Effort(), report=lambda *_: None
    )


def _by_the_package(weights: Path, mix: Sound) -> dict[str, float]:
    import torch
    from demucs.apply import apply_model

    from studio.engines.demucs import loading

    network = loading.network(weights)
    sound = torch.from_numpy(mix.T.copy())[None]
    apply_model(network, sound[..., : _RATE_HZ // 2], shifts=0)
    before_mb, began_s = _peak_mb(), time.process_time()
    apply_model(network, sound, shifts=0)
    return _figures(sound.shape[-1] // _RATE_HZ, before_mb, began_s)


def _save_untrained(path: Path) -> None:
    from fractions import Fraction

    import torch
    from demucs.htdemucs import HTDemucs

    sizes = {"dconv_mode": 3, "bottom_channels": 512, "t_layers": 5, "segment": Fraction(39, 5)}
    sources = ["drums", "bass", "other", "vocals"]
    torch.manual_seed(0)
    made = HTDemucs(sources, **sizes)
    torch.save({"klass": HTDemucs, "args": (sources,), "kwargs": sizes, "state": made.state_dict()}, path)


def _figures(seconds: int, before_mb: float, began_s: float) -> dict[str, float]:
    spent_s = time.process_time() - began_s
    return {
        "core_s": round(spent_s, 2),
        "core_s_per_s": round(spent_s / seconds, 3),
        "before_mb": round(before_mb),
        "peak_mb": round(_peak_mb()),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
