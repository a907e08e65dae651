"""Settings, read from the environment once, at start."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.doors.hook_signature import secret_bytes


def _safe_address(url: str) -> str:
    """Refuse to send a token in the clear to anything but this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return url if url.endswith("/") else url + "/"
    message = f"SLACK_API_URL is {url}; plain http is allowed to this machine only, use https"
    raise ValueError(message)


def _heartbeat_address(secret: SecretStr) -> SecretStr:
    """Refuse an address that anybody on the way could read. It is not named: its path is a secret."""
    url = secret.get_secret_value()
    parts = urlsplit(url)
    if not url or (parts.hostname and parts.scheme == "https"):
        return secret
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return secret
    message = "VAKT_HEARTBEAT_URL must be an https address; plain http is allowed to this machine only"
    raise ValueError(message)


def _public_address(url: str) -> str:
    """Refuse an address that anybody on the way could read: what is below it is secret. Without the last slash."""
    parts = urlsplit(url)
    if not url or (parts.hostname and parts.scheme == "https"):
        return url.rstrip("/")
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return url.rstrip("/")
    message = f"VAKT_PUBLIC_URL is {url}; it must be an https address, plain http is allowed to this machine only"
    raise ValueError(message)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


LEASE_IN_TIMEOUTS = 3.5
"""How many of Slack's time-outs a lease outlasts.

A row that may have been said costs three calls: the conversation is opened, searched, posted to.
The half is grace: what Slack took before it was given up may be seen that much later. A shorter
lease would let a second process look while the first one's post is still on its way.
"""

LANDS_IN_TIMEOUTS = 1.5
"""After how many of Slack's time-outs a post that was given up, or whose sender died, can be seen if it was taken."""


def _smtp_address(secret: SecretStr) -> SecretStr:
    """Refuse what names no mail server. It is not shown: it may hold a password."""
    url = secret.get_secret_value()
    if not url or (urlsplit(url).scheme in {"smtp", "smtps"} and urlsplit(url).hostname):
        return secret
    message = "VAKT_SMTP_URL must be smtps://user:password@host, or smtp://host for a server that offers STARTTLS"
    raise ValueError(message)


def _webhook_secret(secret: SecretStr) -> SecretStr:
    """Refuse what says that it is base64 and is not."""
    try:
        secret_bytes(secret.get_secret_value())
    except ValueError as error:
        message = 'VAKT_WEBHOOK_SECRET begins with "whsec_", after which base64 is needed'
        raise ValueError(message) from error
    return secret


class Settings(BaseSettings):
    """What a process needs to know. Every name is the environment variable's, in lower case."""

    model_config = SettingsConfigDict(extra="ignore")

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: Annotated[str, AfterValidator(_safe_address)] = "https://slack.com/api/"
    vakt_database_url: str = "sqlite:///vakt.db"
    vakt_http_port: int = Field(default=3000, ge=0, le=65535)
    vakt_watch_port: int | None = Field(default=None, ge=0, le=65535)
    vakt_watch_host: str = "127.0.0.1"
    vakt_public_url: Annotated[str, AfterValidator(_public_address)] = ""
    vakt_hook_port: int | None = Field(default=None, ge=0, le=65535)
    vakt_hook_host: str = "127.0.0.1"
    vakt_hook_requests_per_second: float = Field(default=100.0, gt=0, le=100_000)
    vakt_policies: Path | None = None
    vakt_slack_timeout_seconds: int = Field(default=8, ge=1, le=60)
    vakt_lease_seconds: float = Field(default=30.0, ge=2.0, le=600.0)
    vakt_audit_seconds: float = Field(default=60.0, ge=1.0, le=3600.0)
    vakt_heartbeat_url: Annotated[SecretStr, AfterValidator(_heartbeat_address)] = SecretStr("")
    vakt_smtp_url: Annotated[SecretStr, AfterValidator(_smtp_address)] = SecretStr("")
    vakt_mail_from: str = "vakt@localhost"
    vakt_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = SecretStr("")
    vakt_received_days: float = Field(default=7.0, ge=2.0)
    vakt_sent_days: float = Field(default=30.0, ge=1.0)
    vakt_posts_per_channel_per_second: float = Field(default=1.0, gt=0)
    vakt_posts_per_second: float = Field(default=20.0, gt=0)
    vakt_posts_at_once: int = Field(default=32, ge=1, le=256)
    vakt_log: str = Field(default="console", pattern="^(console|json)$")

    @field_validator("vakt_lease_seconds")
    @classmethod
    def _outlasts_slack(cls, lease: float, others: ValidationInfo) -> float:
        """Refuse a lease in which Slack's answer may still be on its way when it ends."""
        needed = LEASE_IN_TIMEOUTS * others.data.get("vakt_slack_timeout_seconds", 0)
        if lease >= needed:
            return lease
        raise ValueError(
            f"{lease:g} s is less than {LEASE_IN_TIMEOUTS:g} times VAKT_SLACK_TIMEOUT_SECONDS; write {needed:g} or more"
        )
