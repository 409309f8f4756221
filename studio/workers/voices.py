"""The jobs that learn a voice into the library, and that say or sing something again in one."""

import importlib.util
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from studio.audio.sample_doctor import examine, examine_ends
from studio.engines import registry, sphinx
from studio.engines.base import Reference, Report
from studio.engines.voice.frames import resampled
from studio.errors import StudioError
from studio.media import voices
from studio.media.wav import WavWriter
from studio.model.voice import Consent, Finding, Learnt, Sample, Voice
from studio.protocol.voices import LearnVoice, VoiceLearnt
from studio.workers.heard import Heard, hear
from studio.workers.runtime import Context
from studio.workers.shares import share

_TITLE = "The voice was not learnt."
_READING = 0.05
_HEARD = 0.2
LOADING_S = 60.0


def learn(job: LearnVoice, context: Context, report: Report) -> VoiceLearnt:
    """Learn a voice from files and put it into the library."""
    if not job.consent.strip():
        raise StudioError(
            "voice.consent",
            _TITLE,
            cause="Nobody has said that the person agrees.",
            remedy="Write down what the person whose voice it is agreed to.",
        )
    speaker = registry.speaker(job.engine)
    if "clone" not in speaker.info.can:
        raise StudioError(
            "voice.engine",
            _TITLE,
            cause=f"{speaker.info.name} cannot learn voices.",
            remedy="Choose another engine.",
        )
    recordings = [
        hear(Path(file.path), _TITLE, share(report, i / len(job.references) * _READING, _READING))
        for i, file in enumerate(job.references)
    ]
    notes = [recording.damage for recording in recordings if recording.damage]
    began_s, began_cpu_s = time.monotonic(), time.process_time()
    voice_id = voices.new_id(job.name)
    with voices.making(voice_id) as folder:
        samples = _kept(job, recordings, folder, patiently(context, share(report, _READING, _HEARD)))
        unknown = sum(not sample.text for sample in samples)
        if unknown:
            notes.append(_untold(unknown, samples))
        if guessed := sum(bool(sample.heard_by) for sample in samples):
            notes.append(
                f"What is said in {guessed} of {len(samples)} recordings was heard by {sphinx.NAME}: a transcript that"
                " is right makes a better voice."
            )
        context.expect_silence(LOADING_S)
        references = [
            Reference(recording.samples, recording.rate_hz, sample.text)
            for recording, sample in zip(recordings, samples, strict=True)
        ]
        home = folder / job.engine
        home.mkdir()
        facts = speaker.learn(
            references, home, language=job.language, seed=job.seed, report=share(report, _HEARD, 0.99)
        )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        voice = Voice(
            id=voice_id,
            name=job.name,
            language=job.language,
            created=now,
            consent=Consent(text=job.consent.strip(), given=now),
            samples=samples,
            learnt=(
                Learnt(
                    engine=job.engine,
                    engine_version=registry.installed_version(speaker.info),
                    seed=job.seed,
                    wall_s=round(time.monotonic() - began_s, 2),
                    cpu_s=round(time.process_time() - began_cpu_s, 2),
                    facts=dict(facts),
                    fallback=unknown > 0,
                ),
            ),
            findings=findings(recordings),
        )
        voices.write_profile(voice, folder)
    report(1.0, "Done")
    return VoiceLearnt(job=job.job, voice=voice, notes=tuple(notes))


def patiently(context: Context, report: Report) -> Report:
    """A report after which silence is no hang: the recogniser lets no other thread run for seconds."""
    context.expect_silence(LOADING_S)

    def told(fraction: float, stage: str) -> None:
        report(fraction, stage)
        context.expect_silence(LOADING_S)

    return told


def findings(recordings: list[Heard]) -> tuple[Finding, ...]:
    """What the sample doctor says of all recordings together, at the rate of the first."""
    rate_hz = recordings[0].rate_hz
    joined = np.concatenate([resampled(one.samples, one.rate_hz, rate_hz) for one in recordings])
    ends = examine_ends([(one.samples, one.rate_hz) for one in recordings])
    return (*examine(joined, rate_hz), *([ends] if ends is not None else []))


def _untold(unknown: int, samples: tuple[Sample, ...]) -> str:
    return (
        f"Of {unknown} of {len(samples)} recordings nobody has said what is spoken in them, and nothing here could hear"
        " it: they were learnt from roughly, and the voice is the poorer for it."
    )


def _kept(job: LearnVoice, recordings: list[Heard], folder: Path, report: Report) -> tuple[Sample, ...]:
    """The recordings as files of the voice, each with its text: as given, or else as the recogniser heard it."""
    (folder / "samples").mkdir()
    made = []
    for number, (file, recording) in enumerate(zip(job.references, recordings, strict=True), start=1):
        name = f"samples/{number:03d}.wav"
        with WavWriter(folder / name, recording.rate_hz, 1) as wav:
            wav.write(np.ascontiguousarray(recording.samples[:, None]))
        text, by = file.text.strip(), ""
        if not text and job.language.startswith("en") and importlib.util.find_spec("pocketsphinx"):
            text, by = sphinx.heard(recording.samples, recording.rate_hz, report), sphinx.NAME
        made.append(
            Sample(
                file=name,
                text=text,
                heard_by=by if text else "",
                length_s=len(recording.samples) / recording.rate_hz,
                original=Path(file.path).name,
            )
        )
    return tuple(made)
