"""Take the noise or the room out of a clip: by which engine, how much; with a try of a few seconds before the whole."""

from typing import Final

from PySide6.QtWidgets import QWidget

from studio.protocol.jobs import CleanStep, Denoised
from studio.session.desk import Desk
from studio.session.listening import alone
from studio.session.separating import NOISE
from studio.ui.controls import Text, caption
from studio.ui.fields import NumberField
from studio.ui.separate.fitting import fit
from studio.ui.separate.labels import row_label
from studio.ui.separate.noise_row import LEARNS, NoiseRow
from studio.ui.separate.trying import TryingWindow
from studio.ui.theme import Theme
from studio.ui.timeline.head_controls import ThinSlider

_WIDTH_PX: Final = 520
_USUAL_PERCENT: Final = 80


class CleanDialog(TryingWindow):
    """Chooses an engine and a strength for the selected clips. The result takes the place of its source."""

    def __init__(self, task: str, desk: Desk, theme: Theme, parent: QWidget) -> None:
        self._task = task
        self._thing = "noise" if task == NOISE else "reverb"
        super().__init__(f"Remove {self._thing}", desk, theme, parent, width_px=_WIDTH_PX)
        self.engines.chosen.connect(self._changed)
        self.slider = ThinSlider(self)
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
        self._hint = Text("", theme, tone="secondary", wrap=True)
        self.noise = NoiseRow(desk, theme, self)
        self.noise.changed.connect(self._changed)
        self._lay_out()
        desk.engines.changed.connect(self._show_engines)
        desk.selection.changed.connect(self._selection_changed)

    def begin(self) -> None:
        """Start with the clips that are selected now."""
        self.begin_with_selected()
        self.noise.begin(tuple(piece.clip.id for piece in self.pieces))
        self._show_engines()

    def _lay_out(self) -> None:
        label = row_label("Strength", self.theme, self.slider)
        rows = self.rows()
        rows.addLayout(self.head)
        rows.addWidget(caption("Engine", self.theme))
        rows.addWidget(self.engines)
        rows.addLayout(self.row(label, self.slider, self.strength, stretch=self.slider, spacing=12))
        rows.addWidget(self.noise)
        rows.addWidget(self.tryout)
        rows.addStretch(1)
        rows.addLayout(self.row(self._hint, self.close_button, self.go, stretch=self._hint))

    @property
    def span(self) -> tuple[int, int] | None:
        selection = self.desk.selection
        if not selection.is_range or selection.clips or self.noise.is_selected:
            return None
        return (selection.start, selection.stop)

    def _show_engines(self) -> None:
        self.engines.show_cards([card for card in self.desk.engines.cards if card.task == self._task])
        if not self.engines.values:
            self.engines.choose(())
        self._changed()

    def _selection_changed(self) -> None:
        if self.isVisible():
            self._changed()

    def _changed(self) -> None:
        card, seconds, pieces = self.engines.card, self.seconds, self.pieces
        self.show_head(pieces, sum(piece.clip.length for piece in pieces))
        self.noise.setVisible(card is not None and LEARNS in card.can)
        self.engines.show_costs(lambda card: self.desk.separating.cost(card, 1, seconds))
        self._hint.setText(self.show_whether_able() or "Afterwards, A switches between before and after, equally loud.")
        fit(self)

    def start(self) -> None:
        cleaning = self._cleaning
        if cleaning is not None:
            for piece in self.pieces:
                self.desk.separating.clean_piece(piece, cleaning)
        self.close()

    @property
    def _cleaning(self) -> CleanStep | None:
        card = self.engines.card
        if card is None:
            return None
        settings = self.noise.settings if LEARNS in card.can else {}
        return CleanStep(engine=card.id, strength=self.slider.value() / 100, settings=settings)

    def try_it(self) -> None:
        cleaning, project = self._cleaning, self.desk.document.project
        if cleaning is None:
            return
        piece = self.stretch_to_try()
        self.forget_tried()

        def heard(result: Denoised) -> None:
            self.keep_tried((result.media,))
            source = project.medium(piece.clip.media)
            start, length = piece.clip.start, piece.clip.length
            versions = {
                "source": alone(project, source, start, piece.clip.source_start, length),
                "result": alone(project, result.media, start, 0, length),
            }
            self.listening.offer(versions, start, start + length)
            self._changed()  # the preview has measured what it costs
            self.tryout.show_versions({"source": "Source", "result": f"Without {self._thing}"})

        self.tryout.begin(self.desk.separating.preview_cleaned(piece, cleaning, heard))
