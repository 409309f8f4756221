"""Take a clip apart: by which engine, into what, cleaned how; with a try of a few seconds before the whole."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.commands.reasons import chosen_clips
from studio.errors import StudioError, explain
from studio.model.edits.base import part
from studio.model.project import ClipId, Media
from studio.model.time import format_clock
from studio.protocol.common import EngineCard
from studio.protocol.jobs import Separated
from studio.session import stems
from studio.session.desk import Desk
from studio.session.listening import Listening, alone
from studio.session.recipes import Recipe
from studio.session.stems import Piece
from studio.ui.controls import Button, Elided, Text, caption
from studio.ui.sections import Choice
from studio.ui.separate.clean_rows import LABEL_PX, CleanRows
from studio.ui.separate.engine_choice import EngineChoice
from studio.ui.separate.fitting import fit
from studio.ui.separate.tryout import Tryout
from studio.ui.theme import Theme

_WIDTH_PX: Final = 560


class SeparateDialog(QDialog):
    """Chooses a recipe for the selected clips. Starting closes it: the jobs and the new tracks tell the rest."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self._clips: tuple[ClipId, ...] = ()
        self._tried: tuple[Media, ...] = ()
        self.setWindowTitle("Separate into stems")
        self.setMinimumWidth(_WIDTH_PX)
        self._what = Elided("", theme)
        self._length = Text("", theme, tone="secondary", figures=True)
        self.recipe_choice = Choice("Recipe", {"": "As chosen here"}, self)
        self.recipe_choice.chosen.connect(self._take_recipe)
        self._save = Button("Save…", self, kind="quiet")
        self._save.setAccessibleName("Save as a recipe")
        self._save.setToolTip("Save as a recipe\nEngine, stems and cleaning under a name, also for many files at once.")
        self._save.clicked.connect(self._save_recipe)
        self._remove = Button("Remove", self, kind="quiet")
        self._remove.setAccessibleName("Remove the recipe")
        self._remove.setToolTip("Remove the recipe from the list")
        self._remove.clicked.connect(self._remove_recipe)
        self.engines = EngineChoice(theme, self)
        self.engines.folded.connect(lambda: fit(self))
        self.engines.chosen.connect(self._engine_chosen)
        self._stem_buttons: dict[int, Button] = {}
        self._stem_group = QButtonGroup(self)
        self._stem_names = Text("", theme, tone="secondary", wrap=True)
        self.cleaning = CleanRows(theme, self)
        self.cleaning.changed.connect(self._changed)
        self.part = Choice("Part", {"all": "The whole clip"}, self)
        self.part.chosen.connect(lambda _value: self._changed())
        self._listening = Listening(desk.transport, desk.document, self)
        self.tryout = Tryout(desk.jobs, self._listening, theme, self)
        self.tryout.wanted.connect(self._try)
        self.go = Button("Separate", self, kind="primary")
        self.go.clicked.connect(self._start)
        self.close_button = Button("Close", self)
        self.close_button.clicked.connect(self.close)
        self._hint = Elided("", theme, tone="secondary", mode=Qt.TextElideMode.ElideRight)
        self._lay_out()
        desk.engines.changed.connect(self._show_engines)
        desk.separating.recipes.changed.connect(self._show_recipes)
        desk.document.folder_changed.connect(self.close)

    def begin(self) -> None:
        """Start with the clips that are selected now."""
        self._clips = tuple(clip.id for clip in chosen_clips(self._desk))
        self.tryout.clear()
        self._forget_tried()
        self._show_recipes()
        self._show_engines()
        self._show_parts()
        self._show_clip()
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def recipe(self) -> Recipe:
        """What was chosen."""
        card = self.engines.card
        return Recipe(engine=card.id if card is not None else "", stems=self.count, chain=self.cleaning.chain)

    @property
    def count(self) -> int:
        """How many stems."""
        return next((count for count, button in self._stem_buttons.items() if button.isChecked()), 2)

    @property
    def counts(self) -> tuple[int, ...]:
        """The numbers of stems that are offered; none where there is nothing to choose."""
        return tuple(count for count, button in self._stem_buttons.items() if not button.isHidden())

    def choose_count(self, count: int) -> None:
        """Choose how many stems."""
        self._stem_buttons[count].click()

    @property
    def span(self) -> tuple[int, int] | None:
        """The selected stretch where only that is wanted."""
        selection = self._desk.selection
        return (selection.start, selection.stop) if self.part.currentData() == "selection" else None

    @property
    def _preview_s(self) -> float:
        return self._desk.settings.value.separation.preview_s

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
        recipe = QHBoxLayout()
        recipe.setSpacing(4)
        recipe.addWidget(self.recipe_choice, 1)
        recipe.addWidget(self._save)
        recipe.addWidget(self._remove)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(8)
        self._form.addRow(self._label("Recipe"), recipe)
        self._form.addRow(self._label("Part"), self.part)
        counts = QHBoxLayout()
        counts.setSpacing(4)
        for count in stems.NAMES:
            button = Button(f"{count} stems", self, kind="tab")
            button.setCheckable(True)
            button.setToolTip(f"{count} stems: {', '.join(stems.NAMES[count])}")
            button.clicked.connect(self._changed)
            self._stem_group.addButton(button)
            self._stem_buttons[count] = button
            counts.addWidget(button)
        counts.addWidget(self._stem_names, 1)
        self._stem_buttons[2].setChecked(True)
        stems_form = QFormLayout()
        stems_form.setHorizontalSpacing(12)
        stems_form.addRow(self._label("Into"), counts)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._hint, 1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.go)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        rows.addLayout(head)
        rows.addLayout(self._form)
        rows.addWidget(caption("Engine", self._theme))
        rows.addWidget(self.engines)
        rows.addLayout(stems_form)
        rows.addWidget(self.cleaning)
        rows.addWidget(self.tryout)
        rows.addStretch(1)
        rows.addLayout(buttons)

    def _label(self, text: str) -> Text:
        label = Text(text, self._theme, tone="secondary")
        label.setFixedWidth(LABEL_PX)
        label.setMinimumHeight(28)
        return label

    # What is shown

    def _show_engines(self) -> None:
        cards = self._desk.engines.cards
        self.engines.show_cards([card for card in cards if card.task == "separate"])
        self.cleaning.show_cards(cards)
        if not self.engines.values:
            self.engines.choose((self._desk.settings.value.separation.engine,))
        self._engine_chosen()

    def _engine_chosen(self) -> None:
        card = self.engines.card
        offered = card.stems if card is not None else ()
        for count, button in self._stem_buttons.items():
            button.setVisible(count in offered and len(offered) > 1)
        if offered and self.count not in offered:
            self._stem_buttons[offered[0]].setChecked(True)
        self._changed()

    def _changed(self) -> None:
        names = stems.NAMES.get(self.count, ())
        self._stem_names.setText(", ".join(names).capitalize())
        self.cleaning.show_stems(names)
        self._show_costs()
        able = self.engines.card is not None and bool(self._pieces)
        why = "" if able else "Choose an engine that can run here." if self._pieces else "Select a clip first."
        self.go.setText("Separate vocals" if self.count == 2 else f"Separate into {self.count} stems")
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(able)
        self.go.setToolTip(why or self.go.text())
        self._hint.setText(why)
        self.tryout.button.setText(f"Preview {self._preview_s:g} s")
        self.tryout.button.setAccessibleName(self.tryout.button.text())
        self.tryout.button.setToolTip(
            f"{self._preview_s:g} seconds from the playhead on, heard here and not put into the project"
        )
        self.tryout.button.setEnabled(able and not self.tryout.running)
        fit(self)

    def _show_costs(self) -> None:
        seconds = sum(piece.clip.length for piece in self._pieces) / self._desk.document.project.rate_hz
        self.engines.show_costs(lambda card: self._cost(card, seconds))

    def _cost(self, card: EngineCard, seconds: float) -> str:
        return self._desk.separating.cost(card, self.count, seconds)

    def _show_clip(self) -> None:
        pieces, project = self._pieces, self._desk.document.project
        if not pieces:
            self._what.setText("No clip is selected")
            self._length.setText("")
            return
        name = pieces[0].name
        self._what.setText(name if len(pieces) == 1 else f"{name} and {len(pieces) - 1} more")
        total = sum(piece.clip.length for piece in pieces)
        self._length.setText(format_clock(total, project.rate_hz))

    def _show_parts(self) -> None:
        selection, project = self._desk.selection, self._desk.document.project
        parts: dict[object, str] = {"all": "The whole clip" if len(self._clips) == 1 else "The whole clips"}
        if selection.is_range and not selection.clips:
            length = format_clock(selection.stop - selection.start, project.rate_hz)
            parts["selection"] = f"The selected stretch, {length}"
        self.part.set_choices(parts)
        if "selection" in parts:
            self.part.show_value("selection")
        self._form.setRowVisible(self.part, len(parts) > 1)

    def _show_recipes(self) -> None:
        saved = self._desk.separating.recipes.all
        self.recipe_choice.set_choices({"": "As chosen here", **{one.name: one.name for one in saved}})
        self._remove.setVisible(bool(self.recipe_choice.currentData()))

    @property
    def _pieces(self) -> tuple[Piece, ...]:
        project = self._desk.document.project
        there = {clip.id for clip in project.clips}
        return stems.pieces(project, [clip for clip in self._clips if clip in there], self.span)

    # Recipes

    def _take_recipe(self, name: object) -> None:
        found = next((one for one in self._desk.separating.recipes.all if one.name == name), None)
        self._remove.setVisible(found is not None)
        if found is None:
            return
        self.engines.choose((found.recipe.engine,))
        if found.recipe.stems in self._stem_buttons:
            self._stem_buttons[found.recipe.stems].setChecked(True)
        task_of = {card.id: card.task for card in self._desk.engines.cards}
        self._engine_chosen()
        self.cleaning.show_chain(found.recipe.chain, dict(task_of))
        self._changed()

    def _save_recipe(self) -> None:
        name = self._desk.asks.text("Save as a recipe", "Name", str(self.recipe_choice.currentData() or ""))
        if name and name.strip():
            self._desk.separating.recipes.save(name.strip()[:60], self.recipe)
            self.recipe_choice.show_value(name.strip()[:60])
            self._remove.show()

    def _remove_recipe(self) -> None:
        self._desk.separating.recipes.remove(str(self.recipe_choice.currentData()))
        self.recipe_choice.show_value("")
        self._remove.hide()

    # Doing it

    def _start(self) -> None:
        recipe = self.recipe
        self._desk.settings.change("separation", engine=recipe.engine, stems=recipe.stems)
        try:
            for piece in self._pieces:
                self._desk.separating.separate_piece(piece, recipe)
        except StudioError as error:
            self._desk.asks.show(explain(error))
        self.close()

    def _try(self) -> None:
        project = self._desk.document.project
        piece = stretch_to_try(
            self._pieces[0], int(self._desk.transport.position()), round(self._preview_s * project.rate_hz)
        )
        self._forget_tried()

        def heard(result: Separated) -> None:
            self._tried = result.stems
            source = project.medium(piece.clip.media)
            start, length = piece.clip.start, piece.clip.length
            versions = {"": alone(project, source, start, piece.clip.source_start, length)}
            titles = {"": "Source"}
            for media, name in zip(result.stems, stems.names_of(result.stems), strict=True):
                versions[name] = alone(project, media, start, 0, length)
                titles[name] = stems.stem_title(name)
            versions["source"], titles = versions.pop(""), {"source": titles.pop(""), **titles}
            self._listening.offer(versions, start, start + length)
            self.tryout.show_versions(titles)
            self._show_costs()  # the preview has measured it

        self.tryout.begin(self._desk.separating.preview(piece, self.recipe, heard))

    def _forget_tried(self) -> None:
        tried, self._tried = self._tried, ()
        if tried:
            self._listening.offer({}, 0, 0)
            self._desk.separating.forget(tried)


def stretch_to_try(piece: Piece, at: int, length: int) -> Piece:
    """A stretch of a piece from timeline sample `at` on, moved to the left where the piece ends before."""
    clip = piece.clip
    start = max(clip.start, min(at if clip.start <= at < clip.end else clip.start, clip.end - length))
    return Piece(part(clip, start, min(clip.end, start + length)), piece.track)
