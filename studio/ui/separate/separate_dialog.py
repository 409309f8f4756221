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
from studio.session.ready_recipes import ReadyRecipe, ready_recipes
from studio.session.recipes import Recipe
from studio.ui.controls import Button, Elided, Text, caption
from studio.ui.sections import Choice
from studio.ui.separate.clean_rows import CleanRows
from studio.ui.separate.fitting import fit
from studio.ui.separate.labels import row_form, row_label
from studio.ui.separate.trying import TryingWindow
from studio.ui.theme import Theme

_WIDTH_PX: Final = 560
_READY: Final = "ready: "
"""Before the id of a recipe that comes with the program, to tell it from the names that a person gave."""


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
        self._rename = Button("Rename…", self, kind="quiet")
        self._rename.setAccessibleName("Rename the recipe")
        self._rename.setToolTip("Give the recipe another name")
        self._rename.clicked.connect(self._rename_recipe)
        self._remove = Button("Remove", self, kind="quiet")
        self._remove.setAccessibleName("Remove the recipe")
        self._remove.setToolTip("Remove the recipe from the list")
        self._remove.clicked.connect(self._remove_recipe)
        self.engines.chosen.connect(self._engine_chosen)
        self._stem_buttons: dict[int, Button] = {}
        self._stem_group = QButtonGroup(self)
        self._stem_names = Text("", theme, tone="secondary", wrap=True)
        self._about = Text("", theme, tone="secondary", wrap=True)
        self.keep = Choice("Keep", {"": "All stems"}, self)
        self.keep.chosen.connect(lambda _value: self._changed())
        self._only_clean = False
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
        card, chain = self.engines.card, self.cleaning.chain
        if self._only_clean:
            return Recipe(engine="", stems=1, chain=chain)
        kept = str(self.keep.currentData() or "")
        engine = card.id if card is not None else ""
        return Recipe(engine=engine, stems=self.count, chain=chain, keep=(kept,) if kept else ())

    @property
    def count(self) -> int:
        """How many stems."""
        return next((count for count, button in self._stem_buttons.items() if button.isChecked()), 2)

    @property
    def counts(self) -> tuple[int, ...]:
        """The numbers of stems that are offered; none where there is nothing to choose."""
        return tuple(count for count, button in self._stem_buttons.items() if not button.isHidden())

    @property
    def has_engine(self) -> bool:
        return bool(self.cleaning.chain) if self._only_clean else super().has_engine

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
        chosen = (self.recipe_choice, self._save, self._rename, self._remove)
        self._form.addRow(row_label("Recipe", self.theme), self.row(*chosen, stretch=self.recipe_choice, spacing=4))
        self._form.addRow(row_label("", self.theme), self._about)
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
        self._stems_form = row_form()
        self._counts = QWidget(self)
        self._counts.setLayout(counts)
        counts.setContentsMargins(0, 0, 0, 0)
        self._stems_form.addRow(row_label("Into", self.theme), self._counts)
        self._stems_form.addRow(row_label("Keep", self.theme, self.keep), self.keep)
        self._engine_caption = caption("Engine", self.theme)
        rows = self.rows()
        rows.addLayout(self.head)
        rows.addLayout(self._form)
        rows.addWidget(self._engine_caption)
        rows.addWidget(self.engines)
        rows.addLayout(self._stems_form)
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
        only = self._only_clean
        names = () if only else stems.NAMES.get(self.count, ())
        for widget in (self._engine_caption, self.engines):
            widget.setVisible(not only)
        for field in (self._counts, self.keep):
            self._stems_form.setRowVisible(field, not only)
        self._stem_names.setText(", ".join(names).capitalize())
        self.keep.set_choices({"": "All stems", **{name: f"Only the {name}" for name in names}})
        self.cleaning.show_stems(names)
        self._show_costs()
        kept = str(self.keep.currentData() or "")
        if only:
            self.go.setText("Clean")
        elif kept:
            self.go.setText(f"Separate the {kept}")
        else:
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
        choices: dict[object, str] = {"": "As chosen here"}
        choices |= {one.name: one.name for one in self.desk.separating.recipes.all}
        choices |= {f"{_READY}{one.id}": one.name for one in ready_recipes() if self._made(one) is not None}
        self.recipe_choice.set_choices(choices)
        self._show_what_is_chosen()

    def _show_what_is_chosen(self) -> None:
        chosen = str(self.recipe_choice.currentData() or "")
        own = bool(chosen) and not chosen.startswith(_READY)
        self._rename.setVisible(own)
        self._remove.setVisible(own)
        about = next((one.about for one in ready_recipes() if f"{_READY}{one.id}" == chosen), "")
        self._about.setText(about)
        self._form.setRowVisible(self._about, bool(about))

    def _made(self, ready: ReadyRecipe) -> Recipe | None:
        card = self.engines.card
        engine = card.id if card is not None else self.desk.settings.value.separation.engine
        return ready.made(self.desk.engines.cards, engine)

    # Recipes

    def _take_recipe(self, name: object) -> None:
        own = {one.name: one.recipe for one in self.desk.separating.recipes.all}
        ready = {f"{_READY}{one.id}": self._made(one) for one in ready_recipes()}
        recipe = own.get(str(name)) or ready.get(str(name))
        if recipe is not None:
            self._show_recipe(recipe)
        elif self._only_clean:
            self._show_recipe(Recipe(engine=self.desk.settings.value.separation.engine))
        self._show_what_is_chosen()
        fit(self)

    def _show_recipe(self, recipe: Recipe) -> None:
        self._only_clean = recipe.stems == 1
        if not self._only_clean:
            self.engines.choose((recipe.engine,))
            if recipe.stems in self._stem_buttons:
                self._stem_buttons[recipe.stems].setChecked(True)
        task_of = {card.id: card.task for card in self.desk.engines.cards}
        self._engine_chosen()
        self.keep.show_value(recipe.keep[0] if recipe.keep else "")
        self.cleaning.show_chain(recipe.chain, dict(task_of))
        self._changed()

    def _save_recipe(self) -> None:
        name = self._ask_name("Save as a recipe", self.recipe_choice.currentText() if self._chosen_own else "")
        if name:
            self.desk.separating.recipes.save(name, self.recipe)
            self._choose_own(name)

    def _rename_recipe(self) -> None:
        before = self._chosen_own
        name = self._ask_name("Rename the recipe", before)
        if name:
            self.desk.separating.recipes.rename(before, name)
            self._choose_own(name)

    def _remove_recipe(self) -> None:
        self.desk.separating.recipes.remove(self._chosen_own)
        self._choose_own("")

    @property
    def _chosen_own(self) -> str:
        chosen = str(self.recipe_choice.currentData() or "")
        return "" if chosen.startswith(_READY) else chosen

    def _choose_own(self, name: str) -> None:
        self.recipe_choice.show_value(name)
        self._show_what_is_chosen()
        fit(self)

    def _ask_name(self, title: str, before: str) -> str:
        name = self.desk.asks.text(title, "Name", before)
        return name.strip().removeprefix(_READY)[:60].strip() if name else ""

    # Doing it

    def start(self) -> None:
        recipe = self.recipe
        if recipe.stems > 1:
            self.desk.settings.change("separation", engine=recipe.engine, stems=recipe.stems)
        try:
            for piece in self.pieces:
                self.desk.separating.separate_piece(piece, recipe)
        except StudioError as error:
            self.desk.asks.show(explain(error))
        self.close()

    def try_it(self) -> None:
        project, recipe = self.desk.document.project, self.recipe
        piece = self.stretch_to_try()
        self.forget_tried()

        def heard(result: Separated) -> None:
            self.keep_tried(result.stems)
            source = project.medium(piece.clip.media)
            start, length = piece.clip.start, piece.clip.length
            versions = {"": alone(project, source, start, piece.clip.source_start, length)}
            titles = {"": "Source"}
            made = stems.names_of(result.stems) if recipe.stems > 1 else ("cleaned",)
            for media, name in zip(result.stems, made, strict=True):
                versions[name] = alone(project, media, start, 0, length)
                titles[name] = stems.stem_title(name)
            versions["source"], titles = versions.pop(""), {"source": titles.pop(""), **titles}
            self.listening.offer(versions, start, start + length)
            self.tryout.show_versions(titles)
            self._show_costs()  # the preview has measured it

        self.tryout.begin(self.desk.separating.preview(piece, recipe, heard))
