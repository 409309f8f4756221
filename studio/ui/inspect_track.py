"""The inspector's part for a track: name, volume, place, colour, mute and solo."""

from collections.abc import Callable

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QWidget

from studio.model.edits import (
    Edit,
    RenameTrack,
    SetTrackColour,
    SetTrackGain,
    SetTrackMute,
    SetTrackPan,
    SetTrackSolo,
)
from studio.model.levels import pan_text
from studio.model.project import Track
from studio.session.desk import Desk
from studio.ui.controls import Button
from studio.ui.fields import NameField, NumberField
from studio.ui.sections import Section, Swatches
from studio.ui.theme import Theme

_QUIETEST_DB, _LOUDEST_DB = -60.0, 12.0


class PanField(NumberField):
    """A place between left and right: "C", "37 L", "100 R"."""

    def textFromValue(self, value: float) -> str:
        return pan_text(value / 100)

    def valueFromText(self, text: str) -> float:
        bare = text.strip().upper()
        side = -1.0 if bare.endswith("L") else 1.0
        digits = bare.strip("LRC +−-").replace(",", ".")
        try:
            value = float(digits) if digits else 0.0
        except ValueError:
            return self.value()
        return -value if bare.startswith(("-", "−")) else side * value

    def validate(self, text: str, position: int) -> object:
        good = all(character in "0123456789.,LRClrc +-−" for character in text)
        return (QValidator.State.Acceptable if good else QValidator.State.Invalid), text, position


class TrackSection(Section):
    """Shows the track that is selected, or the one on which the selected clip lies."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Track", desk, theme, parent)
        self._track: Track | None = None
        self.name = NameField("Track name", self)
        self.name.entered.connect(lambda text: self._do(lambda track: RenameTrack(track=track.id, name=text)))
        self.gain = NumberField(
            "Track volume", theme, _QUIETEST_DB, _LOUDEST_DB, unit="dB", step=0.5, signed=True, parent=self
        )
        self.gain.edited.connect(lambda db: self._do(lambda track: SetTrackGain(track=track.id, gain_db=db)))
        self.gain.ended.connect(self.done)
        self.pan = PanField("Track pan", theme, -100, 100, decimals=0, step=5, parent=self)
        self.pan.edited.connect(lambda value: self._do(lambda track: SetTrackPan(track=track.id, pan=value / 100)))
        self.pan.ended.connect(self.done)
        self.colours = Swatches(theme, self._colour, self)
        self.mute = Button("Mute", self)
        self.mute.setCheckable(True)
        self.mute.clicked.connect(lambda on: self._do(lambda track: SetTrackMute(track=track.id, muted=on)))
        self.solo = Button("Solo", self)
        self.solo.setCheckable(True)
        self.solo.clicked.connect(lambda on: self._do(lambda track: SetTrackSolo(track=track.id, soloed=on)))
        self.add("Name", self.name)
        self.add("Volume", self.gain)
        self.add("Pan", self.pan)
        self.add("Hear", self.mute, self.solo)
        self.add_wide(self.colours)

    def show_selected(self) -> bool:
        """Show the selected track; return whether there is one."""
        project, selection = self.desk.document.project, self.desk.selection
        chosen = selection.tracks[-1:] if len(selection.tracks) == 1 or selection.clips else ()
        self._track = next((track for track in project.tracks if track.id in chosen), None)
        if self._track is not None:
            self.show_now()
        return self._track is not None

    def show_now(self) -> None:
        track = self._track
        if track is None:
            return
        self.name.show_name(track.name)
        self.gain.show_value(track.gain_db)
        self.pan.show_value(track.pan * 100)
        self.colours.show_colour(track.colour)
        self.mute.setChecked(track.muted)
        self.solo.setChecked(track.soloed)

    def _colour(self, colour: int) -> None:
        self._do(lambda track: SetTrackColour(track=track.id, colour=colour))

    def _do(self, make: Callable[[Track], Edit]) -> None:
        if self._track is not None:
            self.do(make(self._track))
