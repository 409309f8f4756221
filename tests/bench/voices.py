"""How alike and how clear the built-in voice is, beside eSpeak in the same run.

    python -m tests.bench.voices FOLDER [--seconds S] [--sentences N] [--keep N] [--json]

FOLDER holds recordings of one reader and `transcripts.tsv` (file name, tab, text). Needs the extras "engines" and
"measures": Resemblyzer for similarity, pocketsphinx for word errors, DNSMOS by speechmos. All have their small networks
in the package.
"""

import importlib.util
import json
import sys
import tempfile
import time
import warnings
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from studio.engines import espeak, sphinx
from studio.engines.base import Mono, Reference
from studio.engines.voice import variants
from studio.engines.voice.engine import BasicVoice, OpenVoice
from studio.engines.voice.frames import compared, frame_count, resampled
from studio.model.likeness import word_errors

HARVARD = (
    "The birch canoe slid on the smooth planks.",
    "Glue the sheet to the dark blue background.",
    "It's easy to tell the depth of a well.",
    "These days a chicken leg is a rare dish.",
    "Rice is often served in round bowls.",
    "The juice of lemons makes fine punch.",
    "The box was thrown beside the parked truck.",
    "The hogs were fed chopped corn and garbage.",
    "Four hours of steady work faced us.",
    "A large size in stockings is hard to sell.",
)

Voiced = tuple[Mono, int]
Say = Callable[[str], Voiced]


class Judge:
    """Measures speech against a reader's real clips."""

    def __init__(self, clips: Sequence[Reference]) -> None:
        from resemblyzer import VoiceEncoder

        self._encoder = VoiceEncoder("cpu", verbose=False)
        middle = np.mean([self._print(clip.samples, clip.rate_hz) for clip in clips], axis=0)
        self._middle = middle / np.linalg.norm(middle)

    def _print(self, samples: Mono, rate_hz: int) -> NDArray[np.float32]:
        from resemblyzer import preprocess_wav

        found: NDArray[np.float32] = self._encoder.embed_utterance(
            preprocess_wav(np.asarray(samples, np.float32), source_sr=rate_hz)
        )
        return found

    def similarity(self, samples: Mono, rate_hz: int) -> float:
        return float(self._print(samples, rate_hz) @ self._middle)


class First(NamedTuple):
    """How long the first sound of a sentence took, in ms: by the wall, and of the processor alone."""

    wall_ms: float
    cpu_ms: float


def say_with(engine: BasicVoice, voice: OpenVoice, character: str, firsts: list[First]) -> Say:
    def say(text: str) -> Voiced:
        began, began_cpu = time.perf_counter(), time.process_time()
        blocks: list[Mono] = []
        for block in engine.speak(text, voice, settings={"character": character}, seed=0, report=quiet):
            if not blocks:
                firsts.append(First((time.perf_counter() - began) * 1000, (time.process_time() - began_cpu) * 1000))
            blocks.append(block)
        return np.concatenate(blocks), voice.rate_hz

    return say


def espeak_as(voice: str, words_per_minute: int = 165) -> Say:
    def say(text: str) -> Voiced:
        spoken = espeak.render(text, voice=voice, words_per_minute=words_per_minute)
        return spoken.samples, spoken.rate_hz

    return say


def measured(say: Say, judge: Judge, sentences: Sequence[str], firsts: list[First]) -> dict[str, object]:
    began, began_cpu = time.perf_counter(), time.process_time()
    firsts.clear()
    sounds = [say(text) for text in sentences]
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
    rate_hz = sounds[0][1]
    length_s = sum(len(sound) for sound, _ in sounds) / rate_hz
    wrong = asked = 0
    for text, (sound, rate) in zip(sentences, sounds, strict=True):
        errors, words = word_errors(text, sphinx.heard(sound, rate, quiet))
        wrong, asked = wrong + errors, asked + words
    return {
        "similarity_joined": judge.similarity(np.concatenate([sound for sound, _ in sounds]), rate_hz),
        "similarity_per_sentence": float(np.mean([judge.similarity(sound, rate) for sound, rate in sounds])),
        "word_errors_percent": 100 * wrong / asked,
        "dnsmos": dnsmos(sounds),
        "rtf": wall_s / length_s,
        "cpu_rtf": cpu_s / length_s,
        "first_audio_ms_p95": float(np.percentile([first.wall_ms for first in firsts], 95)) if firsts else None,
        "first_audio_cpu_ms_p95": float(np.percentile([first.cpu_ms for first in firsts], 95)) if firsts else None,
    }


def dnsmos(sounds: Sequence[Voiced]) -> float | None:
    """The mean overall score, None where nothing here can give one."""
    if importlib.util.find_spec("speechmos") is None:
        return None
    module = importlib.import_module("speechmos.dnsmos")
    # It refuses what resampling carried a hair above full scale.
    heard = [np.clip(resampled(sound, rate, 16000), -1.0, 1.0) for sound, rate in sounds]
    scores = [module.run(sound, sr=16000)["ovrl_mos"] for sound in heard]
    return float(np.mean(scores))


def distance(say: Say, kept: Sequence[Reference]) -> float:
    """The mean cepstral distance to real readings of the same texts."""
    apart = []
    for clip in kept:
        sound, rate_hz = say(clip.text)
        ours = compared(sound, rate_hz, frame_count(len(sound), rate_hz))
        apart.append(
            variants.distance_db(
                ours, compared(clip.samples, clip.rate_hz, frame_count(len(clip.samples), clip.rate_hz))
            )
        )
    return float(np.mean(apart))


def quiet(fraction: float, stage: str) -> None:
    """Reports to nobody."""


def clips_of(folder: Path) -> list[Reference]:
    clips = []
    for line in (folder / "transcripts.tsv").read_text("utf-8").splitlines():
        name, _, text = line.partition("\t")
        samples, rate_hz = soundfile.read(folder / name, dtype="float32")
        clips.append(Reference(samples if samples.ndim == 1 else samples.mean(1), rate_hz, text))
    return clips


def enough(clips: Sequence[Reference], seconds: float) -> list[Reference]:
    """The first clips that make up so many seconds, the last one cut to nothing rather than to a part."""
    chosen: list[Reference] = []
    for clip in clips:
        if sum(len(one.samples) / one.rate_hz for one in chosen) >= seconds - 2:
            break
        chosen.append(clip)
    return chosen


def bench(folder: Path, seconds: float, count: int, keep: int) -> dict[str, object]:
    clips = clips_of(folder)
    engine = BasicVoice()
    judge = Judge(clips)
    learnt_from = enough(clips, seconds) if seconds else clips
    firsts: list[First] = []
    with tempfile.TemporaryDirectory() as home:
        began, began_cpu = time.perf_counter(), time.process_time()
        facts = engine.learn(learnt_from, Path(home) / "all", language="en-us", seed=0, report=quiet)
        learning = {"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - began_cpu}
        voice = engine.open(Path(home) / "all", {})
        speakers: dict[str, Say] = {
            "espeak": espeak_as("en-us"),
            "espeak_best_matched": espeak_as(str(facts["carrier"]), int(facts["words_per_minute"])),
            "clear": say_with(engine, voice, "clear", firsts),
            "alike": say_with(engine, voice, "alike", firsts),
        }
        results = {}
        for name, say in speakers.items():
            results[name] = measured(say, judge, HARVARD[:count], firsts)
            print(name, json.dumps(results[name]), file=sys.stderr, flush=True)
        if keep:
            kept = clips[-keep:]
            engine.learn(clips[:-keep], Path(home) / "most", language="en-us", seed=0, report=quiet)
            most = engine.open(Path(home) / "most", {})
            for name in results:
                again = say_with(engine, most, name, []) if name in ("clear", "alike") else speakers[name]
                results[name]["mcd_db"] = distance(again, kept)
    return {
        "reader": folder.name,
        "learnt_from_s": sum(len(clip.samples) / clip.rate_hz for clip in learnt_from),
        "similarity_to": f"the centroid of all {len(clips)} clips, those learnt from among them",
        "mcd_of": f"the last {keep} clips, spoken by a voice that was learnt without them" if keep else "not measured",
        "dnsmos_by": "speechmos" if importlib.util.find_spec("speechmos") else "nothing installed gives it",
        "learning": learning,
        "carrier": facts["carrier"],
        "voices": results,
    }


def main() -> None:
    parser = ArgumentParser(description="Measure the built-in voice beside eSpeak.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=0.0, help="learn from so much; all without")
    parser.add_argument("--sentences", type=int, default=len(HARVARD))
    parser.add_argument("--keep", type=int, default=3, help="clips for the cepstral distance; 0 leaves it out")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # of the libraries that measure
    print(json.dumps(bench(asked.folder, asked.seconds, asked.sentences, asked.keep), indent=2))


if __name__ == "__main__":
    main()
