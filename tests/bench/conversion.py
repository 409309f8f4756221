"""How alike a voice is what was converted into it, beside the recordings as they were, and how clear it still is.

    python -m tests.bench.conversion FOLDER RECORDING... [--seconds S]

FOLDER holds recordings of one reader and `transcripts.tsv`, as for `tests.bench.voices`; the recordings are of others.
What is said in them need not be known: word errors are counted against what the same recogniser hears in the original,
so they say what the conversion costs.
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

from studio.engines import sphinx
from studio.engines.base import Mono
from studio.engines.voice.engine import BasicConverter, BasicVoice
from studio.model.likeness import word_errors
from tests.bench.voices import Judge, clips_of, quiet


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
            wrong, words = word_errors(sphinx.heard(sound, rate_hz, quiet), sphinx.heard(made, rate_hz, quiet))
            rows.append(
                {
                    "recording": path.name,
                    "similarity_before": judge.similarity(sound, rate_hz),
                    "similarity": judge.similarity(made, rate_hz),
                    "words_heard_otherwise_percent": 100 * wrong / max(words, 1),
                    "cpu_rtf": cpu_s * rate_hz / len(sound),
                }
            )
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    measures = [name for name in rows[0] if name != "recording"]
    return {
        "reader": folder.name,
        "recordings": rows,
        "mean": {name: float(np.mean([float(str(row[name])) for row in rows])) for name in measures},
    }


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
