"""Canonical JSON (RFC 8785) as protocol §1 restricts it, and the two ways of hashing parts together."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Any

MAX_INTEGER = 2**53 - 1
#: No object of the protocol is nested deeper than ten. Beyond this it would depend on the reader's stack whether a
#: value can be read, and one tenderer's sheet would stop the opening of all.
MAX_DEPTH = 100
_SURROGATE = re.compile("[\ud800-\udfff]")
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Malformed(ValueError):
    """Bytes that are not what the protocol says; the message names the place and the reason."""


#: With ASCII keys and no floats, keys sorted and nothing between the tokens, this *is* RFC 8785 (a test holds it
#: against another implementation); the C encoder writes it thirty times as fast.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def dumps(value: Any) -> bytes:
    """The RFC 8785 bytes of a value made of str, int, bool, None, list and dict with ASCII keys."""
    _check(value, "$")
    return _encode(value).encode()


def loads(data: bytes | str) -> Any:
    """Parse JSON, refusing duplicate keys, floats, large integers, deep nesting and keys that are not ASCII.

    Whatever is wrong is a ``Malformed``: one tenderer's odd sheet must void that bid and stop no opening.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(text, object_pairs_hook=_object, parse_float=_no_float, parse_constant=_no_float)
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error
    except RecursionError as error:
        raise Malformed("nested too deep") from error
    except json.JSONDecodeError as error:
        raise Malformed(f"not JSON: {error.msg} at {error.pos}") from error
    except Malformed:
        raise
    except ValueError as error:  # Python turns no text of more than 4300 digits into a number
        raise Malformed("integer beyond 2^53-1") from error
    _check(value, "$")
    return value


def loads_again(text: str) -> Any:
    """Parse a text that ``loads`` has taken before: the very same, so that there is nothing left to refuse."""
    return json.loads(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Malformed("duplicate key")
    return out


def _no_float(text: str) -> Any:
    raise Malformed(f"not an integer: {text}")


def _check(value: Any, path: str) -> None:
    """Refuse what may not stand in a protocol object; the message names its place."""
    if not _sound(value):
        _explain(value, path)


def _sound(value: Any) -> bool:
    """Whether everything in ``value`` may stand, without keeping its place: logs hold lists of 100,000 people."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                if not all(type(key) is str and key.isascii() for key in item):
                    return False
                below.extend(item.values())
            elif kind is list:
                below.extend(item)
            elif not _sound_scalar(item, kind):
                return False
        level = below
    return not level


def _sound_scalar(item: Any, kind: type) -> bool:
    if kind is str:
        return bool(item.isascii()) or _SURROGATE.search(item) is None
    if kind is int:
        return bool(abs(item) <= MAX_INTEGER)
    return item is None or kind is bool


def _explain(value: Any, path: str, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise Malformed("nested too deep")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            _explain(item, f"{path}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise Malformed(f"{path}: key is not ASCII text")
            _explain(item, f"{path}.{key}", depth + 1)
    else:
        _check_scalar(value, path)


def _check_scalar(value: Any, path: str) -> None:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Malformed(f"{path}: lone surrogate") from error
    elif not isinstance(value, int):
        raise Malformed(f"{path}: {type(value).__name__} cannot stand in a protocol object")
    elif abs(value) > MAX_INTEGER:
        raise Malformed(f"{path}: integer beyond 2^53-1")


def exactly(value: Any, keys: str, what: str) -> dict[str, Any]:
    """``value`` as a dict whose key set is exactly the space-separated ``keys``; else ``Malformed``."""
    if not isinstance(value, dict):
        raise Malformed(f"{what}: not an object")
    wanted = set(keys.split())
    if value.keys() != wanted:
        extra, missing = sorted(value.keys() - wanted), sorted(wanted - value.keys())
        raise Malformed(f"{what}: missing {missing}, not known {extra}")
    return value


def text_of(value: Any, what: str) -> str:
    """``value`` as text; else ``Malformed``."""
    if not isinstance(value, str):
        raise Malformed(f"{what}: not text")
    return value


def identifier(value: Any, what: str) -> str:
    """``value`` as an identifier of protocol §1; else ``Malformed``."""
    if not isinstance(value, str) or not IDENTIFIER.fullmatch(value):
        raise Malformed(f"{what}: not an identifier")
    return value


def integer(value: Any, what: str, low: int = 0, high: int = MAX_INTEGER) -> int:
    """``value`` as an integer within [low, high] (a bool is not one); else ``Malformed``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Malformed(f"{what}: not an integer from {low} to {high}")
    return value


def boolean(value: Any, what: str) -> bool:
    """``value`` as a bool; else ``Malformed``."""
    if not isinstance(value, bool):
        raise Malformed(f"{what}: not true or false")
    return value


def array(value: Any, what: str) -> list[Any]:
    """``value`` as a list; else ``Malformed``."""
    if not isinstance(value, list):
        raise Malformed(f"{what}: not an array")
    return value


def unhex(value: Any, size: int, what: str) -> bytes:
    """Lower-case hex of exactly ``size`` bytes; else ``Malformed``."""
    if not isinstance(value, str) or not re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", value):
        raise Malformed(f"{what}: not {size} bytes of lower-case hex")
    return bytes.fromhex(value)


def b64(data: bytes) -> str:
    """Standard padded base64."""
    return base64.b64encode(data).decode("ascii")


def unb64(value: Any, what: str) -> bytes:
    """Standard, padded, canonical base64; else ``Malformed``."""
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Malformed(f"{what}: not base64") from error
    if b64(data) != value:
        raise Malformed(f"{what}: base64 is not canonical")
    return data


def lp(*parts: bytes | str) -> bytes:
    """Every part prefixed by its length as u32 big-endian: an injective concatenation."""
    out = bytearray()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        out += len(raw).to_bytes(4, "big")
        out += raw
    return bytes(out)


def sha(*parts: bytes | str) -> bytes:
    """SHA-256 of the parts, simply concatenated."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
    return digest.digest()
