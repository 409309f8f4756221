"""A form made from the settings themselves: each field's type, title, limits, unit and choices become a control."""

import types
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from studio.settings.schema import Settings
from studio.ui.controls import Text
from studio.ui.fields import NumberField
from studio.ui.sections import Choice
from studio.ui.theme import Theme

HIDDEN = frozenset(
    {
        *("export.folder", "start.seen_welcome", "keys.custom"),
        *("capture.monitor", "capture.microphone", "capture.desktop"),
    }
)
"""What the studio remembers for itself; nobody sets it by hand."""
_FIELD_PX = 220


class Entry(Struct, frozen=True, kw_only=True):
    """One setting as the form needs it."""

    section: str
    name: str
    kind: object
    title: str
    description: str
    extra: dict[str, Any]
    low: float | None
    high: float | None

    @property
    def path(self) -> str:
        """Its name in the file: "playback.block"."""
        return f"{self.section}.{self.name}"

    @property
    def unit(self) -> str:
        """The unit of its number, "" where it has none."""
        return str(self.extra.get("unit", ""))


def sections() -> dict[str, str]:
    """The sections of the settings with the titles that their docstrings give: "Settings > Recording."."""
    return {
        name: (kind.__doc__ or name).partition(">")[2].partition(":")[0].strip().rstrip(".") or name.title()
        for name, kind in get_type_hints(Settings).items()
        if isinstance(kind, type) and issubclass(kind, Struct)
    }


def entries(section: str) -> Iterator[Entry]:
    """The settings of a section, without those that are only remembered."""
    kind = get_type_hints(Settings)[section]
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if f"{section}.{name}" in HIDDEN:
            continue
        plain, metas = _unwrapped(hint)
        merged: dict[str, Any] = {}
        for meta in metas:
            merged |= meta.extra or {}
        yield Entry(
            section=section,
            name=name,
            kind=plain,
            title=next((meta.title for meta in reversed(metas) if meta.title), name),
            description=next((meta.description for meta in reversed(metas) if meta.description), ""),
            extra=merged,
            low=next((meta.ge for meta in metas if meta.ge is not None), None),
            high=next((meta.le for meta in metas if meta.le is not None), None),
        )


class SettingsForm(QWidget):
    """One section. A control changes the setting at once; there is nothing to apply."""

    def __init__(
        self,
        section: str,
        theme: Theme,
        change: Callable[[str, str, object], None],
        choices: Callable[[Entry], dict[object, str] | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.section = section
        self._change, self._choices = change, choices
        self._show_all: list[tuple[Entry, QWidget]] = []
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(16)
        for entry in entries(section):
            rows.addWidget(self._row(entry, theme))

    def show_settings(self, settings: Settings) -> None:
        """Show what is set."""
        values = getattr(settings, self.section)
        for entry, control in self._show_all:
            value = getattr(values, entry.name)
            with QSignalBlocker(control):
                match control:
                    case QCheckBox():
                        control.setChecked(bool(value))
                    case Choice():
                        offered = self._choices(entry)
                        if offered is not None:
                            control.set_choices(offered)
                        control.show_value(value)
                    case NumberField():
                        control.show_value(float(value))
                    case QLineEdit():
                        control.setText(str(value))
                    case _:
                        raise TypeError(f"no way to show {entry.path}")

    def _row(self, entry: Entry, theme: Theme) -> QWidget:
        row = QWidget(self)
        lines = QVBoxLayout(row)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        control = self._control(entry, theme, row)
        if isinstance(control, QCheckBox):
            lines.addWidget(control)
            about = Text(entry.description, theme, tone="secondary", wrap=True)
            about.setContentsMargins(26, 0, 0, 0)
            lines.addWidget(about)
        else:
            label = Text(entry.title, theme)
            label.setBuddy(control)
            control.setFixedWidth(_FIELD_PX)
            lines.addWidget(label)
            lines.addWidget(Text(entry.description, theme, tone="secondary", wrap=True))
            lines.addWidget(control)
        self._show_all.append((entry, control))
        return row

    def _control(self, entry: Entry, theme: Theme, parent: QWidget) -> QWidget:
        offered = self._choices(entry)
        if offered is None and get_origin(entry.kind) is Literal:
            offered = {value: _choice_text(value, entry) for value in get_args(entry.kind)}
        if offered is not None:
            choice = Choice(entry.title, offered, parent)
            choice.chosen.connect(lambda value: self._change(entry.section, entry.name, value))
            return choice
        if entry.kind is bool:
            box = QCheckBox(entry.title, parent)
            box.setAccessibleDescription(entry.description)
            box.setToolTip(entry.title)
            box.toggled.connect(lambda on: self._change(entry.section, entry.name, on))
            return box
        if entry.kind in (int, float):
            low, high = entry.low if entry.low is not None else 0, entry.high if entry.high is not None else 1e6
            decimals = 0 if entry.kind is int else 2 if high <= 60 and low >= 0 else 1
            number = NumberField(entry.title, theme, low, high, unit=entry.unit, decimals=decimals, parent=parent)
            number.edited.connect(
                lambda value: self._change(entry.section, entry.name, int(value) if entry.kind is int else value)
            )
            return number
        field = QLineEdit(parent)
        field.setAccessibleName(entry.title)
        field.setToolTip(entry.title)
        field.editingFinished.connect(lambda: self._change(entry.section, entry.name, field.text()))
        return field


def _unwrapped(hint: object) -> tuple[object, list[Meta]]:
    """The bare type of an annotation and every Meta on it, inner ones first."""
    metas: list[Meta] = []
    while get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        metas = [note for note in notes if isinstance(note, Meta)] + metas
        hint = inner
    assert not isinstance(hint, types.UnionType), hint
    return hint, metas


def _choice_text(value: object, entry: Entry) -> str:
    named = entry.extra.get(str(value))
    if named:
        return str(named)
    return f"{value} {entry.unit}" if entry.unit else str(value)
