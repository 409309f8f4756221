"""The small style sheet over Fusion: what a palette cannot say (radius, height, focus ring, borders).

A widget chooses a part by a dynamic property: `kind` for buttons ("primary", "quiet", "link"), `tone` for the colour
of a label ("secondary", "error" ...), `surface` for a frame ("app", "panel", "raised", "popover").
"""

from collections.abc import Mapping
from string import Template

_SHEET = Template("""
* { outline: none; }
QWidget { color: $text; }
QWidget:disabled { color: $disabled; }
QMainWindow, QDialog, *[surface="app"] { background: $app; }
*[surface="panel"] { background: $panel; }
*[surface="raised"] { background: $raised; border: 1px solid $line; border-radius: 6px; }
*[surface="popover"] { background: $raised; border: 1px solid $strong_line; border-radius: 8px; }
*[edge="top"] { border-top: 1px solid $line; }
*[edge="bottom"] { border-bottom: 1px solid $line; }
*[edge="left"] { border-left: 1px solid $line; }
*[edge="right"] { border-right: 1px solid $line; }

QLabel, QCheckBox, QRadioButton { background: transparent; border: none; }
QLabel[tone="secondary"] { color: $secondary; }
QLabel[tone="disabled"] { color: $disabled; }
QLabel[tone="accent"] { color: $accent_text; }
QLabel[tone="pitch"] { color: $pitch_text; }
QLabel[tone="engine"] { color: $engine_text; }
QLabel[tone="good"] { color: $good_text; }
QLabel[tone="warning"] { color: $warning_text; }
QLabel[tone="error"] { color: $error_text; }

QPushButton, QToolButton {
    min-height: 26px; max-height: 26px; padding: 0 11px; border: 1px solid $strong_line; border-radius: 6px;
    background: $raised; color: $text;
}
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 0 10px; min-height: 24px; max-height: 24px; }
QPushButton:disabled, QToolButton:disabled { color: $disabled; border-color: $line; }
QPushButton:checked, QToolButton:checked { background: $hover; border-color: $accent; }
QPushButton[kind="primary"] { background: $accent_fill; border-color: $accent_fill; color: $on_accent; }
QPushButton[kind="primary"]:hover { border-color: $text; }
QPushButton[kind="primary"]:pressed { background: $accent_fill; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $hover; border-color: $hover; color: $disabled; }
QPushButton[kind="quiet"], QToolButton, QToolButton:disabled { background: transparent; border-color: transparent; }
QPushButton[kind="badge"] {
    background: transparent; border-color: $warning; color: $warning_text; border-radius: 10px; padding: 0 9px;
    min-height: 18px; max-height: 18px;
}
QPushButton[kind="badge"]:focus { border: 2px solid $accent; padding: 0 8px; min-height: 16px; max-height: 16px; }
QPushButton[kind="tab"] { background: transparent; border-color: transparent; color: $secondary; }
QPushButton[kind="tab"]:hover { color: $text; }
QPushButton[kind="tab"]:checked { background: $hover; color: $text; }
QPushButton[kind="tab"]:focus { border: 2px solid $accent; }
QToolButton { padding: 0 3px; min-width: 20px; }
QToolButton:focus { padding: 0 2px; }
QToolButton[popupMode="1"] { padding-right: 3px; }
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton::menu-indicator { image: none; width: 0; }
QPushButton[kind="quiet"]:hover, QToolButton:hover { background: $hover; border-color: transparent; }
QPushButton[kind="quiet"]:focus, QToolButton:focus { border: 2px solid $accent; }
QToolButton:checked { background: $hover; border-color: transparent; }
QToolButton:checked:focus { border: 2px solid $accent; }
QPushButton[kind="link"] {
    background: transparent; border-color: transparent; color: $accent_text; padding: 0 3px; text-align: left;
}
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 2px solid $accent; padding: 0 2px; }
QPushButton[kind="danger"] { color: $error_text; }
QPushButton[kind="row"] { background: transparent; border-color: transparent; text-align: left; padding: 0 7px; }
QPushButton[kind="row"]:hover, QPushButton[kind="row"]:checked { background: $hover; }
QPushButton[kind="row"]:focus { border: 2px solid $accent; padding: 0 6px; }

QLineEdit, QAbstractSpinBox, QComboBox {
    min-height: 26px; max-height: 26px; padding: 0 7px; border: 1px solid $strong_line; border-radius: 6px;
    background: $raised; color: $text; selection-background-color: $accent_fill; selection-color: $on_accent;
}
QPlainTextEdit, QTextEdit, QTextBrowser {
    padding: 6px; border: 1px solid $strong_line; border-radius: 6px; background: $raised; color: $text;
    selection-background-color: $accent_fill; selection-color: $on_accent;
}
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $secondary; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border: 2px solid $accent; padding: 0 6px; min-height: 24px; max-height: 24px;
}
QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus { border: 2px solid $accent; padding: 5px; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: $disabled; border-color: $line; }
QLineEdit[kind="quiet"] { border-color: transparent; background: transparent; }
QLineEdit[kind="quiet"]:hover { background: $hover; }
QLineEdit[kind="quiet"]:focus { background: $raised; border: 2px solid $accent; }
QLineEdit[kind="title"] { border: none; background: transparent; padding: 0; font-size: 15px; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"] { border-color: $error; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QComboBox { padding: 0 2px 0 8px; }
QComboBox:focus { padding: 0 1px 0 7px; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("$arrow"); width: 16px; height: 16px; }
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $strong_line; border-radius: 6px; padding: 4px; color: $text;
    selection-background-color: $hover; selection-color: $text;
}

QCheckBox, QRadioButton { spacing: 8px; min-height: 24px; }
QCheckBox::indicator, QRadioButton::indicator {
    width: 16px; height: 16px; border: 1px solid $secondary; border-radius: 4px; background: $raised;
}
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked, QRadioButton::indicator:checked {
    background: $accent_fill; border-color: $accent_fill; image: url("$tick");
}
QRadioButton::indicator:checked { image: url("$dot_on"); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $strong_line; background: $panel; }
QCheckBox:focus, QRadioButton:focus { border: 2px solid $accent; border-radius: 4px; }

QSlider { min-height: 24px; background: transparent; border: 2px solid transparent; border-radius: 6px; }
QSlider:focus { border: 2px solid $accent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $strong_line; }
QSlider::sub-page:horizontal { background: $secondary; border-radius: 2px; }
QSlider::handle:horizontal {
    width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: $text;
}
QSlider::handle:horizontal:hover { background: $accent; }
QSlider:disabled::handle:horizontal, QSlider::handle:horizontal:disabled { background: $disabled; }

QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $strong_line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $disabled; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }

QAbstractItemView { background: transparent; border: 2px solid transparent; border-radius: 6px; outline: none; }
QAbstractItemView:focus { border: 2px solid $accent; }
QAbstractItemView::item { min-height: 28px; padding: 0 4px; border-radius: 4px; color: $text; }
QAbstractItemView::item:hover { background: $hover; }
QAbstractItemView::item:selected { background: $hover; color: $text; }
QAbstractItemView::item:disabled { color: $disabled; }
QAbstractItemView[titled="true"]::item:disabled { color: $secondary; }
QHeaderView::section {
    background: transparent; color: $secondary; border: none; border-bottom: 1px solid $line; padding: 4px 8px;
}

QMenu { background: $raised; border: 1px solid $strong_line; border-radius: 8px; padding: 4px; }
QMenu::item { min-height: 20px; padding: 4px 24px 4px 8px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::right-arrow { image: url("$chevron"); width: 16px; height: 16px; }
QMenu::indicator { width: 16px; height: 16px; margin-left: 6px; }
QMenu::indicator:checked { image: url("$check"); }

QToolTip {
    background: $raised; color: $text; border: 1px solid $strong_line; border-radius: 6px; padding: 5px 7px;
}
QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $accent; }
QProgressBar {
    min-height: 4px; max-height: 4px; border: none; border-radius: 2px; background: $strong_line; color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QProgressBar[tone="error"]::chunk { background: $error; }
QTabBar::tab { background: transparent; color: $secondary; padding: 0 12px; min-height: 28px; border: none; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar:focus { border: 2px solid $accent; }
QLabel[cap="true"] {
    background: $raised; border: 1px solid $strong_line; border-radius: 4px; padding: 1px 5px; color: $secondary;
}
QFrame[line="true"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
""")


def sheet(values: Mapping[str, str]) -> str:
    """The style sheet with a theme's colours, and the files of its small pictures, filled in."""
    return _SHEET.substitute(values)
