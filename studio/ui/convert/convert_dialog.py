"""Sing clips again in a voice of the library: whose, how high, how much; with a try of a few seconds before it."""

from typing import Final

from PySide6.QtWidgets import QWidget

from studio.errors import StudioError, explain
from studio.protocol.jobs import EngineSettings
from studio.protocol.voices import SungAgain
from studio.session.converting import fit_for
from studio.session.desk import Desk
from studio.session.listening import alone
from studio.session.wish import ENGINE, Wish
from studio.ui.controls import Button, Text
from studio.ui.convert.amount_row import AmountRow
from studio.ui.sections import Choice
from studio.ui.separate.fitting import fit
from studio.ui.separate.labels import row_form, row_label
from studio.ui.separate.trying import TryingWindow
from studio.ui.theme import Theme

_WIDTH_PX: Final = 560
_ALONE: Final = "One voice, alone"
_SONG: Final = "A song: only its vocals are sung again"
_FITTED: Final = "fitted"
_CHOSEN: Final = "chosen"
_NO_VOICE: Final = "There is no voice in the library yet."


class ConvertDialog(TryingWindow):
    """Chooses a voice for the selected clips. Starting closes it: the jobs and the new tracks tell the rest."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("Sing in another voice", desk, theme, parent, width_px=_WIDTH_PX)
        self.voice = Choice("Voice", {}, self)
        self.sound = Choice("Sound", {"": _ALONE, "song": _SONG}, self)
        self.separator = Choice("Taken apart by", {}, self)
        self.pitch = Choice("Pitch", {}, self)
        self.transpose = AmountRow(
            "Transpose", theme, -24, 24, 0, unit="st", about="12 semitones are an octave.", decimals=1, parent=self
        )
        self.formant = AmountRow(
            "Formants",
            theme,
            -12,
            12,
            0,
            unit="st",
            about="Down sounds like a larger person, up like a smaller one; the melody stays.",
            decimals=1,
            parent=self,
        )
        self.strength = AmountRow(
            "Strength", theme, 0, 100, 100, unit="%", about="0 % leaves the voice as it is.", step=5, parent=self
        )
        self._missing = Text(_NO_VOICE, theme, tone="secondary")
        self.learn = Button("Make a voice…", self)
        self.learn.setToolTip("Make a voice\nFrom recordings of a person, or from sentences that you read aloud.")
        self.learn.clicked.connect(lambda: desk.asks.new_voice())
        self._hint = Text("", theme, tone="secondary", wrap=True)
        for choice in (self.voice, self.sound, self.separator, self.pitch):
            choice.chosen.connect(lambda _value: self._changed())
        self._lay_out()
        desk.engines.changed.connect(self._show_engines)
        desk.selection.changed.connect(self._selection_changed)
        desk.voices.changed.connect(self._show_engines)

    def begin(self) -> None:
        """Start with the clips that are selected now, and with the voices that there are now."""
        self.begin_with_selected()
        self.desk.voices.look()

    @property
    def has_engine(self) -> bool:
        return super().has_engine and bool(self.voice.currentData())

    @property
    def span(self) -> tuple[int, int] | None:
        selection = self.desk.selection
        return (selection.start, selection.stop) if selection.is_range and not selection.clips else None

    @property
    def wish(self) -> Wish:
        """What was chosen."""
        settings: EngineSettings = {"formant": self.formant.value, "strength": self.strength.value / 100}
        if self.pitch.currentData() == _CHOSEN:
            settings["transpose"] = self.transpose.value
        card = self.engines.card
        return Wish(
            voice=str(self.voice.currentData() or ""),
            engine=card.id if card is not None else ENGINE,
            settings=settings,
            separator=str(self.separator.currentData() or "") if self.is_song else "",
        )

    @property
    def is_song(self) -> bool:
        """Whether only the vocals of what is selected are meant."""
        return bool(self.sound.currentData() == "song")

    def _lay_out(self) -> None:
        self._form = row_form()
        self._form.addRow(row_label("Voice", self.theme, self.voice), self.voice)
        self._form.addRow(row_label("Voice", self.theme), self.row(self._missing, self.learn, stretch=self._missing))
        for label, field in (
            ("Sound", self.sound),
            ("Taken apart by", self.separator),
            ("Pitch", self.pitch),
            ("Transpose", self.transpose),
            ("Formants", self.formant),
            ("Strength", self.strength),
        ):
            self._form.addRow(row_label(label, self.theme, field), field)
        rows = self.rows()
        rows.addLayout(self.head)
        rows.addWidget(self.engines)
        rows.addLayout(self._form)
        rows.addWidget(self.tryout)
        rows.addStretch(1)
        rows.addLayout(self.row(self._hint, self.close_button, self.go, stretch=self._hint))

    def _show_engines(self) -> None:
        cards = self.desk.engines.cards
        self.engines.show_cards([card for card in cards if card.task == "convert"])
        if not self.engines.values:
            self.engines.choose(())
        self.engines.setVisible(self.engines.able > 1)
        able: dict[object, str] = {card.id: card.name for card in cards if card.task == "separate" and not card.missing}
        self.separator.set_choices(able)
        usual = self.desk.settings.value.separation.engine
        if usual in able and self.separator.currentData() not in able:
            self.separator.show_value(usual)
        engine = self.engines.card.id if self.engines.card is not None else ENGINE
        voices: dict[object, str] = {voice.id: voice.name for voice in fit_for(self.desk.voices.all, engine)}
        self.voice.set_choices(voices)
        self._changed()

    def _selection_changed(self) -> None:
        if self.isVisible():
            self._changed()

    def _changed(self) -> None:
        pieces, song = self.pieces, self.is_song
        self.show_head(pieces, sum(piece.clip.length for piece in pieces))
        fitted = "To the voice, by octaves: it stays in its key" if song else "To the middle of the voice"
        self.pitch.set_choices({_FITTED: fitted, _CHOSEN: "By so many semitones"})
        has_voice = bool(self.voice.currentData())
        self._form.setRowVisible(0, has_voice)
        self._form.setRowVisible(1, not has_voice)
        self._form.setRowVisible(self.separator, song)
        self._form.setRowVisible(self.transpose, self.pitch.currentData() == _CHOSEN)
        name = self.voice.currentText()
        self.go.setText(f"Sing as {name}" if has_voice else "Sing in another voice")
        why = self.show_whether_able()
        if not has_voice:
            self.go.setToolTip("Make a voice first.")
            self.tryout.button.setToolTip("Make a voice first.")
        done = "The song's own vocals and what accompanies them get tracks, too." if song else ""
        self._hint.setText(done or "The clip stays, silent, above what is sung." if not why or not has_voice else why)
        fit(self)

    def start(self) -> None:
        wish = self.wish
        try:
            for piece in self.pieces:
                self.desk.converting.sing(piece, wish)
        except StudioError as error:
            self.desk.asks.show(explain(error))
        self.close()

    def try_it(self) -> None:
        project = self.desk.document.project
        piece = self.stretch_to_try()
        self.forget_tried()

        def heard(result: SungAgain) -> None:
            self.keep_tried((*result.media, *result.apart))
            source = project.medium(piece.clip.media)
            start, length = piece.clip.start, piece.clip.length
            versions = {
                "source": alone(project, source, start, piece.clip.source_start, length),
                "result": alone(project, result.media[0], start, 0, length),
            }
            self.listening.offer(versions, start, start + length)
            self.tryout.show_versions({"source": "Source", "result": f"As {result.voice}"})

        self.tryout.begin(self.desk.converting.preview(piece, self.wish, heard))
