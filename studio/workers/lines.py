"""The job that speaks a line of the script into the project: sentence by sentence, each checked and kept."""

import importlib.util
import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from msgspec.structs import replace

from studio.audio import voice_card
from studio.audio.importing import MediaWriter
from studio.audio.mark import Marker
from studio.engines import registry, sphinx, voiceprint
from studio.engines.base import Mono, Report, Speaker
from studio.engines.ready_voices import ReadyVoice, ready_voices
from studio.engines.voice.frames import resampled
from studio.errors import StudioError
from studio.media import voices
from studio.media.wav import MappedWav
from studio.model.likeness import word_errors
from studio.model.project import Lineage
from studio.model.script import Pause
from studio.model.spoken import SaidSentence, TakeCard, is_doubtful
from studio.model.voice import Voice
from studio.protocol.lines import LineSpoken, SpeakLine
from studio.workers import speech
from studio.workers.runtime import Context
from studio.workers.sentences import Finding, KeptSentences
from studio.workers.voices import patiently

_log = logging.getLogger(__name__)

_TITLE: Final = "The line was not spoken."
_TRIES: Final = 3
_NEXT: Final = 1000
_EDGE_S: Final = 0.01
_SAMPLE_S: Final = 60.0
_LOW_HZ: Final = 60.0
_HIGH_HZ: Final = 600.0


def speak_line(job: SpeakLine, context: Context, report: Report) -> LineSpoken:
    """Speak a line into a new medium."""
    report = patiently(context, report)
    speaker = registry.speaker(job.engine)
    said = speech.to_say(job.text, job.dictionary, _TITLE)
    ready = next((one for one in ready_voices(speaker) if one.id == job.voice), None)
    saying = _Saying(job, speaker, ready or voices.find(job.voice))
    placed: list[_Placed] = []
    with MediaWriter(Path(job.project_dir), job.rate_hz, 1, title=_TITLE) as writer:
        marker, at = Marker(job.rate_hz), 0
        for number, piece in enumerate(said):
            report(number / len(said), "Speaking")
            if isinstance(piece, Pause):
                sound = np.zeros(round(piece.seconds * job.rate_hz), np.float32)
            else:
                sound, finding = saying.sentence(piece, _within(report, number, len(said)))
                placed.append(_Placed(piece, finding, at, sound))
            at += len(sound)
            writer.write(marker.feed(sound)[:, None])
        writer.write(marker.rest()[:, None])
        report(0.99, "Measuring")
        media = writer.finish(name=_short(job.text), lineage=_lineage(job, speaker, saying.voice.name))
    return LineSpoken(
        job=job.job,
        media=media,
        voice_name=saying.voice.name,
        sentences=tuple(one.told() for one in placed),
        card=_card(
            [one.sound for one in placed], job.rate_hz, saying.voice, listened=any(o.finding.words for o in placed)
        ),
        made=saying.made,
    )


class _Placed(NamedTuple):
    """A sentence at its place in the line."""

    text: str
    finding: Finding
    start: int
    sound: Mono

    def told(self) -> SaidSentence:
        """The same as the project keeps it."""
        found = self.finding
        return SaidSentence(
            text=self.text,
            seed=found.seed,
            start=self.start,
            length=len(self.sound),
            heard=found.heard,
            wrong=found.wrong,
            words=found.words,
            tries=found.tries,
        )


class _Saying:
    """Says sentences in one voice, or finds them said. The voice is opened when the first one has to be said."""

    def __init__(self, job: SpeakLine, speaker: Speaker[Any], voice: Voice | ReadyVoice) -> None:
        self._job, self._speaker, self.voice = job, speaker, voice
        self._kept = KeptSentences(_TITLE)
        self._listens = job.listen and importlib.util.find_spec("pocketsphinx") is not None
        self._listens = self._listens and voice.language.startswith("en")
        self.made = 0

    def sentence(self, text: str, report: Report) -> tuple[Mono, Finding]:
        """A sentence at the rate of the project, its edges faded, so that it joins whatever stands beside it."""
        name = self._name(text)
        found = self._kept.find(name)
        if found is not None:
            return found
        self.made += 1
        sound, finding = self._best(text, report)
        self._kept.keep(name, sound, self._job.rate_hz, finding)
        return sound, finding

    def _best(self, text: str, report: Report) -> tuple[Mono, Finding]:
        """The first try that is known again, or else the one that is best known."""
        first = self._job.seeds.get(text, self._job.seed)
        sound, finding = self._try(text, first, report)
        tries = 1
        while is_doubtful(finding.wrong, finding.words) and tries < _TRIES:
            other, found = self._try(text, first + _NEXT * tries, report)
            tries += 1
            if found.wrong < finding.wrong:
                sound, finding = other, found
        return sound, replace(finding, seed=first, tries=tries)

    def _try(self, text: str, seed: int, report: Report) -> tuple[Mono, Finding]:
        sound = self._said(text, seed, report)
        return sound, self._heard(text, sound, report)

    def _said(self, text: str, seed: int, report: Report) -> Mono:
        job = self._job
        opened = speech.opened(self._speaker, job.voice, job.settings)
        words = speech.for_engine(self._speaker, text)
        blocks = list(self._speaker.speak(words, opened, settings=job.settings, seed=seed, report=report))
        sound = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
        return _faded(np.array(resampled(sound, opened.rate_hz, job.rate_hz)), job.rate_hz)

    def _heard(self, text: str, sound: Mono, report: Report) -> Finding:
        if not self._listens or not len(sound):
            return Finding()
        heard = sphinx.heard(sound, self._job.rate_hz, report)
        wrong, words = word_errors(text, heard)
        return Finding(heard=heard, wrong=min(wrong, words), words=words)

    def _name(self, text: str) -> str:
        job = self._job
        return self._kept.name(
            text=text,
            voice=job.voice,
            learnt=_learnt(self.voice, job.engine),
            engine=(job.engine, registry.installed_version(self._speaker.info)),
            settings=job.settings,
            seed=job.seeds.get(text, job.seed),
            rate_hz=job.rate_hz,
            listens=self._listens,
        )


def _learnt(voice: Voice | ReadyVoice, engine: str) -> object:
    """What tells a voice from another one of that name that was there before."""
    if isinstance(voice, ReadyVoice):
        return voice.network
    learnt = voice.by(engine)
    return (learnt.seed, learnt.wall_s, learnt.engine_version) if learnt is not None else None


def _within(report: Report, number: int, count: int) -> Report:
    def told(fraction: float, stage: str) -> None:
        report((number + min(max(fraction, 0.0), 1.0)) / count, stage)

    return told


def _faded(sound: Mono, rate_hz: int) -> Mono:
    """A sound that begins and ends in silence."""
    edge = min(round(_EDGE_S * rate_hz), len(sound) // 2)
    if edge:
        rise = np.sin(np.linspace(0, np.pi / 2, edge, dtype=np.float32))
        sound[:edge] *= rise
        sound[-edge:] *= rise[::-1]
    return sound


def _lineage(job: SpeakLine, speaker: Speaker[Any], name: str) -> Lineage:
    told: dict[str, str | float | int | bool | None] = {
        **job.settings,
        "text": job.text,
        "voice": job.voice,
        "voice_name": name,
    }
    version = registry.installed_version(speaker.info)
    return Lineage(engine=job.engine, engine_version=version, seed=job.seed, settings=told)


def _card(sounds: Sequence[Mono], rate_hz: int, voice: Voice | ReadyVoice, *, listened: bool) -> TakeCard:
    like = _timbre_of(voice) if isinstance(voice, Voice) else None
    return TakeCard(
        loudness_lufs=_rounded(voice_card.loudness_lufs(sounds, rate_hz)),
        pitch_hz=_range_hz(np.concatenate(sounds), rate_hz),
        noise_db=_rounded(voice_card.noise_db(sounds, rate_hz)),
        timbre_db=_rounded(voice_card.apart_db(voice_card.timbre(sounds, rate_hz), like)),
        similarity=_similarity(sounds, rate_hz, voice) if isinstance(voice, Voice) else None,
        recogniser=sphinx.NAME if listened else "",
    )


def _similarity(sounds: Sequence[Mono], rate_hz: int, voice: Voice) -> float | None:
    """How alike the speaker is to the voice's recordings; a line is not lost because that cannot be measured."""
    if not voiceprint.is_there():
        return None
    try:
        like = _print_in(voices.folder_of(voice), tuple(sample.file for sample in voice.samples))
        found = voiceprint.similarity(sounds, rate_hz, like) if like is not None else None
    except StudioError as error:
        _log.info("%s", error)
        return None
    return None if found is None else round(found, 3)


def _range_hz(sound: Mono, rate_hz: int) -> tuple[float, float] | None:
    """The F0 below and above which a twentieth of what is voiced lies."""
    tracker = registry.pitch_tracker("praat")
    curve = tracker.track(sound, rate_hz, low_hz=_LOW_HZ, high_hz=_HIGH_HZ, report=lambda _fraction, _stage: None)
    voiced = curve.hz[np.isfinite(curve.hz)]
    if len(voiced) < 20:
        return None
    low, high = np.percentile(voiced, [5, 95])
    return round(float(low), 1), round(float(high), 1)


def _timbre_of(voice: Voice) -> voice_card.Bands | None:
    return _timbre_in(voices.folder_of(voice), tuple(sample.file for sample in voice.samples))


@lru_cache(maxsize=4)
def _timbre_in(folder: Path, files: tuple[str, ...]) -> voice_card.Bands | None:
    sounds = list(_recordings(folder, files))
    rate_hz = sounds[0][1]
    return voice_card.timbre([sound for sound, rate in sounds if rate == rate_hz], rate_hz)


@lru_cache(maxsize=4)
def _print_in(folder: Path, files: tuple[str, ...]) -> voiceprint.Print | None:
    return voiceprint.print_of(list(_recordings(folder, files)))


def _recordings(folder: Path, files: Sequence[str]) -> Iterator[tuple[Mono, int]]:
    """A minute of what the voice was learnt from."""
    left_s = _SAMPLE_S
    for file in files:
        if left_s > 0:
            sound = MappedWav.open(folder / file)
            left_s -= sound.length / sound.rate_hz
            yield np.array(sound.frames[:, 0]), sound.rate_hz


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _short(text: str) -> str:
    """The beginning of a line, as the name of its sound."""
    words = " ".join(text.split())
    return words if len(words) <= 40 else f"{words[:40].rsplit(' ', 1)[0]}…"
