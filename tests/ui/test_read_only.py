"""A project that another window has open: everything can be looked at and heard, and nothing pretends more."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QWidget

from studio.model.edits import RenameProject
from studio.model.project import ClipId, TrackId
from studio.session.document import Document
from studio.ui.window import MainWindow


@pytest.fixture
def first(window: MainWindow) -> Iterator[Document]:
    """The window that was there first; ours is the second."""
    document = window.desk.document
    folder = document.folder
    document.close()
    there = Document()
    there.open(folder)
    document.open(folder)
    assert document.read_only is not None
    yield there
    there.close()


def typed_into(panel: QWidget) -> list[QWidget]:
    fields = [field for kind in (QLineEdit, QAbstractSpinBox, QPlainTextEdit) for field in panel.findChildren(kind)]
    return [field for field in fields if field.isVisible() and field.isEnabled()]


def test_the_header_says_so_all_the_time(window: MainWindow, first: Document) -> None:
    assert window.parts.header.lock.isVisible()
    assert window.parts.header.lock.text() == "Read only"
    why = window.desk.document.read_only
    assert why is not None
    assert why.cause in window.parts.header.lock.toolTip()


def test_no_field_can_be_typed_into_and_each_says_why(window: MainWindow, first: Document) -> None:
    inspector = window.parts.right.inspector
    why = window.desk.document.read_only
    assert why is not None
    assert typed_into(inspector) == []
    assert why.cause in inspector.project.name.toolTip()

    window.desk.selection.set_clips([ClipId("a")], window.desk.document.project)
    assert inspector.clip.isVisible()
    assert typed_into(inspector) == []
    for field in (inspector.clip.gain, inspector.clip.shape_in, inspector.track.mute):
        assert not field.isEnabled()
        assert why.cause in field.toolTip()

    head = window.parts.timeline.heads.header(TrackId("vox"))
    assert head is not None
    head.begin_renaming()
    assert typed_into(head) == []


def test_fields_can_be_typed_into_again_in_a_project_of_ones_own(window: MainWindow, first: Document) -> None:
    inspector = window.parts.right.inspector
    before = inspector.project.tuning.toolTip()
    assert "Read only" in before

    window.desk.document.new_untitled()
    window.desk.document.do(RenameProject(name="Mine"))
    assert window.parts.header.lock.isHidden()
    assert inspector.project.name.isEnabled()
    assert inspector.project.tuning.isEnabled()
    assert "Read only" not in inspector.project.tuning.toolTip()
