"""The job that says or sings a recording again in a voice of the library."""

import os
import time
from pathlib import Path
from typing import Final

import numpy as np

from studio.engines import registry
from studio.engines.base import Report
from studio.errors import StudioError
from studio.media import voices
from studio.media.wav import WavWriter
from studio.protocol.voices import Converted, ConvertVoice
from studio.workers import device
from studio.workers.heard import hear
from studio.workers.runtime import Context
from studio.workers.shares import share
from studio.workers.voices import LOADING_S

_TITLE: Final = "The recording was not converted."
_READING: Final = 0.1
LEARNT_BY: Final = {"basic-convert": "basic"}
"""Which engine learns the voices that a converter uses, where it is another one."""


def convert(job: ConvertVoice, context: Context, report: Report) -> Converted:
    """Convert a file into a new WAV."""
    engine = registry.converter(job.engine)
    learner = LEARNT_BY.get(job.engine, job.engine)
    voice = voices.find(job.voice)
    learnt = voice.by(learner)
    if learnt is None:
        raise StudioError(
            "voice.unlearnt",
            _TITLE,
            cause=f"The voice {voice.name} has not been learnt for {engine.info.name} yet.",
            remedy=f"Learn it with studio clone --engine {learner}.",
        )
    heard = hear(Path(job.source), _TITLE, share(report, 0.0, _READING))
    context.expect_silence(LOADING_S)
    began_s = time.perf_counter()
    opened = engine.open(voices.folder_of(voice) / learnt.engine, job.settings)
    made = engine.convert(
        heard.samples, heard.rate_hz, opened, settings=job.settings, report=share(report, _READING, 1.0)
    )
    spent_s = time.perf_counter() - began_s
    target = Path(job.path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with WavWriter(part, heard.rate_hz, 1) as wav:
            wav.write(np.ascontiguousarray(made[:, None]))
            wav.sync()
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
    duration_s = len(made) / heard.rate_hz
    return Converted(
        job=job.job,
        path=str(target),
        rate_hz=heard.rate_hz,
        duration_s=duration_s,
        rtf=spent_s / max(duration_s, 1e-9),
        engine=job.engine,
        device=device.choose().name,
        notes=(heard.damage,) if heard.damage else (),
    )
