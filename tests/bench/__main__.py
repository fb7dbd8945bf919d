"""`make bench`: every benchmark in this folder, one after the other, each in a process of its own.

python -m tests.bench [NAME …]     only the named ones
"""

from __future__ import annotations

import pkgutil
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    """Run the benchmarks; the exit code of the first that failed, else 0."""
    found = sorted(m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if not m.name.startswith("_"))
    wanted = sys.argv[1:] or found
    unknown = set(wanted) - set(found)
    if unknown:
        print(f"No benchmark is called {', '.join(sorted(unknown))}. There are: {', '.join(found)}", file=sys.stderr)
        return 2
    failed = 0
    for name in wanted:
        print(f"\n== {name} ==", flush=True)
        started = time.perf_counter()
        code = subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode
        print(f"({time.perf_counter() - started:.0f} s{f', failed with {code}' if code else ''})", flush=True)
        failed = failed or code
    return failed


if __name__ == "__main__":
    sys.exit(main())
