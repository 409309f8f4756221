"""The job that says a text in a voice: sentence by sentence into a file, from the first one on."""

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from studio.engines import registry
from studio.engines.base import Mono, Report, Settings, Speaker, VoiceState
from studio.errors import StudioError
from studio.media import voices
from studio.model.script import Pause, pieces, stressed
from studio.protocol.voices import Speak, Spoken
from studio.workers import cloned, device
from studio.workers.runtime import Context
from studio.workers.voices import LOADING_S

_TITLE: Final = "The text was not spoken."
_KEPT: Final = 4


def speak(job: Speak, context: Context, report: Report) -> Spoken:
    """Speak a text into a new WAV file."""
    context.expect_silence(LOADING_S)
    speaker = registry.speaker(job.engine)
    said = to_say(job.text, job.dictionary, _TITLE)
    began_s = time.perf_counter()
    voice = opened(speaker, job.voice, job.settings)
    open_ms = (time.perf_counter() - began_s) * 1000
    clock = _Clock()
    blocks = _blocks(job, speaker, voice, said, report, clock)
    length = cloned.write(
        blocks, Path(job.path), voice.rate_hz, voice=job.voice, engine=speaker.info.name, title=_TITLE
    )
    wall_s, cpu_s = clock.spent()
    duration_s = length / voice.rate_hz
    return Spoken(
        job=job.job,
        path=job.path,
        rate_hz=voice.rate_hz,
        duration_s=duration_s,
        first_audio_ms=clock.first_s * 1000,
        rtf=wall_s / max(duration_s, 1e-9),
        cpu_rtf=cpu_s / max(duration_s, 1e-9),
        open_ms=open_ms,
        engine=job.engine,
        device=device.choose().name,
        marked=True,
    )


def to_say(text: str, dictionary: Mapping[str, str], title: str) -> tuple[str | Pause, ...]:
    """The sentences and pauses of a text; a `StudioError` where there is not a word in it."""
    said = pieces(text, dictionary)
    if not any(not isinstance(piece, Pause) for piece in said):
        raise StudioError(
            "speech.nothing", title, cause="There is no word in it to be said.", remedy="Write a sentence."
        )
    return said


def for_engine(speaker: Speaker[Any], sentence: str) -> str:
    """A sentence as an engine can say it: without the asterisks where it knows no stress."""
    return sentence if "stress" in speaker.info.can else stressed(sentence).text


def opened(speaker: Speaker[Any], voice: str, settings: Settings) -> VoiceState:
    """A voice ready to speak with; it stays so for the next text."""
    kept = tuple(sorted(settings.items(), key=lambda item: item[0]))
    state: VoiceState = _opened(speaker.info.id, _place(speaker, voice), kept)
    return state


class _Clock:
    """When the first sound was there, and what all of it took."""

    def __init__(self) -> None:
        self._began_s, self._began_cpu_s = time.perf_counter(), time.process_time()
        self.first_s = 0.0

    def note_sound(self) -> None:
        self.first_s = self.first_s or time.perf_counter() - self._began_s

    def spent(self) -> tuple[float, float]:
        """Seconds by the wall and of the processor."""
        return time.perf_counter() - self._began_s, time.process_time() - self._began_cpu_s


def _blocks(
    job: Speak, speaker: Speaker[Any], voice: VoiceState, said: Sequence[str | Pause], report: Report, clock: _Clock
) -> Iterator[Mono]:
    """The whole text as sound, a block at a time."""
    for number, piece in enumerate(said):
        report(number / len(said), "Speaking")
        if isinstance(piece, Pause):
            yield np.zeros(round(piece.seconds * voice.rate_hz), np.float32)
            continue
        seed = job.seed + number if job.seed else 0
        within = partial(_within, report, number, len(said))
        for block in speaker.speak(for_engine(speaker, piece), voice, settings=job.settings, seed=seed, report=within):
            clock.note_sound()
            yield block


def _within(report: Report, number: int, count: int, fraction: float, stage: str) -> None:
    report((number + min(fraction, 1.0)) / count, stage)


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
            remedy=f"Learn it for that engine (studio clone --engine {speaker.info.id}), or choose another engine.",
        )
    return voices.folder_of(found) / learnt.engine


@lru_cache(maxsize=_KEPT)
def _opened(engine: str, place: Path | str, settings: tuple[tuple[str, Any], ...]) -> Any:  # noqa: ANN401 each engine has its own
    return registry.speaker(engine).open(place, dict(settings))
