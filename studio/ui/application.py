"""The one QApplication of a process."""

import os
import sys

from PySide6.QtWidgets import QApplication

from studio.session.settings_file import SettingsFile


def make_application(settings: SettingsFile) -> QApplication:
    """The one QApplication of this process, in our dress."""
    there = QApplication.instance()
    if isinstance(there, QApplication):
        return there
    scale = settings.value.appearance.scale_percent
    if scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(scale / 100))
    QApplication.setApplicationName("melisma-studio")
    QApplication.setApplicationDisplayName("Melisma Studio")
    QApplication.setDesktopFileName("melisma-studio")
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    return application
