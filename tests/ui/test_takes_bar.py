"""In which order takes stand in the strip."""

from studio.model.project import Project
from studio.session import placing
from studio.session.looping import Loop
from studio.ui.sing.takes_bar import takes_of
from tests.helpers.projects import medium


def test_the_newest_take_is_first_and_of_a_loop_the_last_pass() -> None:
    first = (medium("m1", 100, file="takes/one/000.wav"),)
    project = placing.placed_take(Project(), first, None, 0, name="Take 1").apply(Project())
    loop = (medium("m2", 25_000, file="takes/two/000.wav"),)
    project = placing.placed_passes(project, loop, None, 1000, Loop(1000, 11_000), heard=True).apply(project)

    assert [clip.name for clip in takes_of(project)] == ["Take 4", "Take 3", "Take 2", "Take 1"]
