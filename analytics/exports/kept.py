"""What is kept for the assessment beside the snapshots: the analyst's commentary, and editions to compare with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode

from analytics.exports.assessment import Commentary, make_edition
from analytics.exports.editions import Edition, edition_from_json, edition_to_json
from analytics.exports.outline import OUTLINE, SUMMARY
from data.state import Document, State, list_documents, list_sessions, read_document, read_session, save_document
from data.store import Store
from data.warehouse import Snapshot

__all__ = [
    "MOST_CHARACTERS",
    "SECTIONS",
    "Earlier",
    "commentary_of",
    "earlier_edition",
    "earlier_editions",
    "keep_edition",
    "read_commentary",
    "save_commentary",
    "session_name",
    "session_of",
]

COMMENTARY, EDITION = "assessment commentary", "assessment edition"
SECTIONS = {section.key: section.title for section in (SUMMARY, *OUTLINE)}
"""The sections that take commentary: key → title."""
MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Earlier:
    """Something to compare with: what to write after --since, and its words. kept: an assessment that was kept, not
    one that is made again from its snapshot."""

    id: str
    name: str
    kept: bool


def commentary_of(store: Path | str, session: str = "") -> dict[str, Commentary]:
    """The commentary by section key: the partnership's own, or that of one session."""
    kept = (read_commentary(store, key, session) for key in SECTIONS)
    return {key: found for key, found in zip(SECTIONS, kept, strict=True) if found.version}


def session_of(store: Path | str, query: str) -> str:
    """The workshop's session a query names, where the store has it; "": the partnership's own commentary."""
    asked = (parse_qs(query.lstrip("?")).get("session") or [""])[0]
    found = read_session(State(store), asked) if asked else None
    return found.id if found else ""


def session_name(store: Path | str, session: str) -> str:
    """The name of a session; "" without one. Raises StateError."""
    found = read_session(State(store), session) if session else None
    return found.name if found else ""


def read_commentary(store: Path | str, section: str, session: str = "") -> Commentary:
    """One section's commentary; version 0 and no text where nothing was written. Raises StateError."""
    return as_commentary(read_document(State(store), COMMENTARY, _id(section, session)))


def save_commentary(store: Path | str, section: str, text: str, *, version: int, session: str = "") -> Commentary:
    """Save one section's commentary over the version that was read.

    Raises StateConflict, with the other text in `current`, where someone else saved since; ValueError for a section
    that is not known or a text that is too long; StateError where it cannot be written.
    """
    if section not in SECTIONS:
        raise ValueError(f"there is no section called {section[:40]!r}")
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"the commentary has {len(text):,} characters; {MOST_CHARACTERS:,} are the most")
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    saved = save_document(
        State(store), COMMENTARY, {"text": text}, name=SECTIONS[section], id=_id(section, session), version=version
    )
    return as_commentary(saved)


def as_commentary(document: Document | None) -> Commentary:
    """A kept document as commentary; None: nothing written yet, version 0."""
    if document is None:
        return Commentary("", 0)
    body = document.body if isinstance(document.body, dict) else {}
    return Commentary(str(body.get("text") or ""), document.version, document.changed)


def _id(section: str, session: str) -> str:
    return f"{session}:{section}" if session else section


def keep_edition(store: Path | str, edition: Edition, name: str) -> None:
    """Keep an edition under a name; one of the same name is replaced. Raises StateError."""
    state = State(store)
    same = next((kept for kept in list_documents(state, EDITION) if kept.name == name.strip()), None)
    save_document(state, EDITION, edition_to_json(edition), name=name, id=same.id if same else None)


def earlier_editions(store: Path | str, *, session: str = "") -> list[Earlier]:
    """What an assessment can be compared with: those kept by name, workshop sessions but the one asked about, then the
    store's snapshots but the current one."""
    state, here = State(store), Store(store)
    kept = [
        Earlier(document.id, f"{document.name}, kept {document.changed[:10]}", True)
        for document in list_documents(state, EDITION)
    ]
    there = here.snapshots()
    held = [
        Earlier(
            one.id, f"Workshop “{one.name}”, {'locked ' + one.locked[:10] if one.locked else one.changed[:10]}", False
        )
        for one in list_sessions(state)
        if one.id != session and one.snapshot in there
    ]
    current = here.current()
    older = [name for name in reversed(there) if name != current]
    dated = [Earlier(name, f"Snapshot of {name[:4]}-{name[4:6]}-{name[6:8]} ({name})", False) for name in older]
    return [*kept, *held, *dated]


def earlier_edition(store: Path | str, asked: str) -> Edition:
    """The edition asked for: by the id or name of a kept one or of a workshop's session, or a snapshot's id with or
    without a query. A session's is made from the snapshot, period and judgement it was held on.

    Raises ValueError where there is none of that name or its snapshot is not kept any more, StoreError where the
    snapshot cannot be read, StateError where the session cannot.
    """
    state, here = State(store), Store(store)
    for document in list_documents(state, EDITION):
        if asked in {document.id, document.name}:
            return edition_from_json(document.body)
    held = next((one for one in list_sessions(state) if asked in {one.id, one.name}), None)
    snapshot, _, query = asked.partition("?")
    if held is not None:
        pairs = [pair for pair in parse_qsl(held.query.lstrip("?")) if pair[0] != "session"]
        snapshot, query = held.snapshot, urlencode([*pairs, ("session", held.id)])
        if snapshot not in here.snapshots():
            raise ValueError(
                f"the workshop “{held.name}” was held on snapshot {snapshot}, which is not kept any more: compare with "
                "an assessment that was kept by name"
            )
    snapshot = snapshot or here.current() or ""
    if snapshot not in here.snapshots():
        names = "; ".join(f"“{earlier.id}”" for earlier in earlier_editions(store)) or "none is there yet"
        raise ValueError(
            f"there is no earlier assessment, session or snapshot “{asked[:80]}” to compare with. There are: {names}"
        )
    edition = make_edition(Snapshot.of(here, snapshot), query)
    return replace(edition, session=held.name) if held is not None else edition
