"""HTML on standard input → PDF on standard output: what :mod:`automations.reports.render` runs in a process of its own.

WeasyPrint with Chinese faces holds 100 to 250 MB; a worker that runs for months should not. Only files under the given
directories and ``data:`` addresses are read, never the network.
"""

import logging
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

REFUSED = 3
"""Exit code: the page wants something from outside; standard error holds the address."""


def main() -> int:
    """Print one page; the arguments are the directories it may read. Warnings of the layout go to standard error."""
    import weasyprint  # here, so that looking at this module costs nothing
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    logging.getLogger("weasyprint").addHandler(logging.StreamHandler(sys.stderr))
    roots = [Path(name).resolve() for name in sys.argv[1:]]
    inside = URLFetcher(allowed_protocols=("data", "file"), allow_redirects=False)
    refused: list[str] = []

    def fetch(url: str, *args: Any, **kwargs: Any) -> Any:
        if not allowed(url, roots):
            refused.append(url)
            raise FatalURLFetchingError(url)
        return inside.fetch(url)

    page = sys.stdin.buffer.read().decode()
    base = roots[0].as_uri() + "/" if roots else None
    try:
        pdf = weasyprint.HTML(string=page, base_url=base, url_fetcher=fetch).write_pdf()
    except FatalURLFetchingError:
        print(refused[0], file=sys.stderr)
        return REFUSED
    sys.stdout.buffer.write(pdf)
    return 0


def allowed(url: str, roots: list[Path]) -> bool:
    """Whether a page may read this address."""
    parts = urlsplit(url)
    if parts.scheme == "data":
        return True
    if parts.scheme != "file" or parts.netloc:
        return False
    path = Path(url2pathname(parts.path)).resolve()
    return any(path.is_relative_to(root) for root in roots)
