"""The words of the command line, before any worker is asked."""

import io
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from studio import __version__
from studio.__main__ import wants_window
from studio.cli import bench, export, scratch
from studio.cli.output import new_folder, new_text
from studio.cli.progress import Progress
from studio.cli.verbs import VERBS, WrongCall, verb
from studio.errors import StudioError
from studio.model.project import Project
from studio.protocol.jobs import ExportSpec


def python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_asking_who_it_is_loads_neither_numpy_nor_qt(word: str) -> None:
    code = f"import sys; sys.argv = ['studio', '{word}']; from studio.__main__ import main; main(); print(*sys.modules)"
    done = python("-c", code)

    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert done.returncode == 0
    assert __version__ in done.stdout
    assert loaded.isdisjoint({"numpy", "PySide6", "av", "msgspec"})


def test_the_help_names_every_verb() -> None:
    text = python("-m", "studio", "--help").stdout

    assert all(f"  {verb.name} " in text for verb in VERBS)
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", [verb.name for verb in VERBS])
def test_every_verb_explains_itself(name: str) -> None:
    found = verb(name)
    assert found is not None
    parser = ArgumentParser(prog=f"studio {name}")
    found.load().arguments(parser)

    assert all(action.help for action in parser._actions)


def test_a_word_that_is_no_verb_is_a_wrong_call_with_a_guess() -> None:
    done = python("-m", "studio", "ptich", "--json")

    assert done.returncode == 2
    assert "Did you mean pitch?" in done.stderr
    assert msgspec.json.decode(done.stdout)["error"]["code"] == "call.wrong"


@pytest.mark.parametrize(
    "words",
    [("export", "song"), ("export", "song", "--out", "a.wav", "--rate", "fast"), ("pitch",), ("doctor", "--louder")],
    ids=" ".join,
)
def test_words_that_a_verb_does_not_know_are_a_wrong_call_also_for_other_programs(words: tuple[str, ...]) -> None:
    done = python("-m", "studio", *words, "--json")

    assert done.returncode == 2
    error = msgspec.json.decode(done.stdout)["error"]
    assert error["code"] == "call.wrong"
    assert error["sentence"].endswith(".")
    assert f"studio: {error['sentence']}\nSee: studio {words[0]} --help" in done.stderr


def test_the_help_says_what_the_shell_hears() -> None:
    text = python("-m", "studio", "--help").stdout

    assert all(status in text for status in ("status 0", "1 when", "2 when", "130 when you stopped it with Ctrl+C"))


def test_paths_open_the_window_and_verbs_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song").mkdir()

    assert wants_window([])
    assert wants_window(["song"])
    assert wants_window(["gone.wav"])
    assert wants_window(["/somewhere/else"])
    assert not wants_window(["pitch", "song.wav"])
    assert not wants_window(["--version"])
    assert not wants_window(["ptich"])


def spec(*words: str) -> ExportSpec:
    parser = ArgumentParser()
    export.arguments(parser)
    return export.spec_of(parser.parse_args(["project", *words]), Project(name="Song", rate_hz=48000))


def test_an_export_is_what_its_words_say() -> None:
    assert spec("--out", "a.mp3", "--from", "1:02.5", "--to", "63") == ExportSpec(
        container="mp3", start=3_000_000, stop=3_024_000, title="Song"
    )
    assert spec("--out", "a.wav", "--bits", "16", "--rate", "44100", "--mono", "--lufs", "-14") == ExportSpec(
        container="wav", sample_format="int16", rate_hz=44100, channels=1, loudness_lufs=-14.0, title="Song"
    )
    assert spec("--out", "folder", "--stems", "--format", "flac").split == "tracks"
    assert spec("--out", "folder", "--markers").container == "wav"


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "a.ogg"),
        ("--out", "a.wav", "--from", "10", "--to", "5"),
        ("--out", "a.flac", "--bits", "32f"),
        ("--out", "a.wav", "--lufs", "14"),
        ("--out", "a.wav", "--lufs", "nan"),
        ("--out", "a.wav", "--lufs", "-14", "--peak", "3"),
        ("--out", "a.wav", "--lufs", "-14", "--peak", "nan"),
        ("--out", "a.wav", "--rate", "7"),
        ("--out", "a.wav", "--rate", "-44100"),
        ("--out", "a.wav", "--rate", "400000"),
        ("--out", "a.mp3", "--kbps", "321"),
        ("--out", "a.mp3", "--kbps", "-1"),
        ("--out", "a.opus", "--kbps", "5000"),
        ("--out", "a.wav", "--kbps", "128"),
    ],
)
def test_words_that_make_no_sense_are_refused_in_one_sentence(words: tuple[str, ...]) -> None:
    with pytest.raises(WrongCall, match=r"^[^\n]+\.$"):
        spec(*words)


def test_a_time_that_is_none_is_explained() -> None:
    with pytest.raises(StudioError, match="time"):
        spec("--out", "a.wav", "--from", "soon")


def test_a_file_appears_when_it_is_whole_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    with pytest.raises(TypeError), new_text(path) as file:
        file.writelines(["new", 5])  # type: ignore[list-item]  # the mistake is the point

    assert path.read_text() == "old"
    assert list(tmp_path.glob(".*")) == []

    with new_text(path) as file:
        file.write("new")
    assert path.read_text() == "new"


def test_a_folder_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"output\.unwritable") as refused, new_text(tmp_path / "gone" / "a.csv"):
        pass

    assert refused.value.explanation.cause == f"There is no folder {tmp_path / 'gone'}."


@pytest.mark.parametrize(
    "make", [lambda path: new_text(path / "x.csv").__enter__(), lambda path: new_folder(path / "x")]
)
def test_a_place_where_nobody_may_write_is_not_called_missing(make: Callable[[Path], object]) -> None:
    with pytest.raises(StudioError, match=r"output\.unwritable") as refused:
        make(Path("/proc"))

    assert refused.value.explanation.cause == "Nothing can be written in /proc."
    assert refused.value.explanation.remedy == "Choose another folder."


def test_scratch_folders_of_the_dead_are_removed_and_those_of_the_living_are_not() -> None:
    dead = scratch.folder() / "999999999-1"
    dead.mkdir()

    with scratch.project_folder() as folder:
        assert folder.is_dir()
        assert not dead.exists()
        assert scratch.left_behind() == ()

    assert not folder.exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_taken_away_again() -> None:
    terminal = Terminal()
    shown = Progress(terminal)

    shown.show("Importing", 0.5)
    shown.clear()

    assert "\rImporting, 50%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")
    assert terminal.getvalue().rpartition("\r")[0].rpartition("\r")[2].strip() == ""


def test_progress_says_nothing_in_a_file() -> None:
    plain = io.StringIO()
    Progress(plain).show("Importing", 0.5)

    assert plain.getvalue() == ""


@pytest.mark.parametrize("what", ["gui", "ipc", "shm"])
def test_every_measurement_that_bench_offers_is_there(what: str) -> None:
    assert callable(bench.measure_of(what))
