"""The dashboard: create_app builds it, `python app.py` runs it, gunicorn asks for `app:server`.

python app.py                                   the embedded demonstration on http://127.0.0.1:8050
python app.py --store DIR [--host --port]       your own partnership
CSP_STORE=DIR gunicorn -c gunicorn.conf.py app:server
"""

from __future__ import annotations

import argparse
import functools
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Response
from flask_compress import Compress

from data.warehouse import StoreError, Warehouse
from pages._shared import filter_bar, panel_view, present, routes, shell
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
    """What an installation chooses: the store, and where the dashboard listens."""

    store: Path = DEMONSTRATION
    host: str = "127.0.0.1"
    port: int = 8050

    @classmethod
    def from_environment(cls) -> Settings:
        """CSP_STORE, CSP_HOST and CSP_PORT, each with the default above."""
        return cls(
            store=Path(os.environ.get("CSP_STORE") or DEMONSTRATION),
            host=os.environ.get("CSP_HOST") or cls.host,
            port=_port(os.environ.get("CSP_PORT") or str(cls.port)),
        )


def _port(text: str) -> int:
    """A port from a command line or the environment: a number from 1 to 65535, else an error in words."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: use a number from 1 to 65535")
    return int(text)


def create_app(settings: Settings | None = None) -> Dash:
    """The dashboard over a store, warmed: the first visitor finds it ready.

    Raises StoreError where there is no store, or one this version cannot read.
    """
    settings = settings or Settings()
    warehouse = Warehouse(settings.store)
    flask = Flask("csp_dashboard")
    flask.config[WAREHOUSE] = warehouse
    flask.config["COMPRESS_REGISTER"] = True

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
        assets_ignore=r"early\.js|present\.(js|css)",
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
    routes.register(flask)
    present.register(flask)
    Compress(flask)
    secure(app)
    warm(app)
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


def warm(app: Dash) -> None:
    """Answer the first requests here, not for the first visitor: a cold worker fails its first concurrent callbacks."""
    client = app.server.test_client()
    for address in ("/", "/_dash-layout", "/_dash-dependencies"):
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"the dashboard does not start: {address} answers {answer.status_code}")


_NO_START = 3
"""The exit code that tells gunicorn not to try again."""


def __getattr__(name: str) -> Any:
    """`server`, the WSGI application, made from the environment when gunicorn or waitress first asks for it."""
    if name == "server":
        try:
            made = create_app(Settings.from_environment()).server
        except (StoreError, argparse.ArgumentTypeError) as error:
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
    chosen = parser.parse_args(arguments)
    settings = Settings(chosen.store, chosen.host, chosen.port)
    try:
        app = create_app(settings)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    print(f"The dashboard is at http://{settings.host}:{settings.port}")
    print(f"Data: {settings.store}")
    print(_who_can_reach_it(settings.host))
    app.run(host=settings.host, port=settings.port, debug=False)
    return 0


def _who_can_reach_it(host: str) -> str:
    if host in {"127.0.0.1", "localhost", "::1"}:
        return "Only this computer can open it. Stop it with Ctrl+C."
    return (
        f"It listens on {host}: everyone who can reach this computer over the network can open it, without a password "
        "and without encryption. For a shared installation put it behind your organisation's sign-in (README)."
    )


if __name__ == "__main__":
    raise SystemExit(main())
