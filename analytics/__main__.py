"""``python -m analytics``: every panel's table, and the strategic assessment, the same figures as on screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analytics import sessions
from analytics.exports.disclosure import DisclosureError
from analytics.exports.evidence import INDEX, write_evidence
from analytics.session_keeper import Keeper
from data.errors import StateError
from data.warehouse import StoreError, Warehouse

if TYPE_CHECKING:
    from analytics.exports.assessment import Assessment
    from analytics.exports.evidence import Evidence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: a panel failed, or the store or the folder cannot be used (one line says why)."""
    parser = argparse.ArgumentParser(prog="python -m analytics", description="What the dashboard says, as files.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    evidence = commands.add_parser(
        "evidence",
        help="write every panel's table as CSV, and evidence.json",
        description="Write every panel's table as <panel_id>.csv, and evidence.json with each panel's finding, "
        "caveats and sources: the same objects as on screen.",
    )
    evidence.add_argument("--store", type=Path, required=True, help="folder of the store")
    evidence.add_argument("--out", type=Path, required=True, help="folder to write into; made where it is not there")
    evidence.add_argument(
        "--query", default="", help='filters as in the address of a page, such as "from=2025-01&to=2025-12"'
    )
    evidence.set_defaults(run=_evidence)
    assessment = commands.add_parser(
        "assessment",
        help="write the strategic assessment as a document, slides or a data pack",
        description="Write the strategic assessment: a Word document, a PowerPoint deck or an Excel data pack by the "
        "ending of each file's name. Commentary kept in the store enters it.",
    )
    assessment.add_argument("--store", type=Path, required=True, help="folder of the store")
    assessment.add_argument(
        "--out", type=Path, required=True, action="append", metavar="FILE",
        help="file to write, ending in .docx, .pptx or .xlsx; may be given several times",
    )  # fmt: skip
    assessment.add_argument("--query", default="", help='filters, such as "from=2025-01&to=2025-12"')
    assessment.add_argument(
        "--since", default="", metavar="EDITION",
        help="what to compare with: the name of an assessment kept before or of a workshop's session, an earlier "
        'snapshot\'s id, or an id with a query, such as "20250214T090000Z-1f31fe92?from=2024-01&to=2024-12"',
    )  # fmt: skip
    assessment.add_argument(
        "--keep", default="", metavar="NAME", help="keep this assessment, to compare with next time"
    )
    assessment.set_defaults(run=_assessment)
    parsed = parser.parse_args(arguments)
    sessions.use(Keeper())
    return int(parsed.run(parsed))


def _evidence(parsed: argparse.Namespace) -> int:
    try:
        made = write_evidence(Warehouse(parsed.store), parsed.out, parsed.query, log=_complain)
    except (StoreError, DisclosureError) as error:
        _complain(f"Error: {error}")
        return 1
    except OSError as error:
        _complain(f"Error: {error.filename or parsed.out}: cannot be written ({error.strerror}).")
        return 1
    return _told(made, [f"{len(made.written)} panels written to {parsed.out}, listed in {INDEX}."])


def _assessment(parsed: argparse.Namespace) -> int:
    from analytics.exports.assessment import write_assessment  # here, because it takes a while to load
    from analytics.exports.kept import commentary_of, earlier_edition, keep_edition, session_of

    try:
        store = parsed.store
        made = write_assessment(
            Warehouse(store),
            parsed.out,
            parsed.query,
            commentary=commentary_of(store, session_of(store, parsed.query)),
            before=earlier_edition(store, parsed.since) if parsed.since else None,
            progress=_show_progress,
        )
        if parsed.keep:
            keep_edition(store, made.edition, parsed.keep)
    except (StoreError, StateError, DisclosureError, ValueError) as error:
        _complain(f"Error: {error}")
        return 1
    except OSError as error:
        _complain(f"Error: {error.filename or parsed.out[0]}: cannot be written ({error.strerror}).")
        return 1
    return _told(made, [f"{path}: {made.title}" for path in parsed.out])


def _told(made: Evidence | Assessment, said: list[str]) -> int:
    """Say what was made, after what to know of it; 1 where a panel failed."""
    for warning in made.warnings:
        _complain(f"Warning: {warning}")
    for panel_id, reason in made.failed:
        _complain(f"Error: panel {panel_id} could not be worked out: {reason}")
    print("\n".join(said))
    return 1 if made.failed else 0


def _show_progress(share: float, what: str) -> None:
    """One line that writes over itself, where a person looks on."""
    if sys.stderr.isatty():
        print(f"\r{share:4.0%} {what[:60]:60}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)


def _complain(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
