"""How a recording goes, in numbers with units: what was lost, what it costs, how much room is left."""

from PySide6.QtWidgets import QWidget

from studio.session import captured
from studio.session.desk import Desk
from studio.ui import words
from studio.ui.controls import Elided, Text, tip
from studio.ui.sections import Section
from studio.ui.theme import Theme

_LOW_S = 300.0


class FiguresSection(Section):
    """Rows of numbers; what is wrong is said in a word as well as in a colour."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Recording", desk, theme, parent)
        self.lost = self._row("Lost", "Pictures that were not recorded in time, and pictures that came late.")
        self.delay = self._row("Delay", "From the screen to the encoded picture, 19 of 20 pictures.")
        self.written = self._row("Size", "What is written so far.")
        self.disk = self._row("Disk", "Free where recordings go.")
        self.replay = self._row("Replay", "The last moments that are kept in memory, and how much memory they take.")
        self.camera = self._row("Camera", "Its pictures a second, and the processor time of one of them.")
        self.folder = Elided("", theme, tone="secondary")
        self.add("Folder", self.folder)
        desk.capturing.figures_changed.connect(self.show_now)
        desk.capturing.changed.connect(self.show_now)
        self.show_now()

    def _row(self, name: str, about: str) -> Text:
        value = Text("", self.theme, figures=True)
        value.setAccessibleName(name)
        value.setToolTip(tip(name, "", about))
        self.add(name, value)
        return value

    def show_now(self) -> None:
        """Show the newest numbers."""
        capturing, chosen = self.desk.capturing, self.desk.settings.value.capture
        figures = capturing.figures
        if figures is None:
            for value in (self.lost, self.delay, self.written):
                value.setText("–")
                value.set_tone("disabled")
        else:
            lost = figures.dropped + figures.late
            self.lost.setText(
                f"{figures.dropped} dropped, {figures.late} late of {figures.frames + figures.dropped}"
                if lost
                else "No picture"
            )
            self.lost.set_tone("warning" if figures.dropped else "text")
            self.delay.setText(f"{figures.grab_to_packet_ms_p95:.0f} ms")
            self.written.setText(words.size(figures.size_bytes))
            for value in (self.delay, self.written):
                value.set_tone("text")
        self._show_camera()
        self._show_disk()
        self._show_replay()
        self.folder.setText(str(captured.folder(chosen)))

    def _show_camera(self) -> None:
        figures = self.desk.capturing.figures
        on = figures is not None and figures.camera_fps > 0
        self._form.setRowVisible(self.camera, on)
        if figures is not None and on:
            self.camera.setText(f"{figures.camera_fps:.0f} a second, {figures.camera_cpu_ms:.1f} ms each")

    def _show_disk(self) -> None:
        capturing, figures = self.desk.capturing, self.desk.capturing.figures
        if capturing.disk_bytes < 0:
            self.disk.setText("–")
            self.disk.set_tone("disabled")
            return
        text, low = f"{words.size(capturing.disk_bytes)} free", False
        if capturing.recording and figures is not None and figures.duration_s > 2 and figures.size_bytes:
            left_s = capturing.disk_bytes / (figures.size_bytes / figures.duration_s)
            text, low = f"{text}, {_span(left_s)}", left_s < _LOW_S
        self.disk.setText(f"▲ {text}" if low else text)
        self.disk.set_tone("warning" if low else "text")

    def _show_replay(self) -> None:
        capturing, chosen = self.desk.capturing, self.desk.settings.value.capture
        figures = capturing.figures
        if not chosen.replay_s:
            self.replay.setText("Off")
            self.replay.set_tone("disabled")
        elif not capturing.running or figures is None:
            self.replay.setText(f"{chosen.replay_s:g} s when it runs")
            self.replay.set_tone("secondary")
        else:
            self.replay.setText(f"{figures.replay_s:.0f} s, {words.size(figures.replay_bytes)}")
            self.replay.set_tone("text")


def _span(seconds: float) -> str:
    """How long something lasts, roughly: "41 min", "9 h"."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
