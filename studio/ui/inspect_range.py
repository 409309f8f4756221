"""The inspector's part for a selected stretch of time: its beginning, end and length, as fields."""

from PySide6.QtWidgets import QWidget

from studio.session.desk import Desk
from studio.ui.controls import Text
from studio.ui.fields import ClockField
from studio.ui.sections import Section
from studio.ui.theme import Theme


class RangeSection(Section):
    """A change here moves the selection, not the sound."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Selection", desk, theme, parent)
        self.start = ClockField("Start of the selection", theme, self)
        self.stop = ClockField("End of the selection", theme, self)
        self.length = ClockField("Length of the selection", theme, self)
        self._tracks = Text("", theme, tone="secondary")
        self.start.entered.connect(lambda sample: desk.selection.set_range(int(sample), desk.selection.stop))
        self.stop.entered.connect(lambda sample: desk.selection.set_range(desk.selection.start, int(sample)))
        self.length.entered.connect(
            lambda count: desk.selection.set_range(desk.selection.start, desk.selection.start + int(count))
        )
        self.add("Start", self.start)
        self.add("End", self.stop)
        self.add("Length", self.length)
        self.add("On", self._tracks)

    def show_now(self) -> None:
        selection, project = self.desk.selection, self.desk.document.project
        self.start.show_samples(selection.start, project.rate_hz)
        self.stop.show_samples(selection.stop, project.rate_hz)
        self.length.show_samples(selection.stop - selection.start, project.rate_hz)
        count = len(selection.tracks)
        names = [track.name for track in project.tracks if track.id in selection.tracks]
        self._tracks.setText("All tracks" if not count else names[0] if count == 1 and names else f"{count} tracks")
