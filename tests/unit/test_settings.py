"""The settings: declared once, kept in a file that may be damaged, written off the UI thread."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect
from pytestqt.qtbot import QtBot

from studio.session.settings_file import SettingsFile
from studio.settings.schema import Settings


def leaves(kind: inspect.Type, name: str = "") -> Iterator[tuple[str, inspect.Type]]:
    """Every setting with its full name."""
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield from leaves(field.type, f"{name}.{field.name}".strip("."))
    elif name != "version":
        yield name, kind


@pytest.mark.parametrize(("name", "kind"), list(leaves(inspect.type_info(Settings))))
def test_every_setting_can_explain_itself(name: str, kind: inspect.Type) -> None:
    assert isinstance(kind, inspect.Metadata), name
    assert kind.extra_json_schema is not None
    assert {"title", "description"} <= kind.extra_json_schema.keys(), name


def test_the_defaults_obey_their_own_limits() -> None:
    assert msgspec.convert(msgspec.to_builtins(Settings(), str_keys=True), Settings) == Settings()


def test_the_network_is_off_until_a_person_allows_it() -> None:
    assert Settings().privacy.network is False


def test_a_change_is_there_at_the_next_start(tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "settings.json"
    settings = SettingsFile(path)

    with qtbot.waitSignal(settings.changed) as told:
        settings.change("appearance", theme="light")
    settings.close()

    assert told.args == [settings.value]
    again = SettingsFile(path)
    assert again.value.appearance.theme == "light"
    again.close()


def test_of_many_quick_changes_the_last_one_is_written(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "settings.json")
    for step in range(200):
        settings.change("pitch", a4_hz=400.0 + step / 10)
    settings.close()

    assert SettingsFile(tmp_path / "settings.json").value.pitch.a4_hz == pytest.approx(419.9)
    assert [path.name for path in tmp_path.glob("settings*")] == ["settings.json"]


def test_a_value_outside_its_limits_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "settings.json")

    with pytest.raises(msgspec.ValidationError):
        settings.change("pitch", a4_hz=1000.0)

    assert settings.value == Settings()
    settings.close()


def test_a_setting_that_an_older_version_did_not_have_is_its_default(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"version": 1, "appearance": {"theme": "light"}, "from_the_future": 3}')

    settings = SettingsFile(path)

    assert settings.notice is None
    assert settings.value.appearance.theme == "light"
    assert settings.value.pitch == Settings().pitch
    settings.close()


@given(content=st.binary(max_size=200))
def test_a_damaged_file_gives_the_defaults_a_notice_and_is_kept(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    path.write_bytes(b'{"appearance": {"theme": "light"' + content)

    settings = SettingsFile(path)

    if settings.notice is not None:
        assert settings.value == Settings()
        assert settings.notice.remedy
        assert not path.exists()
        assert path.with_name("settings.json.damaged").exists()
    settings.close()


def test_a_value_of_the_wrong_kind_is_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"pitch": {"a4_hz": "loud"}}')

    settings = SettingsFile(path)

    assert settings.notice is not None
    assert settings.notice.code == "settings.damaged"
    assert settings.value == Settings()
    settings.close()


def test_a_disk_that_cannot_be_written_to_costs_nothing_but_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = SettingsFile(tmp_path / "file" / "settings.json")

    settings.change("appearance", theme="light")
    settings.close()

    assert settings.value.appearance.theme == "light"
