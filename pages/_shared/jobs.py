"""Work that takes seconds: a thread of this process does it, and the page asks how far it is.

One server process has many threads (gunicorn.conf.py), so a job is known to every request; what has been worked out for
the screen is at hand for the document. One job runs at a time, the others wait.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from analytics.exports._atomic import scratch_folder

__all__ = ["Job", "Jobs", "Refused", "Result"]

_KEPT = 12
_MOST_WAITING = 4
Progress = Callable[[float, str], None]


class Refused(Exception):
    """The job cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Result:
    """What a job made: the file, the name to save it under, and what its reader should know."""

    file: Path
    name: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """How far a job is. share: 0 to 1. said: why it failed, or what its reader should know."""

    id: str
    state: Literal["waiting", "running", "ready", "failed"] = "waiting"
    share: float = 0.0
    what: str = "Starting"
    said: tuple[str, ...] = ()
    result: Result | None = None


class Jobs:
    """The jobs of one server. Their files lie in a folder of their own that goes with the server."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._folder = scratch_folder("documents")

    def start(self, work: Callable[[Path, Progress], Result]) -> Job:
        """Begin: `work` gets a folder to write into and a function to say how far it is.

        Raises Refused where too many are waiting.
        """
        job = Job(secrets.token_urlsafe(12))
        with self._lock:
            ahead = sum(one.state in {"waiting", "running"} for one in self._jobs.values())
            if ahead > _MOST_WAITING:
                raise Refused("Several documents are being made already. Try again in a minute.")
            if ahead:
                job = replace(job, what="Waiting for another document")
            self._jobs[job.id] = job
            self._forget_old()
        threading.Thread(target=self._run, args=(job.id, work), daemon=True, name=f"job {job.id}").start()
        return job

    def find(self, id: str) -> Job | None:
        """How far the job is; None where it is not known (any more)."""
        with self._lock:
            return self._jobs.get(id)

    def _run(self, id: str, work: Callable[[Path, Progress], Result]) -> None:
        folder = Path(self._folder.name) / id
        with self._turn:
            self._set(id, state="running", what="Starting")
            try:
                folder.mkdir(parents=True)
                made = work(folder, lambda share, what: self._set(id, share=share, what=what))
                self._set(id, state="ready", share=1.0, what="Ready", said=made.said, result=made)
            except Refused as refused:
                self._set(id, state="failed", what="Not made", said=(str(refused),))
            except Exception as error:
                logging.getLogger(__name__).exception("a document could not be made")
                self._set(id, state="failed", what="Not made", said=(f"{type(error).__name__}: {error}",))

    def _set(self, id: str, **changes: object) -> None:
        with self._lock:
            if id in self._jobs:
                self._jobs[id] = replace(self._jobs[id], **changes)  # type: ignore[arg-type]

    def _forget_old(self) -> None:
        done = [one for one in self._jobs.values() if one.state in {"ready", "failed"}]
        for old in done[: max(len(self._jobs) - _KEPT, 0)]:
            if old.result:
                old.result.file.unlink(missing_ok=True)
            del self._jobs[old.id]
