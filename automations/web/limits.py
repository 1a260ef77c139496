"""How often something may happen in a minute. Addresses are forgotten with the minute, and never written anywhere."""

import hashlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable


class Limits:
    """Counts by name; each full minute all counts begin anew.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: Counter[bytes] = Counter()
        self._minute, self._salt = -1, b""
        self._lock = threading.Lock()

    def allow(self, **most: tuple[str, int]) -> bool:
        """Count one for each ``kind=(who, at most)``; False, and nothing counted, if one of them is full."""
        with self._lock:
            minute = int(self._clock() // 60)
            if minute != self._minute:
                self._counts.clear()
                self._minute, self._salt = minute, secrets.token_bytes(16)
            names = {self._name(kind, who): limit for kind, (who, limit) in most.items()}
            if any(self._counts[name] >= limit for name, limit in names.items()):
                return False
            self._counts.update(names.keys())
            return True

    def _name(self, kind: str, who: str) -> bytes:
        return hashlib.blake2b(f"{kind}:{who}".encode(), key=self._salt, digest_size=16).digest()
