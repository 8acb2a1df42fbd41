"""Refusals the domain can give. The web layer turns them into pages, the command line into messages."""

from __future__ import annotations

from typing import Any, ClassVar


def N_(text: str) -> str:  # noqa: N802 — the gettext convention for "translate later"
    """Mark a text for the catalogue without translating it here."""
    return text


class DomainError(Exception):
    """A rule said no.

    ``code`` is stable; ``text`` is the Chinese message with ``%(name)s`` places, and is the catalogue's key;
    ``status`` is for HTTP; ``params`` fill the places; ``field`` names the form field at fault, if one is.
    ``reference`` is the number under which a refused attempt was kept, where it was.
    """

    code: ClassVar[str] = "domain.refused"
    text: ClassVar[str] = N_("现在不能这样做。")
    status: ClassVar[int] = 409

    def __init__(self, *, field: str | None = None, **params: Any) -> None:
        self.field = field
        self.params = params
        self.reference: str | None = None
        super().__init__(self.text % params if params else self.text)


class Forbidden(DomainError):
    """The actor lacks the permission."""

    code = "domain.forbidden"
    text = N_("您的角色不能办理这一事项。")
    status = 403


class NotFound(DomainError):
    """What is not there, or not the actor's: the two look alike."""

    code = "domain.not_found"
    text = N_("没有找到，或者不对您开放。")
    status = 404


class WrongState(DomainError):
    """The thing is no longer, or not yet, in a state that allows this."""

    code = "domain.wrong_state"
    text = N_("它现在的状态不允许这样做。请刷新页面，看看是否已有人办理。")


class SamePerson(DomainError):
    """Both sides of a two-person act would be one person."""

    code = "domain.same_person"
    text = N_("这一步要由另一个人办理：经办和复核不能是同一人。")
    status = 403


class Invalid(DomainError):
    """An input that cannot be taken as it is."""

    code = "domain.invalid"
    text = N_("填写有误：%(reason)s")
    status = 422
