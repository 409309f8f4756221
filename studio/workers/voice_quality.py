"""The job that measures how steady and how clear a voice is."""

from pathlib import Path
from typing import Final

import numpy as np

from studio.engines.base import Report
from studio.errors import StudioError
from studio.media.wav import MappedWav
from studio.protocol.measures import MeasureQuality, QualityMeasured
from studio.workers.measuring import stretch_at_16k
from studio.workers.runtime import Context

_PREPARING: Final = 0.1
_LONGEST_S: Final = 300.0


def measure_quality(job: MeasureQuality, context: Context, report: Report) -> QualityMeasured:
    """Measure a stretch of a medium: a held vowel, or singing of five minutes at the most."""
    from studio.engines.melody import quality

    del context
    if job.length > _LONGEST_S * job.media.rate_hz:
        raise StudioError(
            "measures.too_long",
            "The voice quality was not measured.",
            cause=f"The selection is longer than {_LONGEST_S / 60:.0f} minutes; such figures describe a held sound.",
            remedy="Select a vowel that is held, or a phrase.",
        )
    folder = Path(job.project_dir) / "media"
    folder.mkdir(exist_ok=True)
    at_16k = stretch_at_16k(
        job.project_dir,
        job.media,
        job.start,
        job.length,
        folder,
        lambda part, stage: report(_PREPARING * part, stage),
    )
    wav = MappedWav.open(Path(job.project_dir) / job.media.file)
    sound = wav.frames[job.start : job.start + job.length].mean(axis=1, dtype=np.float32)
    found = quality.measure(
        sound,
        wav.rate_hz,
        at_16k,
        low_hz=job.low_hz,
        high_hz=job.high_hz,
        report=lambda part, stage: report(_PREPARING + (1 - _PREPARING) * part, stage),
    )
    return QualityMeasured(job=job.job, quality=found)
