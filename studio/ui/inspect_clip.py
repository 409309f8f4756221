"""The inspector's part for clips: name, volume, fades, where the sound comes from, its pitch."""

import math
from pathlib import Path
from typing import Final

import numpy as np
from msgspec.structs import replace
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError
from studio.media.curve import read_curve
from studio.model.edits import RenameClip, SetClipGain, SetFades, Several
from studio.model.pitch import hz_to_midi, note_text
from studio.model.project import Clip, Fade, FadeShape, Pitch, Project
from studio.model.time import format_clock
from studio.session.desk import Desk
from studio.ui import words
from studio.ui.controls import Button, Elided, Text, tip
from studio.ui.fields import NameField, NumberField
from studio.ui.sections import Choice, Section
from studio.ui.theme import Theme

_SHAPES: Final[dict[object, str]] = {"equal_power": "Equal power", "linear": "Linear", "smooth": "Smooth"}
_FADE_SHARES: Final = (5, 9)
"""A length needs less room than "Equal power" and the arrow beside it."""
_QUIETEST_DB, _LOUDEST_DB = -60.0, 24.0
_LONGEST_FADE_S = 600.0
_MOST_FRAMES: Final = 20_000

_Parts = tuple[tuple[Clip, Pitch], ...]


class ClipSection(Section):
    """Shows the clip that was clicked last; volume and fades are set for every selected one."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Clip", desk, theme, parent)
        self._clips: tuple[Clip, ...] = ()
        self._notes = _Notes()
        self.name = NameField("Clip name", self)
        self.name.entered.connect(self._rename)
        self.gain = NumberField(
            "Clip volume", theme, _QUIETEST_DB, _LOUDEST_DB, unit="dB", step=0.5, signed=True, parent=self
        )
        self.gain.edited.connect(self._set_gain)
        self.gain.ended.connect(self.done)
        self.fade_in, self.shape_in = self._fade("Fade in")
        self.fade_out, self.shape_out = self._fade("Fade out")
        self._place = Text("", theme, figures=True)
        self._origin = Elided("", theme, tone="secondary")
        self._pitch = Text("", theme, tone="pitch", figures=True)
        self._engine = Elided("", theme, tone="secondary")
        self._separate = Button("Separate into stems…", self)
        self._separate.setToolTip(tip("Separate into stems", "Ctrl+Alt+S"))
        self._separate.clicked.connect(lambda: desk.asks.separation("separate"))
        self._find = Button("Find pitch", self)
        self._find.clicked.connect(self._find_pitch)
        self.add("Name", self.name)
        self.add("Volume", self.gain)
        self.add("Fade in", self.fade_in, self.shape_in, shares=_FADE_SHARES)
        self.add("Fade out", self.fade_out, self.shape_out, shares=_FADE_SHARES)
        self.add("Length", self._place)
        self.add("Origin", self._origin)
        self.add("Pitch", self._pitch)
        self.add("Found by", self._engine)
        self.add_wide(self._find)
        self.add_wide(self._separate)
        desk.jobs.changed.connect(self._show_pitch)

    def show_selected(self) -> bool:
        """Show the selected clips; return whether there are any."""
        project = self.desk.document.project
        chosen = self.desk.selection.clips
        by_id = {clip.id: clip for clip in project.clips} if chosen else {}
        self._clips = tuple(by_id[which] for which in chosen if which in by_id)
        if self._clips:
            self.show_now()
        return bool(self._clips)

    def show_now(self) -> None:
        if not self._clips:
            return
        project, clip = self.desk.document.project, self._clips[-1]
        media = project.medium(clip.media)
        one = len(self._clips) == 1
        self.set_title("Clip" if one else f"{len(self._clips)} clips")
        self.name.setEnabled(one)
        self.name.show_name(clip.name or media.name)
        self.gain.show_value(clip.gain_db)
        rate_hz = project.rate_hz
        for field, shape, fade in (
            (self.fade_in, self.shape_in, clip.fade_in),
            (self.fade_out, self.shape_out, clip.fade_out),
        ):
            field.show_value(fade.length / rate_hz)
            shape.show_value(fade.shape)
        total = sum(clip.length for clip in self._clips)
        self._place.setText(format_clock(total, rate_hz))
        self._place.setToolTip(f"{format_clock(clip.start, rate_hz)} to {format_clock(clip.end, rate_hz)}")
        self._origin.setText(words.origin(media, self.desk.engines.name_of))
        self._show_pitch()

    def _show_pitch(self) -> None:
        if not self._clips:
            return
        project, clip = self.desk.document.project, self._clips[-1]
        melody = project.melody_in(clip)
        self._find.setVisible(not melody)
        if not melody:
            busy = any(row.title.startswith("Finding the pitch") and not row.is_over for row in self.desk.jobs.rows)
            self._pitch.setText("Being found…" if busy else "Not found yet")
            self._pitch.set_tone("secondary")
            self._engine.setText("–")
            self._find.setEnabled(not busy and self.desk.document.read_only is None)
            return
        self._pitch.set_tone("pitch")
        self._pitch.setText(self._notes.words(self.desk.document.folder, project, melody, flats=self._flats))
        engines = dict.fromkeys(self.desk.engines.name_of(pitch.lineage.engine) for _, pitch in melody)
        self._engine.setText(" and ".join(engines))

    @property
    def _flats(self) -> bool:
        return self.desk.settings.value.pitch.flats

    def _fade(self, name: str) -> tuple[NumberField, Choice]:
        length = NumberField(name, self.theme, 0.0, _LONGEST_FADE_S, unit="s", decimals=2, step=0.05, parent=self)
        length.edited.connect(lambda _value: self._set_fades())
        length.ended.connect(self.done)
        shape = Choice(f"{name} shape", _SHAPES, self)
        shape.chosen.connect(lambda _value: self._set_shapes())
        return length, shape

    def _rename(self, name: str) -> None:
        if self._clips:
            self.do(RenameClip(clip=self._clips[-1].id, name=name))

    def _set_gain(self, gain_db: float) -> None:
        edits = tuple(SetClipGain(clip=clip.id, gain_db=gain_db) for clip in self._clips)
        self.do(edits[0] if len(edits) == 1 else Several(label_text="Change volume", edits=edits))

    def _set_fades(self) -> None:
        rate_hz = self.desk.document.project.rate_hz
        fade_in = _of(self.fade_in.value(), rate_hz, self.shape_in.currentData())
        fade_out = _of(self.fade_out.value(), rate_hz, self.shape_out.currentData())
        edits = tuple(SetFades(clip=clip.id, fade_in=fade_in, fade_out=fade_out) for clip in self._clips)
        self.do(edits[0] if len(edits) == 1 else Several(label_text="Fade clips", edits=edits))

    def _set_shapes(self) -> None:
        self._set_fades()
        self.done()

    def _find_pitch(self) -> None:
        self.desk.importing.find_pitch(clip.id for clip in self._clips)
        self._show_pitch()


def _of(seconds: float, rate_hz: int, shape: FadeShape) -> Fade:
    return replace(Fade(), length=round(seconds * rate_hz), shape=shape)


class _Notes:
    """The middle notes of clips, remembered: a curve is a file, and the inspector is shown at every click."""

    _MOST: Final = 256

    def __init__(self) -> None:
        self._hz: dict[tuple[object, ...], float | None] = {}

    def words(self, folder: Path, project: Project, melody: _Parts, *, flats: bool) -> str:
        """The middle note of a clip: "A4 +12 ¢", or why there is none."""
        key = (folder, *((pitch.id, part.source_start, part.source_end) for part, pitch in melody))
        if key not in self._hz:
            if len(self._hz) >= self._MOST:
                self._hz.clear()
            self._hz[key] = _median_hz(folder, melody, project.rate_hz)
        hz = self._hz[key]
        if hz is None:
            return "Its file is missing"
        return "No voice in it" if hz <= 0 else note_text(hz_to_midi(hz, project.a4_hz), flats=flats)


def _median_hz(folder: Path, melody: _Parts, rate_hz: int) -> float | None:
    """The median over the parts of a clip, from about 20 000 frames; 0 where nothing is voiced."""
    found = []
    try:
        for part, pitch in melody:
            start, stop = part.source_start - pitch.start, part.source_end - pitch.start
            found.append(read_curve(folder, pitch).between(start / rate_hz, stop / rate_hz).hz)
    except StudioError:
        return None
    step = max(1, math.ceil(sum(map(len, found)) / _MOST_FRAMES))
    hz = np.concatenate([part[::step] for part in found])
    voiced = hz[hz > 0]
    return float(np.median(voiced)) if voiced.size else 0.0
