"""Pocket TTS beside the package's own way, in one process, with the released sizes and untrained weights.

`python -m studio.cli.bench_pocket FOLDER` measures in turns: sound that begins, sound that goes on, and silence
after a stop. The network never learnt to end, so every sentence is as long as the package allows.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

_TEXT: Final = "The birch canoe slid on the smooth planks."
_ROUNDS: Final = 5
_STOPS: Final = 40
_HEARD_S: Final = 4.0
_COMPARED_S: Final = 2.0
_PATIENCE_S: Final = 3000
_LATEST_MS: Final = 50.0
_AT_LEAST: Final = 0.9


def bench_pocket() -> dict[str, object]:
    """First audio and steady rate beside the package, the time to silence, seeds, and copies of the voice."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 ourselves, again
            [sys.executable, "-m", "studio.cli.bench_pocket", folder],
            env={**os.environ, "OMP_NUM_THREADS": "1", "STUDIO_DEVICE": "cpu", "STUDIO_DATA": f"{folder}/data"},
            stdout=subprocess.PIPE,
            timeout=_PATIENCE_S,
            check=True,
        )
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(folder: Path) -> dict[str, object]:
    from studio.engines.base import Reference
    from studio.engines.pocket.engine import PocketTts

    _say("making a network of the released size")
    _save_untrained(folder / "network")
    _install(folder / "network")
    engine = PocketTts()
    noise = np.random.default_rng(0).normal(0, 0.1, 5 * 24000).astype(np.float32)
    place = folder / "voice"
    place.mkdir()
    _say("learning a voice")
    began_s = time.perf_counter()
    engine.learn([Reference(noise, 24000)], place, language="en", seed=0, report=_quiet)
    learnt_s = time.perf_counter() - began_s
    voice = engine.open(place, {})
    package, state = _package(folder, place)
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    _timed(_ours(engine, voice, 0))  # what happens once
    _timed(_theirs(package, state))
    for seed in range(_ROUNDS):
        _say(f"speaking in turns, {seed + 1} of {_ROUNDS}")
        ours.append(_timed(_ours(engine, voice, seed)))
        theirs.append(_timed(_theirs(package, state)))
    first = statistics.median(one[0] for one in ours), statistics.median(one[0] for one in theirs)
    rate = statistics.median(one[1] for one in ours), statistics.median(one[1] for one in theirs)
    stops = []
    for number in range(_STOPS):
        if not number % 10:
            _say(f"stopping, {number} of {_STOPS}")
        stops.append(_stop_ms(engine, voice, number))
    stops.sort()
    _say("comparing seeds")
    caches = {name: one["cache"].data_ptr() for name, one in voice.state.items() if "cache" in one}
    same = [_beginning(_ours(engine, voice, seed)) for seed in (1, 1, 2)]
    copied = caches != {name: one["cache"].data_ptr() for name, one in voice.state.items() if "cache" in one}
    latest_ms = stops[round(0.95 * (len(stops) - 1))]
    repeats, differs = bool(np.array_equal(same[0], same[1])), not np.array_equal(same[0], same[2])
    met = first[1] / first[0] >= _AT_LEAST and rate[0] / rate[1] >= _AT_LEAST
    return {
        "network": "english_2026-10 of the released size, untrained, one torch thread",
        "parameters_millions": round(sum(one.numel() for one in package.parameters()) / 1e6, 1),
        "learning_5_s_of_speech_s": round(learnt_s, 2),
        "first_audio_ms": {"ours": round(first[0] * 1000), "package": round(first[1] * 1000)},
        "first_audio_ratio": round(first[1] / first[0], 3),
        "times_real_time": {"ours": round(rate[0], 3), "package": round(rate[1], 3)},
        "steady_rate_ratio": round(rate[0] / rate[1], 3),
        "stop_ms": {"median": round(statistics.median(stops), 1), "p95": round(latest_ms, 1), "n": len(stops)},
        "same_seed_repeats": repeats,
        "other_seed_differs": differs,
        "voice_copied_per_sentence": copied,
        "goal": "ratios >= 0.9, stop p95 <= 50 ms, same seed repeats, other seed differs, no copy",
        "ok": met and latest_ms <= _LATEST_MS and repeats and differs and not copied,
    }


def _ours(engine: Any, voice: Any, seed: int) -> Iterator[Any]:  # noqa: ANN401 the engine of either side
    return iter(engine.speak(_TEXT, voice, settings={}, seed=seed, report=_quiet))


def _theirs(package: Any, state: Any) -> Iterator[Any]:  # noqa: ANN401 see above
    """The package as it is used, but for stopping it when enough was heard."""
    stop = threading.Event()
    try:
        yield from package.generate_audio_stream(state, _TEXT, stop=stop)
    finally:
        stop.set()


def _timed(blocks: Iterator[Any]) -> tuple[float, float]:
    """Seconds to the first block, and how many times faster than real time those after it come."""
    began_s = time.perf_counter()
    next(blocks)
    first_s = time.perf_counter()
    heard = 0.0
    for block in blocks:
        heard += len(block) / 24000
        if heard >= _HEARD_S:
            break
    spent_s = time.perf_counter() - first_s
    close = getattr(blocks, "close", None)
    if close is not None:
        close()
    _wait_for_threads()
    return first_s - began_s, heard / spent_s


def _beginning(blocks: Iterator[Any]) -> Any:  # noqa: ANN401 see above
    """The first two seconds: a sentence of this network goes on for as long as the package allows."""
    heard: list[Any] = []
    while sum(map(len, heard)) < _COMPARED_S * 24000:
        heard.append(next(blocks))
    blocks.close()  # type: ignore[attr-defined]  # `speak` is a generator
    _wait_for_threads()
    return np.concatenate(heard)


def _say(what: str) -> None:
    """Tell whoever waits how far it is; the figures alone go to the standard output."""
    print(f"bench voices: {what}", file=sys.stderr, flush=True)


def _stop_ms(engine: Any, voice: Any, number: int) -> float:  # noqa: ANN401 see above
    """From the moment somebody presses stop to the moment when nothing more comes, at a random place."""
    from studio.errors import Cancelled

    pressed = threading.Event()
    pressed_s = 0.0

    def press() -> None:
        nonlocal pressed_s
        pressed_s = time.perf_counter()
        pressed.set()

    def report(_fraction: float, _stage: str) -> None:
        if pressed.is_set():
            raise Cancelled

    blocks = engine.speak(_TEXT, voice, settings={}, seed=number, report=report)
    timer = threading.Timer(0.3 + 0.037 * (number % 20), press)
    timer.start()
    try:
        for _ in blocks:
            pass
    except Cancelled:
        return (time.perf_counter() - pressed_s) * 1000
    finally:
        timer.join()
        _wait_for_threads()
    raise AssertionError("the sentence was over before it was stopped")


def _wait_for_threads() -> None:
    """What is still at work from the last round must not slow the next."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not isinstance(thread, threading.Timer):
            thread.join(5)


def _package(folder: Path, voice: Path) -> tuple[Any, Any]:
    """The package's own model and voice, loaded its own way."""
    from pocket_tts import TTSModel

    model = TTSModel.load_model(config=folder / "network" / "local.yaml")
    return model, model.get_state_for_audio_prompt(voice / "voice.safetensors")


def _save_untrained(folder: Path) -> None:
    import torch
    import yaml
    from pocket_tts import TTSModel
    from pocket_tts.utils.config import CONFIGS_DIR
    from safetensors.torch import save_file

    folder.mkdir()
    said = yaml.safe_load((CONFIGS_DIR / "english_2026-10.yaml").read_text(encoding="utf-8"))
    said |= {"weights_path": None, "weights_path_without_voice_cloning": None, "default_eos_threshold": 1e9}
    words = said["flow_lm"]["lookup_table"]["n_bins"]
    vocab = {"<unk>": 0} | {chr(32 + number): number for number in range(1, 95)}
    vocab |= {f"<{number}>": number for number in range(len(vocab), words)}
    model = {"type": "BPE", "vocab": vocab, "merges": [], "unk_token": "<unk>", "byte_fallback": False}
    (folder / "tokenizer.json").write_text(json.dumps({"version": "1.0", "model": model, "added_tokens": []}))
    said["flow_lm"]["lookup_table"]["tokenizer_path"] = str(folder / "tokenizer.json")
    described = folder / "english_2026-10.yaml"
    described.write_text(yaml.safe_dump(said), encoding="utf-8")
    torch.manual_seed(0)
    made = TTSModel.load_model(config=described)
    with torch.no_grad():
        made.flow_lm.emb_std.fill_(1.0)
        made.flow_lm.emb_mean.zero_()
        made.flow_lm.speaker_proj_weight.normal_(0, 0.1)
    save_file(made.state_dict(), folder / "english_2026-10.safetensors")
    said["weights_path"] = str(folder / "english_2026-10.safetensors")
    (folder / "local.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")


def _install(folder: Path) -> None:
    """As a model from disk is installed."""
    import shutil

    from studio.catalogue import store
    from studio.catalogue.store import Installed, InstalledFile

    files = tuple(
        InstalledFile(
            name=path.name, size_bytes=path.stat().st_size, sha256=store.sha256_of(path), checked_by="nothing"
        )
        for path in sorted(folder.iterdir())
        if path.name != "local.yaml"
    )
    made = Installed(
        id="untrained", name="untrained", engine="pocket-tts", publisher="", licence="", page="", languages=("en",),
        about="", memory_mb=1100, files=files, source="import",
    )  # fmt: skip

    def fill(place: Path) -> None:
        for one in files:
            shutil.copyfile(folder / one.name, place / one.name)

    store.adopt(made, fill)


def _quiet(_fraction: float, _stage: str) -> None: ...


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]))))
