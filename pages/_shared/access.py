"""Who may ask for what.

Bound to this machine, everything is open to its user, and to nobody else: only this machine may ask, under its own
name. Bound wider, visitors reach the join page and what it needs; everything else asks for the analyst's passphrase.
Whatever changes something must come from a page of this server.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from dash import html
from flask import Flask, Response, redirect, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from data.state import StateError
from data.state.passphrase import Passphrase
from pages._shared.attributes import attributes
from pages._shared.markup import element, markup
from pages._shared.plain import plain_page

__all__ = ["ACCESS", "OPEN_ASSETS", "Attempts", "Gate", "is_loopback", "register"]

log = logging.getLogger(__name__)

ACCESS = "CSP_ACCESS_GATE"
"""The key of the gate in Flask's configuration."""
COOKIE = "csp_analyst"
HOURS = 12
OPEN_ASSETS = frozenset(
    f"/assets/{name}"
    for name in (
        "base.css",
        "early.js",
        "fonts/source-sans-3-latin-wght-normal.woff2",
        "icon.svg",
        "join.css",
        "join.js",
        "tokens.css",
    )
)
"""What the join and sign-in pages are made of; they hold nothing of the partnership."""
OPEN_ENDPOINTS = frozenset({"sign_in", "join", "join_code", "join_in", "join_now", "join_answers", "join_leave"})
"""The routes open to visitors: by the function that answers, for what an address looks like can mislead."""
_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_loopback(host: str) -> bool:
    """Whether an address to listen on, or the name in a request, is this machine's own.

    >>> [is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "", "127.0.0.1.evil.example")]
    [True, True, True, False, False, False]
    """
    plain = host.strip().strip("[]").lower().rstrip(".")
    if plain == "localhost":
        return True
    try:
        return ipaddress.ip_address(plain).is_loopback
    except ValueError:
        return False


class Attempts:
    """Wrong guesses, by who made them: after `free` of them each further one waits twice as long, up to `longest`."""

    def __init__(
        self, *, free: int = 5, longest: float = 900.0, forget: float = 3600.0, clock: Callable[[], float] | None = None
    ) -> None:
        self._free, self._longest, self._forget = free, longest, forget
        self._clock = clock or time.monotonic
        self._wrong: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def wait(self, who: str) -> int:
        """Seconds until the next attempt is looked at; 0: now."""
        with self._lock:
            count, last = self._wrong.get(who, (0, 0.0))
            if count < self._free:
                return 0
            pause = min(self._longest, 2.0 ** min(count - self._free + 1, 30))
            return max(0, math.ceil(last + pause - self._clock()))

    def failed(self, who: str) -> None:
        """One more wrong guess."""
        moment = self._clock()
        with self._lock:
            self._wrong = {key: held for key, held in self._wrong.items() if moment - held[1] < self._forget}
            count, _ = self._wrong.get(who, (0, 0.0))
            self._wrong[who] = (count + 1, moment)

    def succeeded(self, who: str) -> None:
        """A right one: begin anew."""
        with self._lock:
            self._wrong.pop(who, None)


@dataclass(frozen=True)
class Gate:
    """How this installation is reached. guarded: the passphrase is asked for; https: cookies travel encrypted only;
    wide: it listens to more than this computer itself, not through a proxy on it."""

    guarded: bool
    https: bool
    passphrase: Passphrase
    attempts: Attempts
    everyone: Attempts
    """Wrong passphrases from wherever: slows down guessing from many addresses, without locking the analyst out."""
    wide: bool = False

    def signed_in(self) -> bool:
        """Whether this request carries the analyst's cookie."""
        held = request.cookies.get(COOKIE)
        if not held:
            return False
        try:
            said = self.signer("analyst").loads(held, max_age=HOURS * 3600)
        except BadSignature:
            return False
        return bool(said == self.passphrase.generation())

    def signer(self, purpose: str) -> URLSafeTimedSerializer:
        """Signs and reads a cookie of one purpose."""
        return URLSafeTimedSerializer(self.passphrase.secret(), salt=f"csp-{purpose}")

    def cookie(self, answer: AnyResponse, name: str, value: str, *, hours: float, path: str = "/") -> None:
        """Set a cookie that no script reads and no other site sends along."""
        secure = self.https or request.is_secure
        answer.set_cookie(
            name, value, max_age=int(hours * 3600), path=path, httponly=True, samesite="Lax", secure=secure
        )


def register(app: Flask, gate: Gate) -> None:
    """Put the gate before every request, and add the sign-in page."""
    app.config[ACCESS] = gate

    @app.before_request
    def stand_at_the_gate() -> AnyResponse | None:
        try:
            return _refused_here(gate) or _forged() or _asked_to_sign_in(gate)
        except StateError as error:
            log.error("%s", error)
            return _refuse(500, "The passphrase of this installation cannot be read: its log says why and what to do.")

    app.add_url_rule("/sign-in", view_func=lambda: sign_in(gate), methods=["GET", "POST"], endpoint="sign_in")
    app.add_url_rule("/sign-out", view_func=lambda: sign_out(gate), methods=["POST"], endpoint="sign_out")


def _refused_here(gate: Gate) -> Response | None:
    """Bound to this machine: only it may ask, under its own name (a name elsewhere that leads here is a trick)."""
    if gate.guarded:
        return None
    if not is_loopback(request.remote_addr or "") or request.headers.get("X-Forwarded-For"):
        return _refuse(
            403,
            "This dashboard was started for its own computer only. To let others in, start it with --host (or "
            "CSP_HOST), or behind a proxy with CSP_GUARDED=1, and a passphrase; the README says how.",
        )
    name = request.host.rpartition(":")[0] if _has_port(request.host) else request.host
    if not is_loopback(name):
        return _refuse(403, "Open this dashboard under the address of its own computer, such as http://127.0.0.1:8050.")
    return None


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit() and not (host.count(":") > 1 and not host.startswith("["))


def _forged() -> Response | None:
    """Whatever may change something must come from a page of this very server."""
    if request.method in _HARMLESS:
        return None
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    same = urlsplit(origin).netloc == request.host if origin and origin != "null" else None
    if site is not None:
        fine = site == "same-origin" and same is not False
    else:
        fine = same is True  # browsers leave Sec-Fetch-Site out on plain http, but name the origin of every POST
    if fine:
        return None
    return _refuse(403, "This request came from another page than this dashboard's, and was refused.")


def _asked_to_sign_in(gate: Gate) -> AnyResponse | None:
    if not gate.guarded or request.endpoint in OPEN_ENDPOINTS or request.path in OPEN_ASSETS:
        return None
    if gate.signed_in():
        return None
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        there = request.full_path.rstrip("?")
        return redirect(f"/sign-in?next={quote(there)}", 303)
    return _refuse(401, "Sign in first.")


def _refuse(status: int, words: str) -> Response:
    answer = Response(words + "\n", status=status, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer


# ---- Signing in ---------------------------------------------------------------------------------------------------


def sign_in(gate: Gate) -> AnyResponse:
    """The sign-in page; its form comes back here."""
    there = _local(request.values.get("next", ""))
    if not gate.guarded or (request.method == "GET" and gate.signed_in()):
        return redirect(there, 303)
    if request.method == "GET":
        return _sign_in_page(there)
    who = request.remote_addr or "?"
    wait = max(gate.attempts.wait(who), gate.everyone.wait("everyone"))
    if wait:
        answer = _sign_in_page(there, f"Too many wrong passphrases. Try again in {_span(wait)}.", 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    if not gate.passphrase.matches(request.form.get("passphrase", "")):
        gate.attempts.failed(who)
        gate.everyone.failed("everyone")
        log.warning("wrong passphrase from %s", who)
        return _sign_in_page(there, "That is not the passphrase. Check capital letters and spaces.", 403)
    gate.attempts.succeeded(who)
    gate.everyone.succeeded("everyone")
    into = redirect(there, 303)
    gate.cookie(into, COOKIE, gate.signer("analyst").dumps(gate.passphrase.generation()), hours=HOURS)
    return into


def sign_out(gate: Gate) -> AnyResponse:
    """Forget the cookie."""
    answer = redirect("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _sign_in_page(there: str, problem: str = "", status: int = 200) -> Response:
    field: dict[str, Any] = {
        "type": "password",
        "name": "passphrase",
        "id": "passphrase",
        "autocomplete": "current-password",
        "required": True,
        "autofocus": True,
        "maxlength": "200",
    }
    if problem:
        field |= attributes(aria_invalid="true", aria_describedby="problem")
    form = element(
        "form",
        {"method": "post", "action": "/sign-in", "class": "card"},
        [
            html.H1("Sign in"),
            html.P("This dashboard is for the analyst. It asks for the passphrase that was set on its computer."),
            html.P(problem, id="problem", className="problem", role="alert") if problem else None,
            html.Label("Passphrase", htmlFor="passphrase"),
            element("input", field),
            element("input", {"type": "hidden", "name": "next", "value": there}),
            html.Button("Sign in", type="submit", className="btn primary"),
            html.P([html.A("Join a workshop", href="/join"), " with a code instead"], className="aside"),
        ],
    )
    return plain_page("Sign in", markup(form), status=status)


def _local(there: str) -> str:
    """A path of this server to go on to; the start for anything else."""
    parts = urlsplit(there)
    if parts.scheme or parts.netloc or not there.startswith("/") or there.startswith(("//", "/\\", "/sign-")):
        return "/"
    return there if there.isprintable() and "\\" not in there else "/"


def _span(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{math.ceil(seconds / 60)} minutes"
