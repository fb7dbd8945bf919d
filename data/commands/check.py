"""Check the rules that every store keeps; list those that are broken."""

from __future__ import annotations

import argparse
from pathlib import Path

from data.check import check_store

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("--store", type=Path, required=True, help="folder of the store")


def run(arguments: argparse.Namespace) -> int:
    """Print the broken rules; exit code 1 where there is one."""
    rules, failures = check_store(arguments.store)
    for failure in failures:
        print(f"{failure.rule}: {failure.message}")
    broken = len({failure.rule for failure in failures})
    print(f"{len(rules)} rules checked, {f'{broken} broken' if broken else 'all kept'}.")
    return 1 if failures else 0
