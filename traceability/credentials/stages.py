"""Names in both languages, as they enter credentials that any country reads. Pure."""

from traceability.events.errors import KindUnknownError
from traceability.events.kinds import kind

_STATUS_STAGES = {
    "hold": "Tạm ngừng lưu thông · Held",
    "release": "Cho lưu thông lại · Released",
}


def both(vi: str, en: str) -> str:
    """Return a name in Vietnamese and, where it differs, in English."""
    return f"{vi} · {en}" if en and en != vi else vi


def stage_name(stage: str) -> str:
    """Return what kind of work an event was."""
    known = _STATUS_STAGES.get(stage)
    if known:
        return known
    try:
        name = kind(stage).name
    except KindUnknownError:
        return stage
    return both(name.vi, name.en)
