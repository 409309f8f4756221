"""How alike a voice is what was converted into it, beside the recordings as they were, how clear, and how well in tune.

    python -m tests.bench.conversion FOLDER RECORDING... [--seconds S]

FOLDER holds recordings of one reader and `transcripts.tsv`, as for `tests.bench.voices`; the recordings are of others.
What is said in them need not be known: word errors are counted against what the same recogniser hears in the original,
so they say what the conversion costs; of what is sung they say little. Pitch is what Praat hears in both, apart from
the one step by which all of it was moved.
"""

import json
import sys
import tempfile
import time
import warnings
from argparse import ArgumentParser
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from studio.engines import registry, sphinx
from studio.engines.base import Mono
from studio.engines.voice.engine import BasicConverter, BasicVoice
from studio.model.likeness import word_errors
from tests.bench.voices import Judge, clips_of, dnsmos, quiet


def bench(folder: Path, recordings: list[Path], seconds: float) -> dict[str, object]:
    clips = clips_of(folder)
    judge = Judge(clips)
    engine = BasicConverter()
    rows = []
    with tempfile.TemporaryDirectory() as home:
        untold = [clip._replace(text="") for clip in clips]  # what a conversion needs is learnt without texts, too
        BasicVoice().learn(untold, Path(home) / "voice", language="en-us", seed=0, report=quiet)
        voice = engine.open(Path(home) / "voice", {})
        for path in recordings:
            sound, rate_hz = _read(path, seconds)
            began_s = time.process_time()
            made = engine.convert(sound, rate_hz, voice, settings={}, report=quiet)
            cpu_s = time.process_time() - began_s
            off = cents_off(sound, made, rate_hz)
            wrong, words = word_errors(sphinx.heard(sound, rate_hz, quiet), sphinx.heard(made, rate_hz, quiet))
            rows.append(
                {
                    "recording": path.name,
                    "similarity_before": judge.similarity(sound, rate_hz),
                    "similarity": judge.similarity(made, rate_hz),
                    "words_heard_otherwise_percent": 100 * wrong / max(words, 1),
                    "dnsmos_before": dnsmos([(sound, rate_hz)]),
                    "dnsmos": dnsmos([(made, rate_hz)]),
                    "pitch_off_cents_p50": float(np.percentile(off, 50)),
                    "pitch_off_cents_p95": float(np.percentile(off, 95)),
                    "cpu_rtf": cpu_s * rate_hz / len(sound),
                }
            )
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    measures = [name for name in rows[0] if name != "recording"]
    return {
        "reader": folder.name,
        "recordings": rows,
        "mean": {name: _mean([row[name] for row in rows]) for name in measures},
    }


def cents_off(sound: Mono, made: Mono, rate_hz: int) -> NDArray[np.float64]:
    """How far each voiced frame lies from where it was, once all were moved back by their median."""
    before, after = (_hz(samples, rate_hz) for samples in (sound, made))
    count = min(len(before), len(after))
    cents = 1200 * np.log2(after[:count] / before[:count])
    cents = cents[np.isfinite(cents)]
    return np.abs(cents - np.median(cents)) if len(cents) else np.full(1, np.nan)


def _hz(samples: Mono, rate_hz: int) -> NDArray[np.float64]:
    curve = registry.pitch_tracker("praat").track(samples, rate_hz, low_hz=55.0, high_hz=1100.0, report=quiet)
    return curve.hz.astype(np.float64)


def _mean(values: list[object]) -> float | None:
    """The mean of one measure, None where it could not be taken."""
    numbers = [value for value in values if isinstance(value, float)]
    return float(np.mean(numbers)) if numbers else None


def _read(path: Path, seconds: float) -> tuple[Mono, int]:
    sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return np.ascontiguousarray(sound.mean(axis=1)[: round(seconds * rate_hz)]), rate_hz


def main() -> None:
    parser = ArgumentParser(description="Measure conversion into the built-in voice.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("recordings", type=Path, nargs="+")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each recording")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # of the libraries that measure
    print(json.dumps(bench(asked.folder, asked.recordings, asked.seconds), indent=2))


if __name__ == "__main__":
    main()
