"""Build a store from a configuration and the files it names."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from data.build import build

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("config", type=Path, help="the partnership's configuration (.toml)")
    parser.add_argument("--store", type=Path, required=True, help="folder of the store; made if it is not there")
    parser.add_argument(
        "--keep",
        type=_positive,
        default=5,
        metavar="N",
        help="snapshots to keep, the new one included (default 5)",
    )
    parser.add_argument("--force", action="store_true", help="build even if nothing has changed")


def run(arguments: argparse.Namespace) -> int:
    """Build, and say what serves now."""
    # Threads that read files only now and then need the interpreter: they should not wait 5 ms for it each time.
    sys.setswitchinterval(0.0005)
    result = build(arguments.config, arguments.store, keep=arguments.keep, force=arguments.force)
    totals = result.manifest["totals"]
    for warning in result.manifest["warnings"] if result.is_new else []:
        where = ", line ".join(str(part) for part in (warning["file"], warning["row"]) if part is not None)
        print(f"Note: {where + ': ' if where else ''}{warning['message']}. {warning['remedy']}")
    if result.is_new:
        print(
            f"Snapshot {result.snapshot}: {totals['read']:,} rows read = {totals['kept']:,} kept "
            f"+ {totals['repeated']:,} repeated + {totals['set_aside']:,} set aside"
        )
    else:
        print(f"Nothing has changed: snapshot {result.snapshot} serves. (--force builds anyway.)")
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
