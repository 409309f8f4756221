"""Take a clip apart: by which engine, into what, cleaned how; with a try of a few seconds before the whole."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QWidget

from studio.errors import StudioError, explain
from studio.model.time import format_clock
from studio.protocol.jobs import Separated
from studio.session import stems
from studio.session.desk import Desk
from studio.session.listening import alone
from studio.session.recipes import Recipe
from studio.ui.controls import Button, Elided, Text, caption
from studio.ui.sections import Choice
from studio.ui.separate.clean_rows import CleanRows
from studio.ui.separate.fitting import fit
from studio.ui.separate.labels import row_form, row_label
from studio.ui.separate.trying import TryingWindow
from studio.ui.theme import Theme

_WIDTH_PX: Final = 560


class SeparateDialog(TryingWindow):
    """Chooses a recipe for the selected clips. Starting closes it: the jobs and the new tracks tell the rest."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("Separate into stems", desk, theme, parent, width_px=_WIDTH_PX)
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
        self.engines.chosen.connect(self._engine_chosen)
        self._stem_buttons: dict[int, Button] = {}
        self._stem_group = QButtonGroup(self)
        self._stem_names = Text("", theme, tone="secondary", wrap=True)
        self.cleaning = CleanRows(theme, self)
        self.cleaning.changed.connect(self._changed)
        self.part = Choice("Part", {"all": "The whole clip"}, self)
        self.part.chosen.connect(lambda _value: self._changed())
        self._hint = Elided("", theme, tone="secondary", mode=Qt.TextElideMode.ElideRight)
        self._lay_out()
        desk.engines.changed.connect(self._show_engines)
        desk.separating.recipes.changed.connect(self._show_recipes)

    def begin(self) -> None:
        """Start with the clips that are selected now."""
        self.begin_with_selected()
        self._show_recipes()
        self._show_engines()
        self._show_parts()
        pieces = self.pieces
        self.show_head(pieces, sum(piece.clip.length for piece in pieces))

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
        selection = self.desk.selection
        return (selection.start, selection.stop) if self.part.currentData() == "selection" else None

    def _lay_out(self) -> None:
        self._form = row_form()
        chosen = (self.recipe_choice, self._save, self._remove)
        self._form.addRow(row_label("Recipe", self.theme), self.row(*chosen, stretch=self.recipe_choice, spacing=4))
        self._form.addRow(row_label("Part", self.theme), self.part)
        for count in stems.NAMES:
            button = Button(f"{count} stems", self, kind="tab")
            button.setCheckable(True)
            button.setToolTip(f"{count} stems: {', '.join(stems.NAMES[count])}")
            button.clicked.connect(self._changed)
            self._stem_group.addButton(button)
            self._stem_buttons[count] = button
        self._stem_buttons[2].setChecked(True)
        counts = self.row(*self._stem_buttons.values(), self._stem_names, stretch=self._stem_names, spacing=4)
        stems_form = row_form()
        stems_form.addRow(row_label("Into", self.theme), counts)
        rows = self.rows()
        rows.addLayout(self.head)
        rows.addLayout(self._form)
        rows.addWidget(caption("Engine", self.theme))
        rows.addWidget(self.engines)
        rows.addLayout(stems_form)
        rows.addWidget(self.cleaning)
        rows.addWidget(self.tryout)
        rows.addStretch(1)
        rows.addLayout(self.row(self._hint, self.close_button, self.go, stretch=self._hint))

    # What is shown

    def _show_engines(self) -> None:
        cards = self.desk.engines.cards
        self.engines.show_cards([card for card in cards if card.task == "separate"])
        self.cleaning.show_cards(cards)
        if not self.engines.values:
            self.engines.choose((self.desk.settings.value.separation.engine,))
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
        self.go.setText("Separate vocals" if self.count == 2 else f"Separate into {self.count} stems")
        self._hint.setText(self.show_whether_able())
        fit(self)

    def _show_costs(self) -> None:
        seconds = self.seconds
        self.engines.show_costs(lambda card: self.desk.separating.cost(card, self.count, seconds))

    def _show_parts(self) -> None:
        selection, project = self.desk.selection, self.desk.document.project
        parts: dict[object, str] = {"all": "The whole clip" if len(self._clips) == 1 else "The whole clips"}
        if selection.is_range and not selection.clips:
            length = format_clock(selection.stop - selection.start, project.rate_hz)
            parts["selection"] = f"The selected stretch, {length}"
        self.part.set_choices(parts)
        if "selection" in parts:
            self.part.show_value("selection")
        self._form.setRowVisible(self.part, len(parts) > 1)

    def _show_recipes(self) -> None:
        saved = self.desk.separating.recipes.all
        self.recipe_choice.set_choices({"": "As chosen here", **{one.name: one.name for one in saved}})
        self._remove.setVisible(bool(self.recipe_choice.currentData()))

    # Recipes

    def _take_recipe(self, name: object) -> None:
        found = next((one for one in self.desk.separating.recipes.all if one.name == name), None)
        self._remove.setVisible(found is not None)
        if found is None:
            return
        self.engines.choose((found.recipe.engine,))
        if found.recipe.stems in self._stem_buttons:
            self._stem_buttons[found.recipe.stems].setChecked(True)
        task_of = {card.id: card.task for card in self.desk.engines.cards}
        self._engine_chosen()
        self.cleaning.show_chain(found.recipe.chain, dict(task_of))
        self._changed()

    def _save_recipe(self) -> None:
        name = self.desk.asks.text("Save as a recipe", "Name", str(self.recipe_choice.currentData() or ""))
        if name and name.strip():
            self.desk.separating.recipes.save(name.strip()[:60], self.recipe)
            self.recipe_choice.show_value(name.strip()[:60])
            self._remove.show()

    def _remove_recipe(self) -> None:
        self.desk.separating.recipes.remove(str(self.recipe_choice.currentData()))
        self.recipe_choice.show_value("")
        self._remove.hide()

    # Doing it

    def start(self) -> None:
        recipe = self.recipe
        self.desk.settings.change("separation", engine=recipe.engine, stems=recipe.stems)
        try:
            for piece in self.pieces:
                self.desk.separating.separate_piece(piece, recipe)
        except StudioError as error:
            self.desk.asks.show(explain(error))
        self.close()

    def try_it(self) -> None:
        project = self.desk.document.project
        piece = self.stretch_to_try()
        self.forget_tried()

        def heard(result: Separated) -> None:
            self.keep_tried(result.stems)
            source = project.medium(piece.clip.media)
            start, length = piece.clip.start, piece.clip.length
            versions = {"": alone(project, source, start, piece.clip.source_start, length)}
            titles = {"": "Source"}
            for media, name in zip(result.stems, stems.names_of(result.stems), strict=True):
                versions[name] = alone(project, media, start, 0, length)
                titles[name] = stems.stem_title(name)
            versions["source"], titles = versions.pop(""), {"source": titles.pop(""), **titles}
            self.listening.offer(versions, start, start + length)
            self.tryout.show_versions(titles)
            self._show_costs()  # the preview has measured it

        self.tryout.begin(self.desk.separating.preview(piece, self.recipe, heard))
