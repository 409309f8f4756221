"""The job that looks at recordings before a voice is learnt from them."""

import importlib.util
from pathlib import Path
from typing import Final

from studio.engines import sphinx
from studio.engines.base import Report
from studio.protocol.examining import ExaminedRecording, ExamineRecordings, RecordingsExamined
from studio.workers.heard import hear
from studio.workers.runtime import Context
from studio.workers.shares import share
from studio.workers.voices import LOADING_S, findings, patiently

_TITLE: Final = "The recordings were not examined."
_READING: Final = 0.2


def examine(job: ExamineRecordings, context: Context, report: Report) -> RecordingsExamined:
    """Decode recordings, let the doctor look at them, and listen for words where that was asked for."""
    count = len(job.paths)
    sounds = [
        hear(Path(path), _TITLE, share(report, i / count * _READING, _READING)) for i, path in enumerate(job.paths)
    ]
    listens = job.listen and job.language.startswith("en") and importlib.util.find_spec("pocketsphinx") is not None
    told = []
    for i, (path, sound) in enumerate(zip(job.paths, sounds, strict=True)):
        text = ""
        if listens:
            context.expect_silence(LOADING_S)
            begin, end = (_READING + (1 - _READING) * at / count for at in (i, i + 1))
            text = sphinx.heard(sound.samples, sound.rate_hz, patiently(context, share(report, begin, end)))
        length_s = len(sound.samples) / sound.rate_hz
        told.append(ExaminedRecording(path=path, length_s=length_s, heard=text, damage=sound.damage))
    return RecordingsExamined(
        job=job.job,
        recordings=tuple(told),
        findings=findings(sounds),
        recogniser=sphinx.NAME if listens else "",
    )
