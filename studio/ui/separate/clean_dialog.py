"""Take the noise or the room out of a clip: by which engine, how much; with a try of a few seconds before the whole."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.commands.reasons import chosen_clips
from studio.model.project import ClipId, Media
from studio.model.time import format_clock
from studio.protocol.jobs import Denoised
from studio.session import stems
from studio.session.desk import Desk
from studio.session.listening import Listening, alone
from studio.session.separating import NOISE
from studio.session.stems import Piece
from studio.ui.controls import Button, Elided, Text, caption
from studio.ui.fields import NumberField
from studio.ui.separate.clean_rows import LABEL_PX
from studio.ui.separate.engine_choice import EngineChoice
from studio.ui.separate.fitting import fit
from studio.ui.separate.separate_dialog import stretch_to_try
from studio.ui.separate.tryout import Tryout
from studio.ui.theme import Theme
from studio.ui.timeline.head_controls import GainSlider

_WIDTH_PX: Final = 520
_USUAL_PERCENT: Final = 80


class CleanDialog(QDialog):
    """Chooses an engine and a strength for the selected clips. The result takes the place of its source."""

    def __init__(self, task: str, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._task, self._desk, self._theme = task, desk, theme
        self._thing = "noise" if task == NOISE else "reverb"
        self._clips: tuple[ClipId, ...] = ()
        self._tried: tuple[Media, ...] = ()
        self.setWindowTitle(f"Remove {self._thing}")
        self.setMinimumWidth(_WIDTH_PX)
        self._what = Elided("", theme)
        self._length = Text("", theme, tone="secondary", figures=True)
        self.engines = EngineChoice(theme, self)
        self.engines.folded.connect(lambda: fit(self))
        self.engines.chosen.connect(self._changed)
        self.slider = GainSlider(self)
        self.slider.setFixedHeight(24)
        self.slider.set_theme(theme)
        self.slider.setRange(0, 100)
        self.slider.setSingleStep(5)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName("Strength")
        self.slider.setToolTip("Strength\n0 % leaves the sound alone, 100 % takes out what can be.")
        self.strength = NumberField("Strength in percent", theme, 0, 100, unit="%", decimals=0, step=5, parent=self)
        self.strength.setFixedWidth(72)
        self.slider.setValue(_USUAL_PERCENT)
        self.strength.show_value(_USUAL_PERCENT)
        self.slider.valueChanged.connect(self.strength.show_value)
        self.strength.edited.connect(lambda value: self.slider.setValue(round(value)))
        self._listening = Listening(desk.transport, desk.document, self)
        self.tryout = Tryout(desk.jobs, self._listening, theme, self)
        self.tryout.wanted.connect(self._try)
        self.go = Button(f"Remove {self._thing}", self, kind="primary")
        self.go.clicked.connect(self._start)
        self.close_button = Button("Close", self)
        self.close_button.clicked.connect(self.close)
        self._hint = Text("", theme, tone="secondary", wrap=True)
        self._lay_out()
        desk.engines.changed.connect(self._show_engines)
        desk.document.folder_changed.connect(self.close)

    def begin(self) -> None:
        """Start with the clips that are selected now."""
        self._clips = tuple(clip.id for clip in chosen_clips(self._desk))
        self.tryout.clear()
        self._forget_tried()
        self._show_engines()
        pieces = self._pieces
        name = pieces[0].name if pieces else "No clip is selected"
        self._what.setText(name if len(pieces) < 2 else f"{name} and {len(pieces) - 1} more")
        total = sum(piece.clip.length for piece in pieces)
        self._length.setText(format_clock(total, self._desk.document.project.rate_hz) if pieces else "")
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit(self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.tryout.clear()
        self._forget_tried()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._what, 1)
        head.addWidget(self._length)
        label = Text("Strength", self._theme, tone="secondary")
        label.setFixedWidth(LABEL_PX)
        label.setBuddy(self.slider)
        how_much = QHBoxLayout()
        how_much.setSpacing(12)
        how_much.addWidget(label)
        how_much.addWidget(self.slider, 1)
        how_much.addWidget(self.strength)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._hint, 1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.go)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        rows.addLayout(head)
        rows.addWidget(caption("Engine", self._theme))
        rows.addWidget(self.engines)
        rows.addLayout(how_much)
        rows.addWidget(self.tryout)
        rows.addStretch(1)
        rows.addLayout(buttons)

    def _show_engines(self) -> None:
        self.engines.show_cards([card for card in self._desk.engines.cards if card.task == self._task])
        if not self.engines.values:
            self.engines.choose(())
        self._changed()

    def _changed(self) -> None:
        pieces = self._pieces
        seconds = sum(piece.clip.length for piece in pieces) / self._desk.document.project.rate_hz
        self.engines.show_costs(lambda card: self._desk.separating.cost(card, 1, seconds))
        able = self.engines.card is not None and bool(pieces)
        why = "" if able else "Choose an engine that can run here." if pieces else "Select a clip first."
        self.go.setEnabled(able)
        self.go.setToolTip(why or self.go.text())
        self._hint.setText(why or "Afterwards, A switches between before and after, equally loud.")
        preview_s = self._desk.settings.value.separation.preview_s
        self.tryout.button.setText(f"Preview {preview_s:g} s")
        self.tryout.button.setAccessibleName(self.tryout.button.text())
        self.tryout.button.setToolTip(
            f"{preview_s:g} seconds from the playhead on, heard here and not put into the project"
        )
        self.tryout.button.setEnabled(able and not self.tryout.running)
        fit(self)

    @property
    def _pieces(self) -> tuple[Piece, ...]:
        selection, project = self._desk.selection, self._desk.document.project
        there = {clip.id for clip in project.clips}
        span = (selection.start, selection.stop) if selection.is_range and not selection.clips else None
        return stems.pieces(project, [clip for clip in self._clips if clip in there], span)

    def _start(self) -> None:
        card = self.engines.card
        if card is not None:
            for piece in self._pieces:
                self._desk.separating.clean_piece(piece, card.id, self.slider.value() / 100)
        self.close()

    def _try(self) -> None:
        card, project = self.engines.card, self._desk.document.project
        if card is None:
            return
        length = round(self._desk.settings.value.separation.preview_s * project.rate_hz)
        piece = stretch_to_try(self._pieces[0], int(self._desk.transport.position()), length)
        self._forget_tried()

        def heard(result: Denoised) -> None:
            self._tried = (result.media,)
            source = project.medium(piece.clip.media)
            start, length = piece.clip.start, piece.clip.length
            versions = {
                "source": alone(project, source, start, piece.clip.source_start, length),
                "result": alone(project, result.media, start, 0, length),
            }
            self._listening.offer(versions, start, start + length)
            self._changed()  # the preview has measured what it costs
            self.tryout.show_versions({"source": "Source", "result": f"Without {self._thing}"})

        strength = self.slider.value() / 100
        self.tryout.begin(self._desk.separating.preview_cleaned(piece, card.id, strength, heard))

    def _forget_tried(self) -> None:
        tried, self._tried = self._tried, ()
        if tried:
            self._listening.offer({}, 0, 0)
            self._desk.separating.forget(tried)
