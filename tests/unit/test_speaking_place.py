"""Where spoken lines come to lie: one behind the other, whatever was spoken first, edited or taken away."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.model.edits import AddLines, SetSpeaker
from studio.model.project import Media, MediaId, Project
from studio.model.script import NEW_LINE_S
from studio.model.spoken import Line, LineId, Script, Speaker, SpeakerId, Take, TakeId
from studio.session.speaking_place import chosen, clip_of, landed, removed

RATE = 48000
GAP = round(NEW_LINE_S * RATE)


def script(count: int) -> Project:
    lines = tuple(Line(id=LineId(f"l{n}"), text=f"Line {n}.") for n in range(count))
    return AddLines(lines, 0).apply(Project(rate_hz=RATE))


def speak(project: Project, line: int, length: int = RATE, name: str = "") -> Project:
    name = name or f"{line}-{length}-{len(project.media)}"
    media = Media(id=MediaId(name), name=name, file=f"media/{name}.wav", rate_hz=RATE, channels=1, length=length)
    take = Take(id=TakeId(name), media=name, text="", voice="v", voice_name="V", engine="basic", seed=0)
    return landed(project, LineId(f"l{line}"), take, media).apply(project)


def spans(project: Project) -> list[tuple[int, int]]:
    clips = [clip_of(project, line) for line in project.script.lines]
    return [(clip.start, clip.end) for clip in clips if clip is not None]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(100, 3 * RATE)), max_size=8))
def test_lines_lie_in_the_order_of_the_script_and_never_on_each_other(spoken: list[tuple[int, int]]) -> None:
    project = script(5)
    for line, length in spoken:
        project = speak(project, line, length)

    places = spans(project)
    assert places == sorted(places)
    assert all(second[0] - first[1] >= GAP for first, second in pairwise(places))
    assert len(list(project.clips)) == len({line for line, _ in spoken})


def test_a_longer_take_moves_what_follows_and_a_chosen_one_moves_it_back() -> None:
    project = speak(speak(speak(script(3), 0), 1), 2)
    before = spans(project)
    first = project.script.lines[1].takes[0]

    longer = speak(project, 1, 2 * RATE)
    assert spans(longer) == [before[0], (before[1][0], before[1][1] + RATE), tuple(at + RATE for at in before[2])]
    assert spans(chosen(longer, LineId("l1"), first).apply(longer)) == before
    newest = longer.script.lines[1].takes[1]
    assert spans(removed(longer, LineId("l1"), newest).apply(longer)) == before
    alone = removed(project, LineId("l1"), first).apply(project)
    assert len(spans(alone)) == 2
    assert alone.script.lines[1].takes == ()


def test_each_speaker_has_a_track_of_his_own() -> None:
    project = SetSpeaker(Speaker(id=SpeakerId("cat"), name="Cat")).apply(script(3))
    lines = project.script.lines
    spoken_by_cat = replace(lines[1], speaker=SpeakerId("cat"))
    project = replace(project, script=replace(project.script, lines=(lines[0], spoken_by_cat, lines[2])))

    project = speak(speak(speak(project, 0), 1), 2)

    assert [(track.name, len(track.clips)) for track in project.tracks] == [("Narrator", 2), ("Cat", 1)]


def test_the_newest_take_counts_until_another_one_is_the_favourite() -> None:
    project = speak(speak(script(1), 0, name="one"), 0, name="two")
    line = project.script.lines[0]
    assert line.take is not None
    assert line.take.id == "two"

    project = chosen(project, line.id, line.takes[0]).apply(project)
    assert project.script.lines[0].take == replace(line.takes[0], favourite=True)
    newest = speak(project, 0, name="three").script.lines[0]
    assert newest.take is not None
    assert newest.take.id == "three"


def test_a_script_says_who_speaks() -> None:
    assert Script().speakers[0].name == "Narrator"
