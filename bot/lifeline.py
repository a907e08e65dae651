"""A call to an address outside, made only while all is well: when it stops coming, somebody else raises the alarm."""

from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, ProxyHandler, build_opener

import structlog

log = structlog.get_logger()

TIMEOUT = 10
"""Seconds until a call is given up."""


class Lifeline:
    """One address, called with GET. Its path is a secret to most who offer this, so only the host is logged."""

    def __init__(self, url: str) -> None:
        """The address must be https, or on this machine."""
        self._url = url
        self._host = urlsplit(url).hostname or ""
        here = urlsplit(url).scheme == "http"
        self._opener: OpenerDirector = build_opener(*([ProxyHandler({})] if here else []))

    def call(self) -> bool:
        """Say that all is well; False when nobody heard it. The next call is the next attempt."""
        try:
            with self._opener.open(self._url, timeout=TIMEOUT):
                return True
        except (URLError, OSError, HTTPException) as error:
            log.warning("heartbeat_not_heard", host=self._host, why=type(error).__name__)
            return False
