"""The assessment's addresses: commentary, the findings of its sections, and the files, made while the page looks on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
import orjson
from flask import Flask, Response, current_app, request, send_file

from analytics.context import load_context
from analytics.exports import kept
from analytics.exports.assessment import SUFFIXES, Assessment, Commentary, collect, file_stem, write_assessment
from analytics.exports.disclosure import DisclosureError
from analytics.selection import Selection
from data.errors import StateConflict, StateError, StoreError
from data.state import Document
from data.warehouse import Snapshot
from pages._shared import server
from pages._shared.jobs import Job, Jobs, Refused, Result

__all__ = ["register"]

_JOBS = "CSP_JOBS"
_KINDS = {suffix.removeprefix("."): suffix for suffix in SUFFIXES}
_MIME = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LONGEST_NAME = 80


def register(app: Flask) -> None:
    """Add the assessment's addresses to Flask."""
    app.config[_JOBS] = Jobs()
    app.add_url_rule("/assessment/commentary.json", view_func=all_commentary)
    app.add_url_rule("/assessment/commentary/<section>.json", view_func=save, methods=["POST"])
    app.add_url_rule("/assessment/findings.json", view_func=findings)
    app.add_url_rule("/assessment/build.json", view_func=build, methods=["POST"])
    app.add_url_rule("/assessment/job/<job_id>.json", view_func=job)
    app.add_url_rule("/assessment/file/<job_id>", view_func=file)
    app.add_url_rule("/assessment/keep.json", view_func=keep, methods=["POST"])


# ---- Commentary ----


def all_commentary() -> Response:
    """Every section's commentary, and what an assessment can be compared with."""
    store = server.warehouse().store_folder
    try:
        session = kept.session_of(store, request.query_string.decode("utf-8", "replace"))
        held = {key: _written(kept.read_commentary(store, key, session)) for key in kept.SECTIONS}
        name = kept.session_name(store, session)
        earlier = [{"id": one.id, "name": one.name} for one in kept.earlier_editions(store, session=session)]
    except StateError as error:
        return _refused(str(error), 503)
    return _json({"sections": held, "earlier": earlier, "session": session, "session_name": name})


def save(section: str) -> Response:
    """Save a section's commentary. Body: {"text": …, "version": the version that was read}.

    Where somebody else saved in the meantime nothing is saved, and the answer holds their text under "theirs".
    """
    body = _body()
    if isinstance(body, Response):
        return body
    text, version = body.get("text"), body.get("version")
    if not isinstance(text, str) or not isinstance(version, int):
        return _refused("A text and the version that was read are needed.", 400)
    store = server.warehouse().store_folder
    try:
        session = kept.session_of(store, str(body.get("query") or ""))
        saved = kept.save_commentary(store, section, text, version=version, session=session)
    except StateConflict as conflict:
        theirs = kept.as_commentary(conflict.current if isinstance(conflict.current, Document) else None)
        return _json({"said": str(conflict), "theirs": _written(theirs)})
    except ValueError as error:
        return _refused(f"Not saved: {error}.", 400)
    except StateError as error:
        return _refused(str(error), 503)
    return _json(_written(saved))


def _written(commentary: Commentary) -> dict[str, Any]:
    return {"text": commentary.text, "version": commentary.version, "changed": commentary.changed}


# ---- Findings ----


def findings() -> Response:
    """For each section: its findings with the page each comes from, what is absent, and what should be looked at."""
    query = request.query_string.decode("utf-8", "replace")
    try:
        made = collect(server.snapshot(), query, commentary=_commentary(query))
    except (StateError, DisclosureError) as error:
        return _refused(str(error), 503)
    paths = {page["module"].rpartition(".")[2]: page["path"] for page in dash.page_registry.values()}
    sections = {"summary": _of_section([], " ".join(said.text for said in made.cautions), "", [])}
    for built in made.sections:
        found = [
            {
                "finding": block.finding,
                "key": block.key.name,
                "path": paths.get(block.page, ""),
                "summary": block.item.lead,
            }
            for block in built.blocks
        ]
        absent = built.absent.text if built.absent else ""
        to_do = built.to_do.text if built.to_do else ""
        sections[built.section.key] = {
            **_of_section(found, absent, to_do, [said.text for said in built.nothing]),
            "said": [said.text for said in built.said],
        }
    return _json({"sections": sections, "said": _warnings(made), "period": made.period})


def _of_section(found: list[dict[str, Any]], absent: str, to_do: str, nothing: list[str]) -> dict[str, Any]:
    return {"findings": found, "absent": absent, "to_do": to_do, "nothing": nothing, "said": []}


def _warnings(made: Assessment) -> list[str]:
    failed = [f"The panel {panel} could not be worked out: {reason}." for panel, reason in made.failed]
    return [*made.warnings, *failed]


def _commentary(query: str) -> dict[str, Commentary]:
    store = server.warehouse().store_folder
    return kept.commentary_of(store, kept.session_of(store, query))


# ---- Files ----


def build() -> Response:
    """Begin a file. Body: {"kind": "docx" | "pptx" | "xlsx", "query": …, "since": id or ""}; answers with the job."""
    body = _body()
    if isinstance(body, Response):
        return body
    kind, query, since = (str(body.get(name) or "") for name in ("kind", "query", "since"))
    if kind not in _KINDS:
        return _refused("Choose a Word document, slides or a data pack.", 400)
    snapshot, store = server.snapshot(), server.warehouse().store_folder
    try:
        commentary = _commentary(query)
        begun = _jobs().start(_work(snapshot, store, _KINDS[kind], query, since, commentary))
    except (StateError, Refused) as error:
        return _refused(str(error), 503)
    return _json(_seen(begun), 202)


def _work(
    snapshot: Snapshot, store: Path, suffix: str, query: str, since: str, commentary: dict[str, Commentary]
) -> Callable[[Path, Callable[[float, str], None]], Result]:
    def work(folder: Path, progress: Callable[[float, str], None]) -> Result:
        context = load_context(snapshot)
        selection, _ = Selection.from_query(query, context)
        name = file_stem(context, selection) + suffix
        try:
            if since:
                progress(0.0, "The earlier assessment")
            before = kept.earlier_edition(store, since) if since else None
            made = write_assessment(
                snapshot, [folder / name], query, commentary=commentary, before=before, progress=progress
            )
        except (DisclosureError, StateError, StoreError, ValueError) as error:
            raise Refused(str(error)) from error
        return Result(folder / name, name, tuple(_warnings(made)))

    return work


def job(job_id: str) -> Response:
    """How far a job is."""
    found = _jobs().find(job_id)
    if found is None:
        return _refused("This document is not here any more. Make it again.", 404)
    return _json(_seen(found))


def file(job_id: str) -> Response:
    """The finished file."""
    found = _jobs().find(job_id)
    if found is None or found.result is None or not found.result.file.is_file():
        return _refused("This document is not here any more. Make it again.", 404)
    made = found.result
    answer = send_file(
        made.file, mimetype=_MIME[made.file.suffix], as_attachment=True, download_name=made.name, max_age=0
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def keep() -> Response:
    """Keep this assessment under a name, to compare with next time. Body: {"name": …, "query": …}."""
    body = _body()
    if isinstance(body, Response):
        return body
    name, query = str(body.get("name") or "").strip(), str(body.get("query") or "")
    if not name or len(name) > _LONGEST_NAME:
        return _refused(f"A name of at most {_LONGEST_NAME} characters is needed.", 400)
    try:
        made = collect(server.snapshot(), query)
        kept.keep_edition(server.warehouse().store_folder, made.edition, name)
    except (StateError, DisclosureError) as error:
        return _refused(str(error), 503)
    return _json({"name": name, "period": made.period})


def _seen(found: Job) -> dict[str, Any]:
    return {
        "id": found.id,
        "state": found.state,
        "share": round(found.share, 3),
        "what": found.what,
        "said": found.said,
        "name": found.result.name if found.result else "",
    }


def _jobs() -> Jobs:
    jobs: Jobs = current_app.config[_JOBS]
    return jobs


def _body() -> dict[str, Any] | Response:
    """The request's JSON, where a page of ours sent it: no form of another site can set this header."""
    if request.headers.get("X-Dashboard") != "1":
        return _refused("This was not sent by the dashboard.", 403)
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else _refused("This request cannot be read.", 400)


def _json(value: Any, status: int = 200) -> Response:
    answer = Response(orjson.dumps(value), status=status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refused(words: str, status: int) -> Response:
    return Response(words + "\n", status=status, mimetype="text/plain")
