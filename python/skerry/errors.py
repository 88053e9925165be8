"""The one exception of this package."""

from __future__ import annotations

from typing import Mapping, Optional


class Error(Exception):
    """What the library reports, one line for people.

    code      "not_found", "invalid_argument", "busy", "full", "no_space", "io", "corrupt",
              "version", "mismatch", "unsupported", "closed" or "cancelled"
    context   where, as far as it is known: "path", "table", "key", "expected", "found"
    """

    def __init__(self, code: str, message: str, context: Optional[Mapping[str, str]] = None):
        super().__init__(message)
        self.code = code
        self.context = dict(context or {})

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.code, str(self), self.context)
