"""The export: what kind of file, which part, how loud; then how far it is, and what came out of it."""

from pathlib import Path
from typing import Final, Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.model.time import format_clock
from studio.model.video import has_pictures, shots
from studio.protocol.common import JobId
from studio.protocol.jobs import VIDEO_SUFFIXES, Exported, ExportSpec
from studio.protocol.messages import Result
from studio.session.desk import Desk
from studio.ui.controls import Button, Elided, Text
from studio.ui.export_result import ExportResult
from studio.ui.fields import NumberField
from studio.ui.messages import ExplanationView
from studio.ui.sections import Choice
from studio.ui.theme import Theme
from studio.ui.words import job_line, rate

_WIDTH_PX: Final = 520
_LABEL_PX: Final = 112
_CONTAINERS: Final[dict[object, str]] = {
    "wav": "WAV",
    "flac": "FLAC",
    "mp3": "MP3",
    "m4a": "M4A (AAC)",
    "opus": "Opus",
}
_VIDEO: Final[dict[object, str]] = {"video": "The video, with this sound"}
_VIDEO_SOUND: Final[dict[object, str]] = {"mix": "The mix", "tracks": "The mix, and every track"}
_BITS: Final[dict[object, str]] = {"int16": "16 bit", "int24": "24 bit", "float32": "32 bit float"}
_RATES_HZ: Final = (44100, 48000, 88200, 96000)
_KBPS: Final[dict[object, str]] = {
    0: "Good",
    96: "96 kbit/s",
    128: "128 kbit/s",
    192: "192 kbit/s",
    256: "256 kbit/s",
    320: "320 kbit/s",
}
_LOUDNESS: Final[dict[object, str]] = {
    "": "As it is",
    "-14": "Streaming, −14 LUFS",
    "-16": "Podcast, −16 LUFS",
    "-23": "Broadcast, −23 LUFS",
    "custom": "Other…",
}
_SPLIT: Final[dict[object, str]] = {
    "mix": "One file",
    "tracks": "One file a track",
    "markers": "One file a marker",
}
_SUFFIX: Final = {"wav": ".wav", "flac": ".flac", "mp3": ".mp3", "m4a": ".m4a", "opus": ".opus"}


class ExportDialog(QDialog):
    """Choosing → exporting → the result, or the failure with a way to try again. Closing it stops nothing."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self._job: JobId | None = None
        self._whole = False
        self.setWindowTitle("Export sound")
        self.setMinimumWidth(_WIDTH_PX)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.container = self._choice("Format", _CONTAINERS)
        self.bits = self._choice("Resolution", _BITS)
        self.kbps = self._choice("Bit rate", _KBPS)
        self.rate = self._choice("Sample rate", {0: "As the project"})
        self.channels = self._choice("Channels", {2: "Stereo", 1: "Mono"})
        self.part = self._choice("Part", {"all": "The whole project"})
        self.split = self._choice("Files", _SPLIT)
        self.loudness = self._choice("Loudness", _LOUDNESS)
        self.lufs = NumberField("Target loudness", theme, -40, -5, unit="LUFS", parent=self)
        self.lufs.setValue(-16)
        self.peak = NumberField("Peak limit", theme, -9, 0, unit="dBTP", step=0.5, parent=self)
        self.peak.setValue(-1)
        self.video_sound = self._choice("Sound tracks", _VIDEO_SOUND)
        self.keep_sound = QCheckBox("Keep the video's own sound beside it", self)
        self.note = Text("The pictures are copied as they are, without loss.", theme, size="label", tone="secondary")
        self.dither = QCheckBox("Dither", self)
        self.dither.setToolTip("Hides the grain of 16 bits.")
        for name, field in (
            ("Target", self.lufs),
            ("Peak limit", self.peak),
            ("", self.dither),
            ("", self.keep_sound),
            ("", self.note),
        ):
            self._add(name, field)
        self.go = Button("Export sound", self, kind="primary")
        self.go.clicked.connect(self._start)
        self.close_button = Button("Close", self)
        self.close_button.clicked.connect(self.close)
        self._stop = Button("Stop exporting", self)
        self._stop.clicked.connect(self._cancel)
        self._line = Elided("", theme, tone="secondary")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the export")
        self._outcome = QVBoxLayout()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._line, 1)
        for button in (self._stop, self.close_button, self.go):
            buttons.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        rows.addLayout(self._form)
        rows.addLayout(self._outcome)
        rows.addWidget(self._bar)
        rows.addLayout(buttons)
        for choice in (self.container, self.bits, self.loudness, self.split):
            choice.chosen.connect(lambda _value: self._show_what_fits())
        desk.jobs.changed.connect(self._show_job)

    def begin(self) -> None:
        """Start from the settings and the selection, unless an export is running."""
        if self._job is not None and self._running:
            return
        chosen, project = self._desk.settings.value.export, self._desk.document.project
        self._clear_outcome()
        self.container.set_choices(_CONTAINERS | (_VIDEO if has_pictures(project) else {}))
        self.container.show_value(chosen.container)
        self.bits.show_value(chosen.sample_format)
        self.dither.setChecked(chosen.dither)
        rates: dict[object, str] = {0: f"As the project, {rate(project.rate_hz)}"}
        rates.update({hz: rate(hz) for hz in _RATES_HZ})
        self.rate.set_choices(rates)
        selection = self._desk.selection
        length = format_clock(project.length, project.rate_hz)
        parts: dict[object, str] = {"all": f"The whole project, {length}"}
        if selection.is_range:
            parts["selection"] = f"The selection, {format_clock(selection.stop - selection.start, project.rate_hz)}"
        self.part.set_choices(parts)
        splits = {key: text for key, text in _SPLIT.items() if key != "markers" or project.markers}
        self.split.set_choices(splits)
        self._show_what_fits()
        self._show_job()
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def spec(self) -> ExportSpec:
        """What was chosen, as the worker wants it."""
        selection, whole = self._desk.selection, self.part.currentData() != "selection"
        loudness = str(self.loudness.currentData() or "")
        target = self.lufs.value() if loudness == "custom" else float(loudness) if loudness else None
        if self._is_video:
            return ExportSpec(
                bitrate_kbps=int(self.kbps.currentData()),
                start=0 if whole else selection.start,
                stop=0 if whole else selection.stop,
                split=self.video_sound.currentData(),
                video=True,
                keep_sound=self.keep_sound.isChecked(),
            )
        return ExportSpec(
            container=self.container.currentData(),
            sample_format=cast("Literal['int16', 'int24', 'float32']", self.bits.currentData()),
            rate_hz=int(self.rate.currentData()),
            channels=self.channels.currentData(),
            bitrate_kbps=int(self.kbps.currentData()) if self._is_lossy else 0,
            dither=self.dither.isChecked(),
            start=0 if whole else selection.start,
            stop=0 if whole else selection.stop,
            split=self.split.currentData(),
            loudness_lufs=target,
            peak_limit_dbtp=self.peak.value(),
            title=self._desk.document.project.name,
        )

    def export_to(self, path: Path) -> None:
        """Start the job; what comes of it is shown here."""
        self._clear_outcome()
        spec = self.spec
        if not spec.video:
            self._desk.settings.change(
                "export", container=spec.container, sample_format=spec.sample_format, dither=spec.dither
            )
        self._job = self._desk.importing.export(path, spec, self._done)
        self._show_job()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    @property
    def _is_lossy(self) -> bool:
        return self.container.currentData() in ("mp3", "m4a", "opus", "video")

    @property
    def _is_video(self) -> bool:
        return str(self.container.currentData()) == "video"

    @property
    def _running(self) -> bool:
        row = self._desk.jobs.row(self._job) if self._job is not None else None
        return row is not None and not row.is_over

    def _choice(self, name: str, choices: dict[object, str]) -> Choice:
        choice = Choice(name, choices, self)
        self._add(name, choice)
        return choice

    def _add(self, name: str, field: QWidget) -> None:
        label = Text(name, self._theme, tone="secondary")
        label.setFixedWidth(_LABEL_PX)
        label.setMinimumHeight(28)
        label.setBuddy(field)
        self._form.addRow(label, field)

    def _show_what_fits(self) -> None:
        """Show only the rows that mean something for the kind of file."""
        container = self.container.currentData()
        bits = {key: text for key, text in _BITS.items() if container != "flac" or key != "float32"}
        self.bits.set_choices(bits)
        self._form.setRowVisible(self.bits, not self._is_lossy)
        self._form.setRowVisible(self.kbps, self._is_lossy)
        self._form.setRowVisible(self.dither, not self._is_lossy and self.bits.currentData() == "int16")
        for row in (self.rate, self.channels, self.split, self.loudness):
            self._form.setRowVisible(row, not self._is_video)
        for only_video in (self.video_sound, self.keep_sound, self.note):
            self._form.setRowVisible(only_video, self._is_video)
        self.go.setText("Export video" if self._is_video else "Export sound")
        loudness = "" if self._is_video else self.loudness.currentData()
        self._form.setRowVisible(self.lufs, loudness == "custom")
        self._form.setRowVisible(self.peak, bool(loudness))
        self.rate.setEnabled(container != "opus")
        self.rate.setToolTip("Sample rate" if container != "opus" else "Opus always plays at 48 kHz")
        self.adjustSize()

    def _start(self) -> None:
        project = self._desk.document.project
        name = project.name or "Untitled"
        if self._is_video:
            path = self._desk.asks.save_path("Export video", name, self._video_suffix)
        elif self.split.currentData() == "mix":
            path = self._desk.asks.save_path("Export sound", name, _SUFFIX[str(self.container.currentData())])
        else:
            path = self._desk.asks.open_folder("Export into")
        if path is not None:
            self.export_to(path)

    @property
    def _video_suffix(self) -> str:
        """That of the video itself where it may be one, so that its pictures surely fit."""
        found = shots(self._desk.document.project)
        suffix = Path(found[0].pictures.path).suffix.lower() if found else ""
        return suffix if suffix in VIDEO_SUFFIXES else ".mkv"

    def _cancel(self) -> None:
        if self._job is not None:
            self._desk.jobs.cancel(self._job)

    def _done(self, result: Result) -> None:
        assert isinstance(result, Exported)
        self._clear_outcome()
        self._outcome.addWidget(ExportResult(result, self._desk, self._theme, self))
        self.adjustSize()

    def _show_job(self) -> None:
        row = self._desk.jobs.row(self._job) if self._job is not None else None
        running = self._running
        self._bar.setVisible(running)
        self._stop.setVisible(running)
        self.go.setVisible(not running)
        self._line.setText(job_line(row) if row is not None and running else "")
        for index in range(self._form.rowCount()):
            item = self._form.itemAt(index, QFormLayout.ItemRole.FieldRole)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setEnabled(not running)
        if row is not None:
            self._bar.setValue(round(row.fraction * 1000))
            if row.state == "failed" and row.why is not None and self._outcome.count() == 0:
                self._outcome.addWidget(ExplanationView(row.why, self._theme, self, closable=False))
                self.adjustSize()

    def _clear_outcome(self) -> None:
        while (item := self._outcome.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
