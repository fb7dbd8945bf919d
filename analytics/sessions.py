"""Where a workshop's judgement comes from: asked for by the session named in the address, answered by who keeps it.

Whoever keeps sessions says so once with :func:`use`; analytics knows nothing of how they are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from analytics.judgement import Judgement

__all__ = ["Sessions", "change_judgement", "session_judgement", "use"]


class Sessions(Protocol):
    """What a keeper of sessions answers. `folder`: of the snapshot that serves, in whose store the session is kept."""

    def judgement(self, folder: str, session: str) -> Judgement | None:
        """The judgement of a session as it stands; None where there is no such session."""
        ...

    def change(self, folder: str, session: str, change: Callable[[Judgement], Judgement]) -> Judgement:
        """Change a session's judgement in one piece, and give it back: `change` is handed what stands there now.

        Raises JudgementError in plain words where it may not be changed (locked, gone).
        """
        ...


class _NoSessions:
    def judgement(self, folder: str, session: str) -> Judgement | None:
        return None

    def change(self, folder: str, session: str, change: Callable[[Judgement], Judgement]) -> Judgement:
        raise LookupError("sessions are not kept here")


_keeper: list[Sessions] = [_NoSessions()]


def use(keeper: Sessions) -> None:
    """Ask this keeper from now on."""
    _keeper[0] = keeper


def session_judgement(folder: str, session: str) -> Judgement | None:
    """The judgement of a session as it stands; None where there is no such session."""
    return _keeper[0].judgement(folder, session)


def change_judgement(folder: str, session: str, change: Callable[[Judgement], Judgement]) -> Judgement:
    """Change a session's judgement in one piece. Raises JudgementError where it may not be changed."""
    return _keeper[0].change(folder, session, change)
