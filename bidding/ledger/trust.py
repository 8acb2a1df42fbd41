"""Who must have signed a checkpoint: C2SP tlog-policy, as a panel carries it (protocol §2). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bidding.core.canonical import Malformed
from bidding.ledger.note import Algorithm, Head, VerifierKey, open_note, parse_head, parse_note, parse_vkey

#: The quorum that asks for no witness; never a panel's.
NONE = "none"
_MAX_POLICY = 16 * 1024
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Checked:
    """A checkpoint whose log signature holds, with the cosignatures that hold."""

    head: Head
    text: str
    #: The times of each witness's cosignatures, by its name in the policy.
    times: Mapping[str, tuple[int, ...]]

    def cosigners(self, *, not_after: int | None = None) -> frozenset[str]:
        """The witnesses with a cosignature dated no later than ``not_after`` (Unix seconds)."""
        return frozenset(
            name
            for name, times in self.times.items()
            if not_after is None or any(at <= not_after for at in times)
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """The logs, the witnesses, and the rule by which witnesses suffice."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]  # in order of definition: name -> threshold, members
    quorum: str

    @property
    def log_vkey(self) -> VerifierKey:
        """The one log of a panel's policy."""
        return self.logs[0]

    def satisfied(self, cosigner_names: Iterable[str]) -> bool:
        """Whether these witnesses (by their names in the policy) are a quorum."""
        if self.quorum == NONE:
            return True
        met = set(cosigner_names) & self.witnesses.keys()
        for name, (threshold, members) in self.groups.items():
            if sum(member in met for member in members) >= threshold:
                met.add(name)
        return self.quorum in met

    def read(self, note: str) -> Checked:
        """Check a checkpoint's note: form, the log's signature, every line by a witness named here.

        Raises ``Malformed`` or ``BadSignature``. Whether the cosigners suffice is asked of ``satisfied``.
        """
        opened = open_note(note, [*self.logs, *self.witnesses.values()])
        head = parse_head(opened.text)
        if not any(key in opened.signers and key.name == head.origin for key in self.logs):
            raise Malformed("checkpoint: not signed by its log")
        times = {name: opened.signers[key] for name, key in self.witnesses.items() if key in opened.signers}
        return Checked(head, opened.text, times)

    def witnessed(self, checked: Checked, *, not_after: int | None = None) -> bool:
        """Whether a quorum cosigned, each no later than ``not_after``."""
        return self.satisfied(checked.cosigners(not_after=not_after))

    def known_lines(self, note: str) -> str:
        """A checkpoint's note without the lines of keys that are not named here. Raises ``Malformed``."""
        known = {(key.name, key.key_id) for key in (*self.logs, *self.witnesses.values())}
        text, signatures = parse_note(note)
        lines = note[len(text) + 1 :].splitlines(keepends=True)
        kept = [line for line, sig in zip(lines, signatures, strict=True) if (sig.name, sig.key_id) in known]
        return f"{text}\n{''.join(kept)}"


class _Reader:
    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.members: set[str] = set()
        self.quorum: str | None = None

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                key = _vkey(vkey, Algorithm.ED25519)
                if any(key.key == other.key for other in self.logs):
                    raise Malformed("policy: one log key twice")
                self.logs.append(key)
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                key = _vkey(vkey, Algorithm.COSIGNATURE)
                if any(key.key == other.key for other in self.witnesses.values()):
                    raise Malformed("policy: one witness key twice")
                self.witnesses[self._new(name)] = key
            case ["group", name, threshold, *members] if members:
                self._group(name, threshold, tuple(members))
            case ["quorum", name] if self.quorum is None:
                if name != NONE:
                    self._defined(name)
                self.quorum = name
            case _:
                raise Malformed(f"policy: a line that is not known or not whole: {words[0]}")

    def _group(self, name: str, threshold: str, members: tuple[str, ...]) -> None:
        for member in members:
            self._defined(member)
            if member in self.members:
                raise Malformed(f"policy: {member} is a member twice")
            self.members.add(member)
        if threshold in ("any", "all"):
            count = 1 if threshold == "any" else len(members)
        elif _THRESHOLD.fullmatch(threshold) and int(threshold) <= len(members):
            count = int(threshold)
        else:
            raise Malformed(f"policy: the threshold of {name} is not from 1 to {len(members)}")
        self.groups[self._new(name)] = (count, members)

    def _new(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Malformed(f"policy: the name {name} is taken")
        return name

    def _defined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise Malformed(f"policy: {name} is not defined above")


def parse_policy(text: str, *, for_panel: bool = True) -> Policy:
    """Read a policy; raises ``Malformed``.

    A panel's (``for_panel``) has exactly one log, a quorum other than ``none``, and no witness with the log's
    key (protocol §2: it is the only source of log and witness keys).
    """
    if len(text) > _MAX_POLICY or not text.endswith("\n"):
        raise Malformed("policy: too long, or the last line does not end")
    if any((ord(sign) < 0x20 and sign not in "\t\n") or sign == "\x7f" for sign in text):
        raise Malformed("policy: a control sign")
    reader = _Reader()
    for line in text.split("\n"):
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            reader.take(words)
    if reader.quorum is None:
        raise Malformed("policy: no quorum line")
    policy = Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)
    if for_panel:
        _check_panel(policy)
    return policy


def _check_panel(policy: Policy) -> None:
    if len(policy.logs) != 1:
        raise Malformed("policy: not exactly one log")
    if policy.quorum == NONE:
        raise Malformed("policy: the quorum is none")
    if any(key.key == policy.log_vkey.key for key in policy.witnesses.values()):
        raise Malformed("policy: the log's key cannot be a witness's")


def write_policy(log: VerifierKey, witnesses: Iterable[VerifierKey], quorum: int = 0) -> str:
    """The policy of one log and its witnesses: so many of them, at most all.

    With 0 it is the only one, or a majority: any two quorums then overlap, so that no two histories can both have
    one. With fewer, one witness stands in for another that is gone, and that guarantee is given up.
    """
    keys = sorted(witnesses, key=lambda key: key.name)
    lines = [f"log {log}", *(f"witness {key.name} {key}" for key in keys)]
    if len(keys) == 1:
        lines.append(f"quorum {keys[0].name}")
    elif keys:
        threshold = min(quorum, len(keys)) or len(keys) // 2 + 1
        lines.append(f"group witnesses {threshold} {' '.join(key.name for key in keys)}")
        lines.append("quorum witnesses")
    else:
        lines.append(f"quorum {NONE}")
    return "".join(f"{line}\n" for line in lines)


def _vkey(text: str, algorithm: Algorithm) -> VerifierKey:
    key = parse_vkey(text)
    if key.algorithm is not algorithm:
        raise Malformed(f"policy: the key of {key.name} is of the wrong type")
    return key
