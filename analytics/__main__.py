"""``python -m analytics evidence``: every panel's table from the command line, the same as on screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from analytics.exports.evidence import INDEX, write_evidence
from data.warehouse import StoreError, Warehouse

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
    parsed = parser.parse_args(arguments)
    return int(parsed.run(parsed))


def _evidence(parsed: argparse.Namespace) -> int:
    try:
        made = write_evidence(Warehouse(parsed.store), parsed.out, parsed.query, log=_complain)
    except StoreError as error:
        _complain(f"Error: {error}")
        return 1
    except OSError as error:
        _complain(f"Error: {error.filename or parsed.out}: cannot be written ({error.strerror}).")
        return 1
    for warning in made.warnings:
        _complain(f"Warning: {warning}")
    for panel_id, reason in made.failed:
        _complain(f"Error: panel {panel_id} could not be worked out: {reason}")
    print(f"{len(made.written)} panels written to {parsed.out}, listed in {INDEX}.")
    return 1 if made.failed else 0


def _complain(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
