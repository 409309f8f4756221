"""How steady and how clear the voice of the selection is."""

from typing import Final

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from studio.commands.reasons import chosen_clips
from studio.model.quality import VoiceQuality
from studio.model.time import format_clock
from studio.protocol.measures import QualityMeasured, SungSound
from studio.session import interchange, stems
from studio.session.desk import Desk
from studio.ui.controls import Button, Elided, Text
from studio.ui.measures.job_strip import JobStrip
from studio.ui.measures.quality_words import NOT_A_DIAGNOSIS, rows, table
from studio.ui.measures.spectrum_plot import SpectrumPlot
from studio.ui.separate.dialog import BesideWindow
from studio.ui.separate.fitting import fit
from studio.ui.theme import Theme

_WIDTH_PX: Final = 544
_ROW_PX: Final = 22
_COLUMNS: Final = 2


class QualityDialog(BesideWindow):
    """Measures the selected stretch when it is opened, and again when asked to."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("Voice quality of the selection", desk, theme, parent)
        self.setMinimumWidth(_WIDTH_PX)
        self.quality: VoiceQuality | None = None
        self._sound: SungSound | None = None
        self._what = Elided("", theme)
        self._length = Text("", theme, tone="secondary", figures=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        self.values: dict[str, Text] = {}
        self.plot = SpectrumPlot(theme, self)
        self.copy = Button("Copy the figures", self)
        self.copy.clicked.connect(self._copy)
        self.go = Button("Measure again", self, kind="primary")
        self.go.clicked.connect(self.begin)
        self.strip = JobStrip(desk.jobs, theme, self)
        self.strip.changed.connect(self._show_job)
        self._show_figures(_NOTHING)
        column = self.rows()
        column.addLayout(self.row(self._what, self._length, stretch=self._what, spacing=12))
        column.addLayout(self._grid)
        column.addWidget(self.plot)
        column.addWidget(Text(NOT_A_DIAGNOSIS, theme, tone="secondary", wrap=True))
        column.addWidget(self.strip)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.go)
        column.addLayout(buttons)
        desk.document.folder_changed.connect(self.close)

    def begin(self) -> None:
        """Measure what is selected now, unless something is being measured."""
        if self.strip.running:
            return
        self.strip.clear()
        self.quality = None
        self._show_figures(_NOTHING)
        project, selection = self.desk.document.project, self.desk.selection
        span = (selection.start, selection.stop) if selection.is_range else None
        pieces = stems.pieces(project, [clip.id for clip in chosen_clips(self.desk)], span)
        self._sound = interchange.sung_sound(project, pieces[0]) if pieces else None
        self._what.setText(pieces[0].name if pieces else "No clip is selected")
        self._length.setText(format_clock(pieces[0].clip.length, project.rate_hz) if pieces else "")
        if self._sound is not None:
            self.strip.follow(
                interchange.measure_quality(
                    self.desk.document, self.desk.jobs, self.desk.settings.value.pitch, self._sound, self._done
                )
            )
        self._show_job()

    def _done(self, result: QualityMeasured) -> None:
        self.quality = result.quality
        self._show_figures(result.quality)

    def _show_figures(self, quality: VoiceQuality) -> None:
        listed = rows(quality)
        half = -(-len(listed) // _COLUMNS)
        for number, row in enumerate(listed):
            if row.name not in self.values:
                name, value = Text(row.name, self.theme, tone="secondary"), Text("", self.theme, figures=True)
                for widget in (name, value):
                    widget.setMinimumHeight(_ROW_PX)
                    widget.setToolTip(row.about)
                column = 2 * (number // half)
                self._grid.addWidget(name, number % half, column)
                self._grid.addWidget(value, number % half, column + 1)
                self._grid.setColumnStretch(column + 1, 1)
                self.values[row.name] = value
            value = self.values[row.name]
            value.setText("" if quality is _NOTHING else row.value)
            value.setAccessibleName(f"{row.name}: {row.value}")
        self.plot.show_levels(quality.ltas_step_hz, quality.ltas_db)

    def _show_job(self) -> None:
        running = self.strip.running
        self.go.setEnabled(not running)
        self.copy.setEnabled(self.quality is not None)
        fit(self)

    def _copy(self) -> None:
        if self.quality is not None:
            self.desk.asks.copy_text(table(self.quality))
            self.desk.asks.toast("The figures are on the clipboard")


_NOTHING: Final = VoiceQuality(
    length_s=0.0,
    voiced_s=0.0,
    pulses=0,
    median_hz=None,
    jitter_local=None,
    jitter_rap=None,
    jitter_ppq5=None,
    shimmer_local=None,
    hnr_db=None,
    cpp_db=None,
    tilt_db_per_octave=None,
    singing_power_ratio_db=None,
    centroid_hz=None,
)
