"""A voice's recordings as a data set for other programs: LJ Speech's folder, with a report on what is in it.

`wavs/NAME.wav` (16 bits, mono, at the recording's own rate), `metadata.csv` (name|text|text, no heading, as LJ Speech
1.1 has it), `report.json` (clip by clip, in numbers) and `report.txt` (what stands out, in sentences).
"""

import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.audio.sample_doctor import examine
from studio.media.wav import MappedWav
from studio.model.voice import Finding, Voice

Mono = NDArray[np.float32]

_FULL: Final = 32767
_FLOOR: Final = 1e-6
_SHORTEST_S: Final = 1.0
_LONGEST_S: Final = 15.0
_ODD: Final = 1.6
_ABOUT_A_CLIP: Final = frozenset({"clipping", "level", "noise", "music", "speakers"})


class Clip(Struct, frozen=True, kw_only=True):
    """A clip of the set. `letters_per_s` far from the others' hints at a text that is not what is said."""

    name: str
    text: str
    heard_by: str
    length_s: float
    rate_hz: int
    peak_dbfs: float
    level_dbfs: float
    letters_per_s: float
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()


class Report(Struct, frozen=True, kw_only=True):
    """What is in the set. `clips` holds also those that have no text, which `metadata.csv` leaves out."""

    voice: str
    language: str
    consent: str
    length_s: float
    with_text_s: float
    clips: tuple[Clip, ...]

    @property
    def text(self) -> str:
        """What a person is to know, line by line."""
        odd = [clip for clip in self.clips if clip.remarks]
        head = (
            f"{self.voice}: {len(self.clips)} clips, {self.length_s:.1f} s, of which {self.with_text_s:.1f} s with text"
        )
        rows = [f"{clip.name}: {remark}" for clip in odd for remark in clip.remarks]
        return "\n".join([head, *rows, f"{len(self.clips) - len(odd)} clips have nothing to remark"]) + "\n"


class _Read(NamedTuple):
    samples: Mono
    rate_hz: int


def write(voice: Voice, home: Path, folder: Path) -> Report:
    """Write a voice's recordings, which lie in `home`, into an empty folder, and say what is in them."""
    (folder / "wavs").mkdir()
    clips = []
    for number, sample in enumerate(voice.samples, start=1):
        wav = MappedWav.open(home / sample.file)
        sound = _Read(np.array(wav.frames.mean(axis=1), np.float32), wav.rate_hz)
        name = f"{voice.id}-{number:04d}"
        _write_wav(folder / "wavs" / f"{name}.wav", sound)
        text = " ".join(sample.text.replace("|", " ").split())
        clips.append(_measured(name, text, sample.heard_by, sound))
    made = Report(
        voice=voice.name,
        language=voice.language,
        consent=voice.consent.text,
        length_s=sum(clip.length_s for clip in clips),
        with_text_s=sum(clip.length_s for clip in clips if clip.text),
        clips=tuple(_remarked(clip, clips) for clip in clips),
    )
    rows = [f"{clip.name}|{clip.text}|{clip.text}\n" for clip in clips if clip.text]
    (folder / "metadata.csv").write_text("".join(rows), encoding="utf-8")
    (folder / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=2))
    (folder / "report.txt").write_text(made.text, encoding="utf-8")
    return made


def _write_wav(path: Path, sound: _Read) -> None:
    whole = np.round(np.clip(sound.samples, -1, 1) * _FULL).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate_hz)
        file.writeframes(whole.tobytes())


def _measured(name: str, text: str, heard_by: str, sound: _Read) -> Clip:
    samples, rate_hz = sound
    length_s = len(samples) / rate_hz
    return Clip(
        name=name,
        text=text,
        heard_by=heard_by,
        length_s=round(length_s, 3),
        rate_hz=rate_hz,
        peak_dbfs=round(_db(float(np.abs(samples).max(initial=0))), 1),
        level_dbfs=round(_db(float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0), 1),
        letters_per_s=round(len(text) / max(length_s, _FLOOR), 1),
        findings=tuple(one for one in examine(samples, rate_hz) if one.kind in _ABOUT_A_CLIP),
    )


def _remarked(clip: Clip, clips: Sequence[Clip]) -> Clip:
    """The clip with what stands out of it beside the others."""
    usual = float(np.median([one.letters_per_s for one in clips if one.text] or [0.0]))
    said = [finding.sentence for finding in clip.findings]
    if not clip.text:
        said.append("nobody has written down what is said; it is not in metadata.csv.")
    elif clip.heard_by:
        said.append(f"its text was heard by {clip.heard_by}: check it.")
    if clip.text and not usual / _ODD <= clip.letters_per_s <= usual * _ODD:
        said.append(
            f"{clip.letters_per_s:g} letters a second where the others have {usual:g}: is the text what is said?"
        )
    if not _SHORTEST_S <= clip.length_s <= _LONGEST_S:
        said.append(f"{clip.length_s:.1f} s long; {_SHORTEST_S:.0f} to {_LONGEST_S:.0f} s are what most programs take.")
    return msgspec.structs.replace(clip, remarks=tuple(said))


def _db(level: float) -> float:
    return float(20 * np.log10(max(level, _FLOOR)))
