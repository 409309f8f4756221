"""What helps while singing: the tuning, a held note, a beat, and how fast the rest plays."""

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from studio.model.edits.project import HIGHEST_A4_HZ, LOWEST_A4_HZ
from studio.model.pitch import note_name
from studio.model.project import ClipId
from studio.session.desk import Desk
from studio.session.singing import FASTEST, FASTEST_BPM, SLOWEST, SLOWEST_BPM
from studio.settings.scales import KEYS
from studio.ui.actions import Actions
from studio.ui.controls import tip
from studio.ui.fields import NumberField
from studio.ui.sections import Choice, Section
from studio.ui.theme import Theme

_DRONE_NOTES = range(36, 85)
_FIRST_DRONE = 57
_FURTHEST = 24
_FIELD_PX = 96
_NOTES_OF = "notes "


class PracticeSection(Section):
    """Everything here is a switch or a number of the session's `Singing`, or of the project."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Practice", desk, theme, parent)
        self._note = _FIRST_DRONE
        self.a4 = NumberField("Tuning of A4", theme, LOWEST_A4_HZ, HIGHEST_A4_HZ, unit="Hz", step=0.5, parent=self)
        self.a4.edited.connect(desk.singing.set_a4)
        self.a4.ended.connect(self.done)
        self.transposed = NumberField(
            "Transposition", theme, -_FURTHEST, _FURTHEST, unit="st", decimals=0, signed=True, parent=self
        )
        self.transposed.setToolTip(
            tip("Transposition", "", "Notes are written so many semitones higher than they sound.")
        )
        self.transposed.edited.connect(lambda steps: desk.settings.change("pitch", transposed=round(steps)))
        self.drone = _switch("Drone", actions.keys("sing.drone"), "Holds a note while you sing.", self)
        self.note = Choice("Note of the drone", {}, self)
        self.drone.clicked.connect(lambda _on: self._hold())
        self.note.chosen.connect(lambda _midi: self._hold())
        self.metronome = _switch(
            "Metronome", actions.keys("sing.metronome"), "Clicks, and counts a take in by one bar.", self
        )
        self.bpm = NumberField("Beats a minute", theme, SLOWEST_BPM, FASTEST_BPM, unit="bpm", decimals=0, parent=self)
        self.metronome.clicked.connect(lambda on: desk.singing.set_metronome(on))
        self.bpm.edited.connect(lambda bpm: desk.singing.set_metronome(self.metronome.isChecked(), bpm=bpm))
        self.speed = NumberField(
            "Speed of what plays", theme, SLOWEST * 100, FASTEST * 100, unit="%", decimals=0, step=5.0, parent=self
        )
        self.speed.setToolTip(tip("Speed of what plays", "", "The pitch stays. A take is recorded at 100 %."))
        self.speed.edited.connect(lambda percent: desk.singing.set_speed(percent / 100))
        self.reference = Choice("Sing against", {}, self)
        self.reference.chosen.connect(self._sing_against)
        self.add("A4", self.a4, self.transposed)
        self.add("Speed", self.speed)
        self.add("Against", self.reference)
        for switch, field in ((self.drone, self.note), (self.metronome, self.bpm)):
            holder = QWidget(self)
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(switch, 1)
            field.setFixedWidth(_FIELD_PX)
            row.addWidget(field)
            self.add_wide(holder)
        desk.singing.changed.connect(self.show_now)
        desk.document.changed.connect(self.show_now)
        desk.settings.changed.connect(self.show_now)
        self.show_now()

    def show_now(self, _changed: object = None) -> None:
        """Show what is on."""
        singing, pitch = self.desk.singing, self.desk.settings.value.pitch
        sounds = singing.accompaniment
        if sounds.drone_midi is not None:
            self._note = round(sounds.drone_midi)
        self.a4.show_value(singing.a4_hz)
        self.transposed.show_value(pitch.transposed)
        names: dict[object, str] = {
            midi: note_name(midi + pitch.transposed, flats=pitch.flats) for midi in _DRONE_NOTES
        }
        self.note.set_choices(names)
        self.note.show_value(self._note)
        self._offer_references()
        self.drone.setChecked(sounds.drone_midi is not None)
        self.metronome.setChecked(sounds.metronome)
        self.bpm.show_value(sounds.bpm)
        self.speed.show_value(sounds.speed * 100)

    def _offer_references(self) -> None:
        """Every clip whose melody is known, or whose notes have pitches of their own, can be sung against."""
        project, singing = self.desk.document.project, self.desk.singing
        known = {pitch.media for pitch in project.pitches}
        written = {sheet.media for sheet in project.sheets if any(note.midi is not None for note in sheet.notes)}
        names: dict[object, str] = {None: "Equal temperament"}
        for track in project.tracks:
            for clip in track.clips:
                name, chosen = clip.name or project.medium(clip.media).name, clip.id == singing.reference
                if clip.media in known or (chosen and not singing.against_notes):
                    names[clip.id] = f"{name} · {track.name}"
                if clip.media in written or (chosen and singing.against_notes):
                    names[_NOTES_OF + clip.id] = f"Notes of {name} · {track.name}"
        pitch = self.desk.settings.value.pitch
        names |= {key: f"Just intonation over {name}" for key, name in enumerate(KEYS)}
        self.reference.set_choices(names)
        if singing.reference is None:
            self.reference.show_value(pitch.just_over if pitch.just_over >= 0 else None)
        else:
            self.reference.show_value((_NOTES_OF if singing.against_notes else "") + singing.reference)
        more = (
            "What cents are counted from. Melodies that were found, and notes, are offered here; "
            "such a one lies behind your voice while the project plays."
        )
        self.reference.setToolTip(tip("Sing against", "", more))

    def _sing_against(self, chosen: str | int | None) -> None:
        """A clip's melody by its id, its notes by that with a word before it; a keynote by its number."""
        if isinstance(chosen, str):
            clip = ClipId(chosen.removeprefix(_NOTES_OF))
            self.desk.singing.set_reference(clip, notes=chosen.startswith(_NOTES_OF))
        else:
            self.desk.singing.set_just(-1 if chosen is None else chosen)

    def _hold(self) -> None:
        chosen = self.note.currentData()
        if isinstance(chosen, int):
            self._note = chosen
        self.desk.singing.set_drone(float(self._note) if self.drone.isChecked() else None)


def _switch(name: str, keys: str, more: str, parent: QWidget) -> QCheckBox:
    switch = QCheckBox(name, parent)
    switch.setAccessibleName(name)
    switch.setToolTip(tip(name, keys, more))
    return switch
