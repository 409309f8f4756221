"""Videos that were moved or renamed: the person names a file, and the project shows that one from then on."""

from pathlib import Path
from typing import Final

from msgspec.structs import replace

from studio.errors import Explanation
from studio.model.edits import SetPictures, Several
from studio.model.pictures import Pictures
from studio.model.project import Media, Project
from studio.session.desk import Desk

_SAME_S: Final = 0.1


def find_video(desk: Desk) -> None:
    """Ask where the video is that cannot be shown now; others that lie beside it are found with it."""
    lost = _lost(desk)
    if lost is None:
        return
    if desk.document.read_only is not None:
        desk.asks.show(desk.document.read_only)
        return
    picked = desk.asks.open_files(f"Where is {Path(lost.path).name}?")
    if not picked:
        return

    def then(seen: Pictures | None) -> None:
        if seen is None:
            desk.asks.show(_nothing_in(picked[0]))
        elif _same(lost, seen) or desk.asks.confirm(_another(lost, seen), "Show this one"):
            _relink(desk, lost.path, seen)
            _look_beside(desk, picked[0].parent)

    desk.video.look_into(str(picked[0]), lost.begins_s, then)


def _look_beside(desk: Desk, folder: Path) -> None:
    """Find the project's other missing videos by their names, where the files are surely the same."""
    wanted = {path: seen for path, seen in _videos(desk.document.project).items() if Path(path).parent != folder}

    def missing() -> dict[str, Pictures]:
        return {p: seen for p, seen in wanted.items() if not Path(p).is_file() and (folder / Path(p).name).is_file()}

    def look(found: dict[str, Pictures]) -> None:
        for path, lost in found.items():

            def then(seen: Pictures | None, lost: Pictures = lost) -> None:
                if seen is not None and _same(lost, seen):
                    _relink(desk, lost.path, seen)

            desk.video.look_into(str(folder / Path(path).name), lost.begins_s, then)

    if wanted:
        desk.background.do(lambda _report: missing(), look)


def _relink(desk: Desk, path: str, seen: Pictures) -> None:
    media = tuple(one for one in desk.document.project.media if one.pictures is not None and one.pictures.path == path)
    if seen.path != path and media:
        edits = tuple(SetPictures(media=one.id, pictures=_shown(one, seen)) for one in media)
        desk.document.do(Several(label_text="Find the video", edits=edits))
        desk.asks.toast(f"Found {Path(seen.path).name}")
    desk.video.try_again()


def _shown(medium: Media, seen: Pictures) -> Pictures:
    """The new file, heard from the same moment on as this medium was in the old one."""
    assert medium.pictures is not None
    begins_s = medium.pictures.begins_s
    return replace(seen, begins_s=begins_s, length_s=max(0.0, seen.begins_s + seen.length_s - begins_s))


def _lost(desk: Desk) -> Pictures | None:
    """The video at the playhead, else the first of the project."""
    moment = desk.video.moment
    return moment.pictures if moment is not None else next(iter(_videos(desk.document.project).values()), None)


def _videos(project: Project) -> dict[str, Pictures]:
    """Each video of a project once, in the order of its media."""
    return {one.pictures.path: one.pictures for one in reversed(project.media) if one.pictures is not None}


def _same(known: Pictures, seen: Pictures) -> bool:
    """Whether a file can be taken for the one that was imported."""
    sizes = (known.width, known.height) == (seen.width, seen.height)
    return sizes and abs(known.length_s - seen.length_s) <= _SAME_S


def _another(known: Pictures, seen: Pictures) -> Explanation:
    return Explanation(
        code="video.another",
        title=f"{Path(seen.path).name} is another video.",
        cause=f"It has {_facts(seen)}; {Path(known.path).name} had {_facts(known)}.",
        remedy="The sound stays as it is, and the pictures may not belong to it.",
    )


def _nothing_in(path: Path) -> Explanation:
    return Explanation(
        code="video.no_pictures",
        title=f"{path.name} is not shown.",
        cause="There are no pictures in it that the studio can decode.",
        remedy="Choose the video itself, or a copy of it as MP4.",
    )


def _facts(pictures: Pictures) -> str:
    return f"{pictures.length_s:.1f} s of {pictures.width} × {pictures.height}"
