"""A voice in the library, learnt in a second: roughly, from two sentences whose text nobody has told."""

from pathlib import Path

import soundfile

from studio.engines import espeak
from studio.model.voice import Voice
from studio.protocol.common import JobId
from studio.protocol.voices import LearnVoice, ReferenceFile
from studio.workers.runtime import Context
from studio.workers.voices import learn

TEXT = "Das ist ein Satz, den niemand kennt. Und noch einer, der etwas länger ist."


def recording(path: Path, voice: str = "de+m3", text: str = TEXT) -> Path:
    """Write a person's recording."""
    spoken = espeak.render(text, voice=voice, pitch=40)
    soundfile.write(path, spoken.samples, spoken.rate_hz, subtype="FLOAT")
    return path


def learn_roughly(folder: Path, name: str = "Otto") -> Voice:
    """Learn a voice into the library."""
    references = (ReferenceFile(path=str(recording(folder / f"{name}.wav"))),)
    job = LearnVoice(job=JobId(1), name=name, consent="I agree.", references=references, language="de", engine="basic")
    return learn(job, Context(lambda _event: None), lambda _fraction, _stage: None).voice
