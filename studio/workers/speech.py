"""The job that says a text in a voice: sentence by sentence into a file, from the first one on."""

import os
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from studio.engines import registry
from studio.engines.base import Mono, Report, Speaker
from studio.errors import StudioError
from studio.media import voices
from studio.media.wav import WavWriter
from studio.model.script import Pause, pieces
from studio.protocol.voices import Speak, Spoken
from studio.workers import device
from studio.workers.runtime import Context
from studio.workers.voices import LOADING_S

_TITLE: Final = "The text was not spoken."
_KEPT: Final = 4


def speak(job: Speak, context: Context, report: Report) -> Spoken:
    """Speak a text into a new WAV file."""
    context.expect_silence(LOADING_S)
    speaker = registry.speaker(job.engine)
    said = pieces(job.text, job.dictionary)
    if not any(not isinstance(piece, Pause) for piece in said):
        raise StudioError(
            "speech.nothing", _TITLE, cause="There is no word in it to be said.", remedy="Write a sentence."
        )
    began_s = time.perf_counter()
    opened = _opened(job.engine, _place(speaker, job.voice), tuple(sorted(job.settings.items())))
    open_ms = (time.perf_counter() - began_s) * 1000
    target = Path(job.path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    first_s, began_s, began_cpu_s = 0.0, time.perf_counter(), time.process_time()
    try:
        with WavWriter(part, opened.rate_hz, 1) as wav:
            for number, piece in enumerate(said):
                report(number / len(said), "Speaking")
                if isinstance(piece, Pause):
                    wav.write(np.zeros((round(piece.seconds * opened.rate_hz), 1), np.float32))
                    continue
                seed = job.seed + number if job.seed else 0
                blocks = speaker.speak(
                    piece, opened, settings=job.settings, seed=seed, report=_within(report, number, len(said))
                )
                for block in blocks:
                    first_s = first_s or time.perf_counter() - began_s
                    wav.write(np.ascontiguousarray(_one_channel(block)))
            length = wav.length
            wav.sync()
        spent_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
        part.replace(target)
    except OSError as error:
        raise StudioError(
            "speech.file",
            _TITLE,
            cause=f"{target} could not be written: {error.strerror or error}.",
            remedy="Choose another place, or make room there.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    duration_s = length / opened.rate_hz
    return Spoken(
        job=job.job,
        path=str(target),
        rate_hz=opened.rate_hz,
        duration_s=duration_s,
        first_audio_ms=first_s * 1000,
        rtf=spent_s / max(duration_s, 1e-9),
        cpu_rtf=cpu_s / max(duration_s, 1e-9),
        open_ms=open_ms,
        engine=job.engine,
        device=device.choose().name,
        marked=False,
    )


def _within(report: Report, number: int, count: int) -> Report:
    return lambda fraction, stage: report((number + min(fraction, 1.0)) / count, stage)


def _one_channel(block: Mono) -> Mono:
    return block[:, None]


def _place(speaker: Speaker[Any], voice: str) -> Path | str:
    """Where the engine finds a voice: among those that it brings, or in the library."""
    if voice in speaker.presets():
        return voice
    found = voices.find(voice)
    learnt = found.by(speaker.info.id)
    if learnt is None:
        raise StudioError(
            "voice.unlearnt",
            _TITLE,
            cause=f"{speaker.info.name} has not learnt the voice {found.name} yet.",
            remedy=f"Learn it with studio clone --engine {speaker.info.id}, or choose another engine.",
        )
    return voices.folder_of(found) / learnt.engine


@lru_cache(maxsize=_KEPT)
def _opened(engine: str, place: Path | str, settings: tuple[tuple[str, Any], ...]) -> Any:  # noqa: ANN401 each engine has its own
    return registry.speaker(engine).open(place, dict(settings))
