"""The real studio, window and all, that begins to record by itself and says how far it has come, until it is ended."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio import app, paths
from studio.desktop import Studio
from studio.session.settings_file import SettingsFile


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(microphone: str) -> int:
    settings = SettingsFile(paths.config() / "settings.json")
    settings.change("recording", device=microphone)
    settings.close()
    beginning = Studio.beginning

    def begin_and_record(studio: Studio, asked: Sequence[Path] = ()) -> Iterator[None]:
        transport = studio.transport
        studio.live.ready.connect(lambda _ready: transport.record())
        transport.take_started.connect(lambda _taking: say(studio.document.folder))
        transport.state_changed.connect(lambda: say(transport.take_frames))
        yield from beginning(studio, asked)

    Studio.beginning = begin_and_record  # type: ignore[method-assign, assignment] # the only door
    return app.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
