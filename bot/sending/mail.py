"""Pages by e-mail, for when Slack is down or silent.

Source: RFC 5321 and 5322; RFC 3461 is not asked for, so what a server took may still bounce.
"""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from bot.sending.carriers import MAIL, Addressed, OutcomeUnknownError, RefusedError, UnavailableError

SECONDS = 10
PORTS = {"smtp": 587, "smtps": 465}


class Mail:
    """A server that takes mail: `smtps://user:password@host[:port]`, or `smtp://…` with STARTTLS where it offers it."""

    def __init__(self, url: str, sender: str) -> None:
        """`sender` stands in From; nothing is connected until something is to be sent."""
        self._parts = urlsplit(url)
        self._sender = sender

    def deliver(self, key: str, message: Addressed) -> str:
        """Hand a mail over; its Message-ID is the same at every attempt."""
        letter = self._letter(key, message)
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise _before(error) from error
        try:
            server.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise _while(error) from error
        finally:
            _quit(server)
        return str(letter["Message-ID"])

    def try_out(self) -> None:
        """Connect and log in, and send nothing.

        Raises:
            RefusedError, UnavailableError: as `bot.sending.carriers` says.
        """
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise _before(error) from error
        _quit(server)

    def _letter(self, key: str, message: Addressed) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"] = self._sender, message.address
        letter["Subject"] = message.subject
        letter["Date"] = formatdate(usegmt=True)
        domain = self._sender.rpartition("@")[2].rstrip(">") or "localhost"
        letter["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter["X-Priority"] = "1"
        letter.set_content(message.text)
        return letter

    def _connected(self) -> smtplib.SMTP:
        scheme, host = self._parts.scheme, self._parts.hostname or ""
        port, context = self._parts.port or PORTS[scheme], ssl.create_default_context()
        if scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
        try:
            self._introduce(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _introduce(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        """Encrypt where the server can; a password never goes in the clear."""
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif self._parts.username and self._parts.scheme == "smtp":
            message = "the mail server offers no STARTTLS, and VAKT_SMTP_URL holds a password; use smtps://"
            raise RefusedError(message)
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))


def _before(error: Exception) -> Exception:
    """What a failure means before any mail was handed over: nothing was done."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return RefusedError(f"mail: {error.smtp_code} the mail server does not accept the login in VAKT_SMTP_URL")
    return UnavailableError(MAIL, str(error) or type(error).__name__)


def _while(error: Exception) -> Exception:
    """What a failure means while a mail is handed over. A 5xx is final, a 4xx is not; a broken line says nothing."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, why = next(iter(error.recipients.values()))
        return _answered(code, why)
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code, error.smtp_error)
    return OutcomeUnknownError(f"mail: {error}")


def _answered(code: int, why: bytes | str) -> Exception:
    said = why.decode("utf-8", "replace") if isinstance(why, bytes) else why
    if code >= 500:  # noqa: PLR2004 - SMTP's own border between now and never
        return RefusedError(f"mail: {code} {said}")
    return UnavailableError(MAIL, f"{code} {said}")


def _quit(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
