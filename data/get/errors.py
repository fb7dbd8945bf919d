"""What can go wrong while downloading, each with one clear message."""

from __future__ import annotations

__all__ = ["GetError", "NetworkClosedError", "NotPublishedError", "RangesNotServedError"]


class GetError(Exception):
    """A download failed: what, and what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message.rstrip('.')}. {remedy}".strip())


class NotPublishedError(GetError):
    """The publisher has nothing at this address (404)."""


class NetworkClosedError(GetError):
    """The publisher cannot be reached at all: this computer has no way out."""


class RangesNotServedError(Exception):
    """The server gives whole files only; the caller has another way."""
