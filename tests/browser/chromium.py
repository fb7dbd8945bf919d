"""Find a Chromium for the browser tests, or get one: `python -m tests.browser.chromium` (part of `make test`).

In order: the one named by CHROMIUM, the system's, Playwright's own; where there is none, Debian's package if this is
root on Debian, else Playwright's download. Where nothing can be had the browser tests are skipped, loudly.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["find_chromium", "main"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The program to run, or None where there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return str(own) if own.is_file() else None


def _commands() -> list[list[str]]:
    commands = []
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
        commands += [[*quiet, "update"], [*quiet, "install", "-y", "--no-install-recommends", "chromium"]]
    commands.append([sys.executable, "-m", "playwright", "install", "chromium"])
    return commands


def main() -> int:
    """Make sure of a Chromium; never fails, but says loudly where there is none."""
    for command in _commands():
        if find_chromium():
            break
        print(f"No Chromium yet: {' '.join(command)}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    found = find_chromium()
    if found:
        print(f"Browser tests use {found}")
    else:
        print("!" * 88)
        print("!! NO CHROMIUM COULD BE FOUND OR INSTALLED: THE BROWSER TESTS WILL BE SKIPPED.")
        print("!! Install one, or name its program in the environment variable CHROMIUM.")
        print("!" * 88)
    return 0


if __name__ == "__main__":
    sys.exit(main())
