"""Organisations, accounts, roles, sessions, invitations, second factors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding.core.actor import Actor, Role
from bidding.db import Big, Model
from bidding.identity.policy import OrganisationKind as OrganisationKind


class Organisation(Model):
    """A legal person, by its unified social credit code."""

    __table_args__ = (
        CheckConstraint("length(uscc) = 18", "uscc_length"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", "approved_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[OrganisationKind]
    name: Mapped[str] = mapped_column(String(200))
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    contact: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    registered_at: Mapped[datetime]
    #: Licence and authorisation letter, as blobs with their names; seen and approved at the window before a first bid.
    licence: Mapped[str | None] = mapped_column(String(64))
    licence_name: Mapped[str | None] = mapped_column(String(200))
    authorisation: Mapped[str | None] = mapped_column(String(64))
    authorisation_name: Mapped[str | None] = mapped_column(String(200))
    #: When the tenderer last sent both to the window; what was wrong with them, a line each.
    filed_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None] = mapped_column(String(2000))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", use_alter=True, name="fk_organisation_approved_by_id_account")
    )
    accounts: Mapped[list[Account]] = relationship(
        back_populates="organisation", foreign_keys="Account.organisation_id"
    )


class Account(Model):
    """A person who signs in, for one organisation."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(24), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)  # stored in lower case
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(30), default="")
    password_hash: Mapped[str] = mapped_column(String(200))  # empty until the invitation is taken up
    created_at: Mapped[datetime]
    #: From here the days run within which some roles must have a second factor.
    first_signed_in_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(String(12))
    organisation: Mapped[Organisation] = relationship(
        back_populates="accounts", foreign_keys=[organisation_id]
    )
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="account", foreign_keys="RoleGrant.account_id", cascade="all, delete-orphan"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held now."""
        return frozenset(grant.role for grant in self.grants)

    def as_actor(self, permissions: frozenset[str], step_up_at: datetime | None) -> Actor:
        """The account as the rules see it."""
        return Actor(self.id, self.organisation_id, self.name, self.roles, permissions, step_up_at)


class RoleGrant(Model):
    """One role of one account."""

    __table_args__ = (UniqueConstraint("account_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship(back_populates="grants", foreign_keys=[account_id])


class SignInSession(Model):
    """A signed-in browser. The cookie carries a token, the row its hash, so revoking takes effect at once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    step_up_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    #: Where from and with what, so that the person can tell their own browsers apart.
    address: Mapped[str] = mapped_column(String(45), default="")
    client: Mapped[str] = mapped_column(String(60), default="")
    #: The browser had not been signed in to the account before; the person says "that was me" once.
    is_new_device: Mapped[bool] = mapped_column(default=False, server_default=false())
    acknowledged_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class Invitation(Model):
    """A single-use link by which a member of staff sets a password; at most 24 h."""

    __table_args__ = (
        Index(
            "one_open_invitation",
            "account_id",
            unique=True,
            sqlite_where=text("used_at IS NULL"),
            postgresql_where=text("used_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(foreign_keys=[account_id])


class SignInFailure(Model):
    """A sign-in that failed (or is being tried), for throttling; ``address`` is where from, or a known browser."""

    __table_args__ = (
        Index("sign_in_failures_by_login", "login", "at"),
        Index("sign_in_failures_by_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime]


class Passkey(Model):
    """A public key of somebody's device or security key (WebAuthn), for the one name it was made under."""

    __table_args__ = (CheckConstraint("sign_count >= 0", "sign_count_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    #: base64url of the credential's id, which is at most 1023 bytes.
    credential_id: Mapped[str] = mapped_column(String(1364), unique=True)
    public_key: Mapped[bytes]
    rp_id: Mapped[str] = mapped_column(String(253))
    name: Mapped[str] = mapped_column(String(60))
    #: Signatures that the device says it has made; 0 for ever where it does not count.
    sign_count: Mapped[int] = mapped_column(Big)
    #: Whether the key can be synchronised to other devices, and is.
    is_multi_device: Mapped[bool]
    is_backed_up: Mapped[bool]
    aaguid: Mapped[str] = mapped_column(String(36))
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class Authenticator(Model):
    """The secret shared with an authenticator app; it counts once a first code has confirmed it."""

    __table_args__ = (
        Index(
            "one_confirmed_authenticator",
            "account_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL"),
        ),
        Index(
            "one_unconfirmed_authenticator",
            "account_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NULL"),
            postgresql_where=text("confirmed_at IS NULL"),
        ),
        CheckConstraint("(confirmed_at IS NULL) = (last_step IS NULL)", "confirmed_by_a_step"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sealed_secret: Mapped[bytes]
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    #: The thirty seconds of the code that was used last: each is good once (RFC 6238 §5.2).
    last_step: Mapped[int | None] = mapped_column(Big)
    account: Mapped[Account] = relationship()


class RecoveryCode(Model):
    """A printed code that opens the second step once; only its mark is kept."""

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class FactorsCleared(Model):
    """An administrator took every second factor of somebody who had lost them. Shown to the person and the supervisor."""

    __table_args__ = (CheckConstraint("cleared_by_id <> account_id", "cleared_by_another"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    cleared_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    cleared_at: Mapped[datetime]


class SpentToken(Model):
    """A signed token that was good once: a passkey's challenge, a turn at the sign-in. Gone when it has expired."""

    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
