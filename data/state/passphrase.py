"""The analyst's passphrase and the key that signs cookies: one small file in the store's folder, its owner's alone.

::

    STORE/access.json    {"format": 1, "secret": "…", "passphrase": "$argon2id$…" or null}

CSP_PASSPHRASE in the environment stands in its stead where the folder cannot be written, or a service sets it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data.errors import StateError

__all__ = ["LONGEST", "SHORTEST", "Access", "Passphrase", "passphrase_problem"]

SHORTEST = 12
LONGEST = 200
"""Characters a passphrase has at least and at most."""
_FORMAT = 1


@dataclass(frozen=True)
class Access:
    """What the file holds: the key that signs, and the passphrase's hash (None: none was set)."""

    secret: str
    hashed: str | None


class Passphrase:
    """The passphrase of a store.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     passphrase = Passphrase(folder)
    ...     passphrase.set("correct horse battery")
    ...     passphrase.matches("correct horse battery"), passphrase.matches("guess")
    (True, False)
    """

    FILE = "access.json"

    def __init__(self, store: str | Path, *, given: str | None = None) -> None:
        """given: the passphrase itself, from the environment; it goes before the file's and is never written."""
        self.path = Path(store) / self.FILE
        self._hasher = PasswordHasher()
        self._checking = threading.Lock()  # each check takes 64 MB for a moment: one at a time
        self._own_secret = secrets.token_hex(
            32
        )  # only where no file can be written: sign-ins then end with the program
        self._given = None
        self._read: tuple[tuple[int, int] | None, Access] | None = None
        if given is not None:
            _check(given)
            self._given = self._hasher.hash(given)
            self._given_mark = hashlib.sha256(given.encode()).hexdigest()

    def is_set(self) -> bool:
        """Whether there is a passphrase. Raises StateError where the file was changed by hand."""
        return self._given is not None or self._access().hashed is not None

    def set(self, words: str) -> None:
        """Set it, or another: whoever is signed in must sign in again. StateError: too short, or read-only."""
        _check(words)
        self._write(Access(self._access().secret, self._hasher.hash(words)))

    def matches(self, words: str) -> bool:
        """Whether these are the words."""
        hashed = self._given or self._access().hashed
        if hashed is None or len(words) > LONGEST:
            return False
        with self._checking:
            try:
                return self._hasher.verify(hashed, words)
            except InvalidHashError as error:
                raise self._broken("its passphrase is none that this program wrote") from error
            except VerificationError:
                return False

    def secret(self) -> str:
        """The key that signs cookies, made with the first question and kept in the file where that can be written."""
        access = self._access()
        if not self.path.exists():
            with contextlib.suppress(StateError):  # a folder closed to writing: the key lives as long as the program
                self._write(access)
        return access.secret

    def generation(self) -> str:
        """A mark of the passphrase now in force: a cookie that carries another is worth nothing."""
        mark = self._given_mark if self._given else self._access().hashed or ""
        return hmac.new(self.secret().encode(), mark.encode(), hashlib.sha256).hexdigest()[:32]

    def _access(self) -> Access:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return Access(self._own_secret, None)
        except OSError as error:
            raise self._broken(error.strerror or str(error)) from error
        mark = (found.st_mtime_ns, found.st_size)
        if self._read is not None and self._read[0] == mark:
            return self._read[1]
        try:
            data = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise self._broken(str(error)) from error
        access = self._checked(data)
        self._read = (mark, access)
        return access

    def _checked(self, data: object) -> Access:
        if not isinstance(data, dict) or data.get("format") != _FORMAT:
            raise self._broken("it is not in the format this program writes")
        secret, hashed = data.get("secret"), data.get("passphrase")
        if not isinstance(secret, str) or len(secret) < 32 or not (hashed is None or isinstance(hashed, str)):
            raise self._broken("it lacks what this program writes")
        return Access(secret, hashed)

    def _write(self, access: Access) -> None:
        aside = self.path.with_name(f"{self.FILE}.{secrets.token_hex(4)}.new")
        text = json.dumps({"format": _FORMAT, "secret": access.secret, "passphrase": access.hashed}, indent=1)
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                aside.unlink()
            raise StateError(
                f"{self.path}: cannot be written ({error.strerror}). Let this program write to the store's folder, or "
                "name the passphrase in the environment: CSP_PASSPHRASE."
            ) from error
        self._read = None

    def _broken(self, why: str) -> StateError:
        return StateError(
            f"{self.path}: the passphrase cannot be read ({why.rstrip('.')}). Delete this file and set the passphrase "
            "again: python app.py --store DIR --set-passphrase"
        )


def passphrase_problem(words: str) -> str:
    """Why words cannot be the passphrase; "" where they can.

    >>> passphrase_problem("too short")
    'A passphrase has at least 12 characters: three or four words do well.'
    """
    if len(words) < SHORTEST:
        return f"A passphrase has at least {SHORTEST} characters: three or four words do well."
    return f"A passphrase has at most {LONGEST} characters." if len(words) > LONGEST else ""


def _check(words: str) -> None:
    if problem := passphrase_problem(words):
        raise StateError(problem)
