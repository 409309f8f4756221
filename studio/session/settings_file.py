"""The settings, kept in a file that a person can read."""

from pathlib import Path

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from studio.errors import Explanation
from studio.session.background_file import BackgroundFile
from studio.settings.schema import Settings


class SettingsFile(QObject):
    """Holds the settings as one value; a change is a new value. Written off the UI thread. UI thread only."""

    changed = Signal(object)  # the new Settings

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = BackgroundFile(path)
        self.notice: Explanation | None = None
        self._value = self._load()

    @property
    def value(self) -> Settings:
        """The settings as they are now."""
        return self._value

    def set(self, value: Settings) -> None:
        """Become these settings; ValidationError when one breaks its limits."""
        checked = msgspec.convert(msgspec.to_builtins(value, str_keys=True), Settings)
        if checked != self._value:
            self._value = checked
            self._file.write(msgspec.json.format(msgspec.json.encode(checked), indent=2) + b"\n")
            self.changed.emit(checked)

    def change(self, section: str, **fields: object) -> None:
        """Change fields of one section: `change("appearance", theme="light")`."""
        part = getattr(self._value, section)
        self.set(replace(self._value, **{section: replace(part, **fields)}))

    def flush(self) -> None:
        """Wait until the file is on the disk."""
        self._file.flush()

    def close(self) -> None:
        """Write what is left and end the writer."""
        self._file.close()

    def _load(self) -> Settings:
        content = self._file.read()
        if content is None:
            return Settings()
        try:
            return msgspec.json.decode(content, type=Settings)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            aside = self._file.keep_aside(".damaged")
            self.notice = Explanation(
                code="settings.damaged",
                title="The settings could not be read.",
                cause="Their file is damaged or has values that make no sense.",
                remedy=f"The studio uses its defaults. The old file was kept as {aside.name}.",
                detail=str(error),
            )
            return Settings()
