"""Fits the tracker's voicing: `python -m voicing.fit MATERIAL studio/engines/melody/voicing.json`.

Logistic regression with a small penalty on what `analysis.hear` hears in the folder that `voicing.material` wrote.
Every fifth voice is held back to say how often the rule errs on voices that it never met.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.optimize import minimize

from studio.engines.melody import analysis, voicing
from studio.engines.melody.resample import at_8k

_PENALTY: Final = 3e-4
_HELD_BACK: Final = 5

Series = NDArray[np.float64]


class Lesson(NamedTuple):
    """What was heard in each frame of a file, shape (frames, terms * AROUND), and which frames are voiced."""

    heard: NDArray[np.float32]
    voiced: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("material", type=Path)
    parser.add_argument("out", type=Path)
    wanted = parser.parse_args()
    learnt: list[Lesson] = []
    kept: list[Lesson] = []
    for index, truth in enumerate(sorted(wanted.material.glob("*.csv"))):
        (kept if index % _HELD_BACK == 0 else learnt).extend(_lessons(truth))
    weights, constant = _fitted(_joined(learnt))
    for name, lessons in (("learnt from", learnt), ("held back", kept)):
        lesson = _joined(lessons)
        odds = lesson.heard @ weights + constant
        print(f"{name}: {np.mean((odds > 0) != lesson.voiced):.4f} of {len(odds)} frames are judged wrongly")
    rows = weights.reshape(len(voicing.AROUND), -1).T
    text = ",\n    ".join("[" + ", ".join(f"{weight:.5g}" for weight in row) + "]" for row in rows)
    wanted.out.write_text(f'{{\n  "constant": {constant:.6g},\n  "weights": [\n    {text}\n  ]\n}}\n')


def _lessons(truth: Path) -> Iterator[Lesson]:
    voiced = np.loadtxt(truth, delimiter=",")[:, 1] > 0
    for path in sorted(truth.parent.glob(f"{truth.stem}.*.wav")):
        samples, rate_hz = soundfile.read(path, dtype="float32")
        sound = at_8k(samples, rate_hz, lambda fraction, stage: None)
        found = analysis.hear(sound, analysis.Floor.under(sound), analysis.LOWEST_HZ, analysis.HIGHEST_HZ)
        count = min(len(found.octaves), len(voiced))
        terms = voicing.terms(found.signs, *voicing.range_of(found.signs))
        around = np.clip(np.arange(count)[:, None] + np.array(voicing.AROUND), 0, len(terms) - 1)
        yield Lesson(terms[around].reshape(count, -1), voiced[:count])


def _joined(lessons: list[Lesson]) -> Lesson:
    return Lesson(*(np.concatenate(parts) for parts in zip(*lessons, strict=True)))


def _fitted(lesson: Lesson) -> tuple[Series, float]:
    """Weights for what is heard, and the constant."""
    mean, spread = lesson.heard.mean(axis=0, dtype=np.float64), lesson.heard.std(axis=0, dtype=np.float64)
    even = np.concatenate((((lesson.heard - mean) / spread), np.ones((len(lesson.heard), 1))), axis=1).astype(
        np.float32
    )

    def loss(weights: Series) -> tuple[float, Series]:
        odds = even @ weights.astype(np.float32)
        likely = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        wrong = -np.mean(np.log(np.where(lesson.voiced, likely, 1 - likely) + 1e-9))
        slope = even.T @ (likely - lesson.voiced) / len(likely)
        return float(wrong + _PENALTY * weights @ weights), slope.astype(np.float64) + 2 * _PENALTY * weights

    found: Series = minimize(loss, np.zeros(even.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    weights: Series = found[:-1] / spread
    return weights, float(found[-1] - mean @ weights)


if __name__ == "__main__":
    main()
