"""The compute worker: jobs, one after another, on the device that was chosen at the start.

To add a job: its messages in `studio.protocol.jobs`, a function (job, context, report) -> result in a module
of this package, and its address in `HANDLERS`. The module is imported when the first such job comes, so that
what it needs does not delay `Ready`.
"""

import importlib
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, cast

from studio.errors import StudioError
from studio.protocol.common import Cancel, EngineCard, JobId, Ready, Stopped
from studio.protocol.examining import ExamineRecordings, TreatRecordings
from studio.protocol.jobs import (
    BuildPeaks,
    Denoise,
    Export,
    ImportMedia,
    ListCodecs,
    MakeSample,
    MeasureNotes,
    RenderClip,
    Separate,
    TrackPitch,
)
from studio.protocol.lines import SpeakLine
from studio.protocol.measures import MeasureQuality, MeasureVoice
from studio.protocol.messages import PROTOCOL, Job, Request, Result
from studio.protocol.voices import ConvertVoice, FindMark, LearnVoice, SingAgain, Speak
from studio.workers import device
from studio.workers.runtime import Context, Report

Handler = Callable[[Job, Context, Report], Result]
"""Does one kind of job: (job, context, report) -> result. Raises StudioError; `report` raises `Cancelled`."""

HANDLERS: Final[Mapping[type[Job], str]] = {
    ImportMedia: "studio.workers.sound:import_media",
    BuildPeaks: "studio.workers.sound:build_peaks",
    Export: "studio.workers.sound:export",
    RenderClip: "studio.workers.sound:render_clip",
    TrackPitch: "studio.workers.pitch:track_pitch",
    MeasureNotes: "studio.workers.pitch:measure_notes",
    MeasureVoice: "studio.workers.measuring:measure_voice",
    MeasureQuality: "studio.workers.voice_quality:measure_quality",
    Separate: "studio.workers.separation:separate",
    Denoise: "studio.workers.denoising:denoise",
    LearnVoice: "studio.workers.voices:learn",
    Speak: "studio.workers.speech:speak",
    ExamineRecordings: "studio.workers.examining:examine",
    TreatRecordings: "studio.workers.treating:treat",
    SpeakLine: "studio.workers.lines:speak_line",
    FindMark: "studio.workers.converting:find_mark",
    ConvertVoice: "studio.workers.converting:convert",
    SingAgain: "studio.workers.singing_again:sing_again",
    MakeSample: "studio.workers.sample:make_sample",
    ListCodecs: "studio.workers.codecs:list_codecs",
}
"""Where the handler of each job lives, as module:function."""

_LOADING_S: Final = 60.0
_LOOK_FOR_IDLE_S: Final = 30.0


class Compute:
    """Keeps the queue of jobs and the thread that works it off."""

    def __init__(self, handlers: Mapping[type[Job], str] = HANDLERS) -> None:
        self._handlers = handlers
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Job, Context]] = deque()
        self._running: JobId | None = None
        threading.Thread(target=self._work, name="jobs", daemon=True).start()

    def ready(self) -> Ready:
        chosen = device.choose()
        return Ready(
            protocol=PROTOCOL,
            role="compute",
            pid=os.getpid(),
            device=chosen.name,
            device_reason=chosen.reason,
            engines=_cards(),
        )

    def handle(self, request: Request, context: Context) -> None:
        """Queue a job, or call one off: at once when it waits, at its next report when it runs."""
        if isinstance(request, Cancel):
            self._cancel(request.job, context)
        elif isinstance(request, Job):
            with self._changed:
                self._waiting.append((request, context))
                self._changed.notify()
        else:
            raise StudioError(
                "compute.unknown",
                "The request could not be done.",
                cause=f"The compute worker does not know {type(request).__name__}.",
                remedy="This is our mistake: please send us the log.",
            )

    def close(self) -> None:
        """Results appear by rename, so there is nothing to finish."""

    def _cancel(self, job: JobId, context: Context) -> None:
        with self._changed:
            if self._running == job:
                context.call_off(job)
                return
            waiting = [entry for entry in self._waiting if entry[0].job == job]
            for entry in waiting:
                self._waiting.remove(entry)
        if waiting:
            context.send(Stopped(job=job))

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._changed.wait_for(lambda: bool(self._waiting), _LOOK_FOR_IDLE_S):
                    _forget_idle_models()
                job, context = self._waiting.popleft()
                self._running = job.job
            context.answer(job, partial(self._do, job, context))
            with self._changed:
                self._running = None

    def _do(self, job: Job, context: Context) -> Result:
        report = context.report(job.job)
        report(0.0, "Starting")
        context.expect_silence(_LOADING_S)
        module, _, function = self._handlers[type(job)].partition(":")
        handler = cast(Handler, getattr(importlib.import_module(module), function))
        return handler(job, context, report)


def _forget_idle_models() -> None:
    residents = sys.modules.get("studio.engines.residents")
    if residents is not None:  # else no job has loaded a model yet
        residents.expire()


def _cards() -> tuple[EngineCard, ...]:
    from studio.workers import cards  # looks for plug-ins, which the other roles have no use for

    return cards.cards()
