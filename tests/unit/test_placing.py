"""How takes are called once they are in a project."""

import pytest

from studio.model.project import Project, TrackId
from studio.session import placing
from tests.helpers.projects import medium

FIRST = (medium("m1", 100, file="takes/20261121-031200-ab/000.wav"),)
SECOND = tuple(medium(f"m{part}", 100, file=f"takes/20261121-031500-cd/00{part}.wav") for part in (2, 3))


@pytest.fixture
def project() -> Project:
    """Two takes, the second of two files, recorded one after the other."""
    project = Project()
    for segments, start in ((FIRST, 0), (SECOND, 1000)):
        name = f"Take {placing.take_number(project)}"
        project = placing.placed_take(project, segments, TrackId("t"), start, name=name).apply(project)
    return project


def test_takes_are_counted_and_no_id_is_seen(project: Project) -> None:
    assert [media.name for media in project.media] == ["Take 1", "Take 2", "Take 2, part 2"]
    assert [clip.name for clip in project.clips] == ["Take 1", "Take 2", "Take 2"]
    assert [track.name for track in project.tracks] == ["Take 1"]


def test_a_take_without_a_sample_leaves_no_trace() -> None:
    edit = placing.placed_take(Project(), (), TrackId("t"), 0, name="Take 1")

    assert edit.apply(Project()) == Project()
