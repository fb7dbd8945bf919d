"""Show what a store holds, and that every row read is accounted for."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from data.status import status_report, status_text

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--store", type=Path, required=True, help="folder of the store")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Print the status; exit code 1 where a file does not balance."""
    report = status_report(arguments.store)
    print(json.dumps(report, indent=1, ensure_ascii=False) if arguments.json else status_text(report))
    return 0 if report["balanced"] else 1
