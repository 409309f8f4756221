"""The job that says or sings a recording again in a voice of the library."""

import shutil
import time
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

from studio import paths
from studio.audio.mark import detect
from studio.audio.trouble import told
from studio.engines import registry
from studio.engines.base import Converter, Report, Settings, VoiceState
from studio.errors import StudioError
from studio.media import voices
from studio.model.voice import LEARNT_BY, Voice
from studio.protocol.voices import Converted, ConvertVoice, FindMark, MarkFound
from studio.workers import cloned, device
from studio.workers.heard import hear
from studio.workers.pieces import KeptPieces, work_name
from studio.workers.runtime import Context
from studio.workers.shares import share
from studio.workers.voices import LOADING_S

_TITLE: Final = "The recording was not converted."
_READING: Final = 0.1


class Singer(NamedTuple):
    """An engine with the voice that it converts into."""

    engine: Converter[Any]
    voice: Voice
    learnt: Path

    def open(self, settings: Settings) -> VoiceState:
        """Load the voice."""
        opened: VoiceState = self.engine.open(self.learnt, settings)
        return opened

    @property
    def learnt_hash(self) -> str:
        """What tells what the engine learnt of the voice from anything else."""
        digest = blake2b(digest_size=8)
        for path in sorted(path for path in self.learnt.rglob("*") if path.is_file()):
            digest.update(path.relative_to(self.learnt).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
        return digest.hexdigest()


def singer(engine: str, name: str) -> Singer:
    """The engine of that id with a voice of the library; a `StudioError` where it has not learnt it."""
    converter = registry.converter(engine)
    learner = LEARNT_BY.get(engine, engine)
    voice = voices.find(name)
    learnt = voice.by(learner)
    if learnt is None:
        raise StudioError(
            "voice.unlearnt",
            _TITLE,
            cause=f"The voice {voice.name} has not been learnt for {converter.info.name} yet.",
            remedy=f"Learn it with studio clone --engine {learner}.",
        )
    return Singer(converter, voice, voices.folder_of(voice) / learnt.engine)


def convert(job: ConvertVoice, context: Context, report: Report) -> Converted:
    """Convert a file into a new WAV; the same file again, after this broke off, goes on behind what was finished."""
    into = singer(job.engine, job.voice)
    heard = hear(Path(job.source), _TITLE, share(report, 0.0, _READING))
    context.expect_silence(LOADING_S)
    began_s = time.perf_counter()
    work = work_name(into.engine, into.learnt_hash, job.settings, heard.samples, heard.rate_hz)
    begun = paths.cache() / "converting" / work
    with told(_TITLE, begun.parent):
        pieces = KeptPieces(begun, work)
        made = into.engine.convert(
            heard.samples,
            heard.rate_hz,
            into.open(job.settings),
            settings=job.settings,
            report=share(report, _READING, 1.0),
            pieces=pieces,
        )
    spent_s = time.perf_counter() - began_s
    cloned.write(
        (made,), Path(job.path), heard.rate_hz, voice=into.voice.name, engine=into.engine.info.name, title=_TITLE
    )
    shutil.rmtree(begun, ignore_errors=True)
    duration_s = len(made) / heard.rate_hz
    return Converted(
        job=job.job,
        path=job.path,
        rate_hz=heard.rate_hz,
        duration_s=duration_s,
        rtf=spent_s / max(duration_s, 1e-9),
        engine=job.engine,
        device=device.choose().name,
        resumed=pieces.resumed,
        notes=(heard.damage,) if heard.damage else (),
    )


def find_mark(job: FindMark, context: Context, report: Report) -> MarkFound:
    """Look whether a file is marked as synthetic."""
    del context
    heard = hear(Path(job.path), "The recording was not examined.", report)
    found = detect(heard.samples, heard.rate_hz)
    return MarkFound(job=job.job, marked=found.marked, score=found.score)
