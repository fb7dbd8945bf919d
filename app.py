"""The dashboard: create_app builds it, `python app.py` runs it, gunicorn asks for `app:server`.

python app.py                                   the embedded demonstration on http://127.0.0.1:8050
python app.py --store DIR [--host --port]       your own partnership
python app.py --store DIR --set-passphrase      another passphrase; the first is asked for where others may reach it
CSP_STORE=DIR gunicorn -c gunicorn.conf.py app:server
"""

from __future__ import annotations

import argparse
import functools
import getpass
import logging
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Response
from flask_compress import Compress

from analytics import sessions
from analytics.session_keeper import Keeper
from analytics.statistics.classes import natural_breaks
from data.errors import StateError
from data.state.passphrase import LONGEST, SHORTEST, Passphrase, passphrase_problem
from data.warehouse import StoreError, Warehouse
from pages._shared import access, assessment, filter_bar, join, judging, panel_view, present, routes, shell, workshop
from pages._shared.server import WAREHOUSE

HERE = Path(__file__).resolve().parent
DEMONSTRATION = HERE / "data" / "demo" / "store"

INDEX = """<!DOCTYPE html>
<html lang="en-GB" data-mantine-color-scheme="light">
    <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{%title%}</title>
        <script src="/assets/early.js"></script>
        <link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
        <link rel="preload" as="font" type="font/woff2" data-role="font" crossorigin
              href="/assets/fonts/source-sans-3-latin-wght-normal.woff2">
        {%css%}
    </head>
    <body>
        {%app_entry%}
        <noscript>The dashboard draws its charts in the browser and needs JavaScript.</noscript>
        {%config%}
        {%scripts%}
        {%renderer%}
    </body>
</html>"""


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Settings:
    """What an installation chooses: the store, where the dashboard listens, and how it is guarded.

    guarded: asks for the passphrase though it listens on this machine alone (a proxy in front of it lets others in).
    https: others reach it encrypted, through a proxy; cookies then travel no other way.
    """

    store: Path = DEMONSTRATION
    host: str = "127.0.0.1"
    port: int = 8050
    guarded: bool = False
    https: bool = False

    @property
    def asks(self) -> bool:
        """Whether the passphrase is asked for: wherever more than this machine can reach it."""
        return self.guarded or not access.is_loopback(self.host)

    @classmethod
    def from_environment(cls) -> Settings:
        """CSP_STORE, CSP_HOST and CSP_PORT, each with the default above; CSP_GUARDED=1 and CSP_HTTPS=1."""
        return cls(
            store=Path(os.environ.get("CSP_STORE") or DEMONSTRATION),
            host=os.environ.get("CSP_HOST") or cls.host,
            port=_port(os.environ.get("CSP_PORT") or str(cls.port)),
            guarded=os.environ.get("CSP_GUARDED", "") not in {"", "0"},
            https=os.environ.get("CSP_HTTPS", "") not in {"", "0"},
        )


def _port(text: str) -> int:
    """A port from a command line or the environment: a number from 1 to 65535, else an error in words."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: use a number from 1 to 65535")
    return int(text)


def create_app(settings: Settings | None = None) -> Dash:
    """The dashboard over a store, warmed: the first visitor finds it ready.

    Raises StoreError where there is no store, or one this version cannot read; StateError where others could reach it
    and no passphrase is set.
    """
    settings = settings or Settings()
    warehouse = Warehouse(settings.store)
    passphrase = Passphrase(settings.store, given=os.environ.get("CSP_PASSPHRASE") or None)
    if settings.asks and not passphrase.is_set():
        raise StateError(
            f"The dashboard would listen on {settings.host}, where others can reach it, and has no passphrase. Set one "
            f"first: python app.py --store {settings.store} --set-passphrase (or name it in CSP_PASSPHRASE)."
        )
    sessions.use(Keeper())
    flask = Flask("csp_dashboard")
    flask.config[WAREHOUSE] = warehouse
    flask.config["COMPRESS_REGISTER"] = True
    flask.config["MAX_CONTENT_LENGTH"] = 4_000_000
    gate = access.Gate(
        guarded=settings.asks,
        https=settings.https,
        passphrase=passphrase,
        attempts=access.Attempts(),
        everyone=access.Attempts(free=50, longest=5.0),
        wide=not access.is_loopback(settings.host),
    )
    access.register(flask, gate)

    @flask.before_request
    def follow_the_store() -> None:
        warehouse.refresh()

    server_given: Any = flask
    app = Dash(
        "csp_dashboard",
        server=server_given,
        use_pages=True,
        pages_folder=str(HERE / "pages"),
        assets_folder=str(HERE / "assets"),
        assets_ignore=r"early\.js|(join|present)\.(js|css)",
        index_string=INDEX,
        title="Community safety",
        update_title="",
        suppress_callback_exceptions=True,
        serve_locally=True,
    )
    app.layout = shell.layout
    shell.register(app)
    filter_bar.register(app)
    panel_view.register(app)
    judging.register(app)
    routes.register(flask)
    present.register(flask)
    join.register(flask, gate)
    workshop.register(flask)
    assessment.register(flask)
    Compress(flask)
    secure(app)
    warm(app, gate)
    return app


def secure(app: Dash) -> None:
    """Headers on every response: nothing from another host, no framing, no sniffing, no referrer.

    Scripts are this server's files and Dash's own start line, by its hash. Styles may stand inline, because Mantine and
    Plotly write them there; MapLibre needs a worker from a blob. Where the configuration names a background for the
    map, its host may give pictures, and nothing else.
    """
    policy = functools.cache(lambda pictures: _content_policy(app.csp_hashes(), pictures))
    warehouse: Warehouse = app.server.config[WAREHOUSE]

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        pictures = (warehouse.current.manifest.get("basemap") or {}).get("origin", "")
        # Dash knows its inline lines from the first request on.
        response.headers["Content-Security-Policy"] = policy(pictures)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _content_policy(script_hashes: Sequence[str], pictures: str) -> str:
    """pictures: the one other host, where the configuration names a background for the map; else ""."""
    policy: dict[str, Sequence[str]] = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *script_hashes],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:", *([pictures] if pictures else [])],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in policy.items())


def warm(app: Dash, gate: access.Gate) -> None:
    """Answer the first requests here, not for the first visitor: a cold worker fails its first concurrent callbacks."""
    client = app.server.test_client()
    if gate.guarded:
        client.set_cookie(access.COOKIE, gate.signer("analyst").dumps(gate.passphrase.generation()))
    for address in ("/", "/_dash-layout", "/_dash-dependencies"):
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"the dashboard does not start: {address} answers {answer.status_code}")
    # The library of map classes takes a second to import: not while a first map is waited for.
    threading.Thread(target=natural_breaks, args=([1, 2],), daemon=True).start()


_NO_START = 3
"""The exit code that tells gunicorn not to try again."""


def __getattr__(name: str) -> Any:
    """`server`, the WSGI application, made from the environment when gunicorn or waitress first asks for it."""
    if name == "server":
        try:
            made = create_app(Settings.from_environment()).server
        except (StateError, StoreError, argparse.ArgumentTypeError) as error:
            print(error, file=sys.stderr)
            raise SystemExit(_NO_START) from None
        globals()["server"] = made
        return made
    raise AttributeError(name)


def main(arguments: list[str] | None = None) -> int:
    """The command line. Returns the exit code."""
    try:
        usual = Settings.from_environment()
    except argparse.ArgumentTypeError as error:
        print(f"CSP_PORT: {error}", file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(description="Run the community safety dashboard.")
    parser.add_argument(
        "--store", type=Path, default=usual.store, help="folder of a store (default: the demonstration)"
    )
    parser.add_argument(
        "--host", default=usual.host, help="address to listen on (default: 127.0.0.1, this computer only)"
    )
    parser.add_argument("--port", type=_port, default=usual.port, help="port to listen on (default: 8050)")
    parser.add_argument("--set-passphrase", action="store_true", help="ask for a passphrase, keep it, and end")
    chosen = parser.parse_args(arguments)
    settings = replace(usual, store=chosen.store, host=chosen.host, port=chosen.port)
    try:
        if chosen.set_passphrase:
            return set_passphrase(settings.store)
        if _needs_passphrase(settings) and sys.stdin.isatty():
            print(f"Others will be able to reach the dashboard on {settings.host}, so it asks for a passphrase.")
            set_passphrase(settings.store)
        app = create_app(settings)
    except (StateError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print("\nNo passphrase was set, and nothing was started.", file=sys.stderr)
        return 1
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    print(f"The dashboard is at http://{settings.host}:{settings.port}")
    print(f"Data: {settings.store}")
    print(_who_can_reach_it(settings))
    app.run(host=settings.host, port=settings.port, debug=False)
    return 0


def _needs_passphrase(settings: Settings) -> bool:
    given = os.environ.get("CSP_PASSPHRASE") or None
    return settings.asks and not Passphrase(settings.store, given=given).is_set()


def set_passphrase(store: Path) -> int:
    """Ask for a passphrase (twice, until it will do; one line where nobody types) and keep its hash with the store."""
    Warehouse(store)  # a passphrase beside no store would guard nothing
    passphrase = Passphrase(store)
    if sys.stdin.isatty():
        print(f"It has {SHORTEST} to {LONGEST} characters; three or four words do well. Nothing shows while you type.")
        while not _typed(passphrase):
            pass
    else:
        passphrase.set(sys.stdin.readline().rstrip("\r\n"))
    print(f"The passphrase is set. Its hash is kept in {passphrase.path}, which only its owner can read.")
    return 0


def _typed(passphrase: Passphrase) -> bool:
    """Ask twice and set it; False, with the reason said, where it will not do."""
    words = getpass.getpass("New passphrase: ")
    if problem := passphrase_problem(words):
        print(problem)
    elif words != getpass.getpass("Once more: "):
        print("The two are not the same. Try again.")
    else:
        passphrase.set(words)
        return True
    return False


def _who_can_reach_it(settings: Settings) -> str:
    if not settings.asks:
        return "Only this computer can open it. Stop it with Ctrl+C."
    encrypted = (
        ""
        if settings.https
        else " What travels is not encrypted: on a network you do not trust, put a proxy with TLS before it (README)."
    )
    return (
        f"It listens on {settings.host} and asks for the passphrase; people without it reach the join page of a live "
        f"workshop alone.{encrypted}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
