"""The windows beside the window: made when first wanted, brought to the front when wanted again. None is modal."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from studio.session.desk import Desk, Measuring, Separation
from studio.ui.actions import Actions
from studio.ui.theme import Theme, wear

if TYPE_CHECKING:
    from studio.ui.export_dialog import ExportDialog
    from studio.ui.measures.windows import MeasuringDialog
    from studio.ui.models.models_dialog import ModelsDialog
    from studio.ui.preferences import Preferences
    from studio.ui.separate.windows import SeparationDialog
    from studio.ui.shortcut_sheet import ShortcutSheet
    from studio.ui.system_check import SystemCheck
    from studio.ui.voices.voice_dialog import VoiceDialog


class Dialogs:
    """Knows the window's dialogs; importing one costs time that the start does not have, so it is done here."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, window: QWidget) -> None:
        self._desk, self._actions, self._window = desk, actions, window
        self.theme = theme
        self._preferences: Preferences | None = None
        self._system_check: SystemCheck | None = None
        self._export: ExportDialog | None = None
        self._models: ModelsDialog | None = None
        self._voice: VoiceDialog | None = None
        self._shortcuts: ShortcutSheet | None = None
        self._separation: dict[Separation, SeparationDialog] = {}
        self._measuring: dict[Measuring, MeasuringDialog] = {}

    def set_theme(self, theme: Theme) -> None:
        """Open everything in another theme from now on."""
        self.theme = theme

    def preferences(self, page: str = "") -> "Preferences":
        """Open the settings, at a page when named."""
        from studio.ui.preferences import Preferences

        if self._preferences is None:
            self._preferences = Preferences(self._desk, self._actions, self.theme, self._window)
        self._preferences.show_page(page)
        self._front(self._preferences)
        return self._preferences

    def system_check(self) -> "SystemCheck":
        """Open the system check and let it begin."""
        from studio.ui.system_check import SystemCheck

        if self._system_check is None:
            self._system_check = SystemCheck(self._desk, self.theme, self._window)
        self._front(self._system_check)
        self._system_check.begin()
        return self._system_check

    def export(self) -> "ExportDialog":
        """Open the export, for the project as it is now."""
        from studio.ui.export_dialog import ExportDialog

        if self._export is None:
            self._export = ExportDialog(self._desk, self.theme, self._window)
        self._export.begin()
        self._front(self._export)
        return self._export

    @property
    def export_is_open(self) -> bool:
        """Whether the export is in sight, which then tells of its own results."""
        return self._export is not None and self._export.isVisible()

    def separation(self, page: Separation) -> "SeparationDialog":
        """Open what takes the selected clip apart, cleans it, compares engines on it, or works on many files."""
        from studio.ui.separate.windows import make

        if page not in self._separation:
            self._separation[page] = make(page, self._desk, self.theme, self._window)
        self._separation[page].begin()
        self._front(self._separation[page])
        return self._separation[page]

    def measuring(self, page: Measuring) -> "MeasuringDialog":
        """Open what exports notes, imports labels (once a file is chosen), or measures the quality of a voice."""
        from studio.ui.measures.windows import make

        if page not in self._measuring:
            self._measuring[page] = make(page, self._desk, self.theme, self._window)
        dialog = self._measuring[page]
        dialog.begin()
        if page == "labels":
            wear(self.theme, dialog)
        else:
            self._front(dialog)
        return dialog

    def models(self) -> "ModelsDialog":
        """Open the list of models."""
        from studio.ui.models.models_dialog import ModelsDialog

        if self._models is None:
            self._models = ModelsDialog(self._desk, self.theme, self._window)
        self._models.begin()
        self._front(self._models)
        return self._models

    def new_voice(self, files: tuple[Path, ...] = ()) -> "VoiceDialog":
        """Open what makes a new voice, with recordings that were dropped."""
        from studio.ui.voices.voice_dialog import VoiceDialog

        if self._voice is None:
            self._voice = VoiceDialog(self._desk, self.theme, self._window)
        self._voice.begin(files)
        self._front(self._voice)
        return self._voice

    def shortcuts(self) -> "ShortcutSheet":
        """Open the list of keys."""
        from studio.ui.shortcut_sheet import ShortcutSheet

        if self._shortcuts is None:
            self._shortcuts = ShortcutSheet(self._actions, self.theme, self._window)
        self._front(self._shortcuts)
        return self._shortcuts

    def about(self) -> None:
        """Say what this program is."""
        from studio.ui.about import About

        dialog = About(self._desk, self.theme, self._window)
        self._front(dialog)

    def _front(self, dialog: QDialog) -> None:
        wear(self.theme, dialog)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
