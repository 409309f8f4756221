"""What a person is told to do can be done: every command that the studio names is there under that name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import studio
from studio.commands import ALL

_SOURCE = Path(studio.__file__).parent


def quoted() -> Iterator[tuple[str, str]]:
    """Every text in “…” in a remedy, with the place of it; names of files and sounds are filled in and have none."""
    for file in sorted(_SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "remedy":
                for words in re.findall("“([^”]+)”", text_of(node.value)):
                    yield f"{file.relative_to(_SOURCE)}:{node.value.lineno}", words


def text_of(value: ast.expr) -> str:
    """All words of a string, an f-string or a choice between them; what is filled in is left out."""
    return "".join(
        part.value for part in ast.walk(value) if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def test_remedies_do_name_commands() -> None:
    assert any(words == "Find missing sound…" for _, words in quoted())


def test_the_commands_that_remedies_name_exist() -> None:
    titles = {command.title for command in ALL}
    assert [f"{place} names “{words}”" for place, words in quoted() if words not in titles] == []
