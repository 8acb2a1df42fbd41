"""What a key opens and for how long, how it looks, and what is refused. Pure."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bidding.core.errors import N_, DomainError
from bidding.tenders.policy import Permission as Projects

#: Bytes of a key: nobody tries them all, so that a plain digest is enough to keep it by.
KEY_SIZE = 32
#: By this, programs that look for secrets in source code know one.
KEY_PREFIX = "sunlit_"
#: How many signs after it are kept to tell keys apart.
HINT = 4
MIN_DAYS, MAX_DAYS = 1, 366
#: So long before its end a key is marked.
SOON = timedelta(days=14)
#: Keys of one agency in force at a time.
MAX_KEYS = 10

_TOKEN = re.compile(rf"{KEY_PREFIX}[A-Za-z0-9_-]{{43}}")
#: What an idempotency key is made of: signs of a header, at most so many.
IDEMPOTENCY = r"^[A-Za-z0-9._:-]{8,100}$"


class Scope(StrEnum):
    """What a key opens."""

    READ = "read"  # its own agency's projects, results, opening records
    DRAFT = "draft"  # and drafts of projects with their files


SCOPE_WORDS: dict[Scope, str] = {
    Scope.READ: N_("只读：查询本单位的项目、结果和开标记录"),
    Scope.DRAFT: N_("起草：另可新建、修改草稿，上传文件（不能发布）"),
}

#: What whoever holds the key may do: a part of what its maker may. Publishing is in none of them.
PERMISSIONS: dict[Scope, frozenset[str]] = {
    Scope.READ: frozenset({Projects.PROJECT_READ}),
    Scope.DRAFT: frozenset({Projects.PROJECT_READ, Projects.PROJECT_EDIT}),
}


class _NoKey(DomainError):
    status = 401


class KeyMissing(_NoKey):
    """No key came with the request; a signed-in browser is none."""

    code = "api.key_missing"
    text = N_(
        "这个接口要用密钥：请在请求头里写 Authorization: Bearer 加密钥。网页登录在这里不算。密钥由本单位经办人在“接口密钥”一页制作。"
    )


class KeyUnknown(_NoKey):
    """What came is no key of anybody's."""

    code = "api.key_unknown"
    text = N_("没有这个密钥。请核对是否复制完整；已经丢失的，请在“接口密钥”一页重新制作。")


class KeyOver(_NoKey):
    """It was a key, and is none any more."""

    code = "api.key_over"
    text = N_("这个密钥已经停用或者过期。请在“接口密钥”一页重新制作。")


class MakerGone(_NoKey):
    """Whoever made it may no longer do what it does."""

    code = "api.maker_gone"
    text = N_("制作这个密钥的人已经停用，或者不再是本单位的经办人，密钥随之失效。请由现在的经办人重新制作。")


class OutOfScope(DomainError):
    """The key opens less."""

    code = "api.out_of_scope"
    text = N_("这个密钥只能查询，不能起草。需要起草的，请制作一个“起草”范围的密钥。")
    status = 403


class TooManyKeys(DomainError):
    """Keys nobody counts are keys nobody misses."""

    code = "api.too_many_keys"
    text = N_("本单位在用的密钥已有 %(limit)s 个，最多 %(limit)s 个。请先停用不用的，再做新的。")


class NameTwice(DomainError):
    """Two keys nobody could tell apart."""

    code = "api.name_twice"
    text = N_("本单位已有一个在用的密钥叫“%(name)s”。请换一个名称，例如加上系统或年份。")
    status = 422


class BadSpan(DomainError):
    """A key that lasts for ever, or not at all."""

    code = "api.bad_span"
    text = N_("有效期要在 %(least)s 到 %(most)s 天之间。到期前可以再做一个新的，换上以后停用旧的。")
    status = 422


class BadArguments(DomainError):
    """Arguments of a request that cannot be taken; ``errors`` says which, and why."""

    code = "api.bad_arguments"
    text = N_("请求里有 %(count)s 处不能收下，见 errors。请改正后重发；什么也没有写入。")
    status = 422

    def __init__(self, errors: Sequence[Mapping[str, Any]], *, field: str | None = None) -> None:
        super().__init__(field=field, count=len(errors))
        self.errors = errors


class BadJson(DomainError):
    """A body that is no JSON."""

    code = "api.bad_json"
    text = N_(
        "请求的正文不是 UTF-8 的 JSON。请核对内容和 Content-Type: application/json 后重发；什么也没有写入。"
    )
    status = 400


class SentBefore(DomainError):
    """An idempotency key that stands for something else."""

    code = "api.sent_before"
    text = N_(
        "这个 Idempotency-Key 已经用于另一份内容。同一份内容重发才用同一个；新的内容请换一个新的 Idempotency-Key。"
    )
    status = 422


class SentAtOnce(DomainError):
    """The same request is on its way twice."""

    code = "api.sent_at_once"
    text = N_("同一份内容正在处理。请过几秒用同一个 Idempotency-Key 重发，会得到它的结果。")


class NotByKey(DomainError):
    """A draft that people write at the desk."""

    code = "api.not_by_key"
    text = N_("这个草稿是在网页上起草的，接口不能改，以免盖掉别人写的内容。请在网页上修改。")
    status = 409


class OtherBytes(DomainError):
    """What came is not what was announced."""

    code = "api.other_bytes"
    text = N_("收到的文件摘要是 %(found)s，与网址里写的不同，没有收下。请重新计算 SHA-256，或者重传。")
    status = 422


def key_of(secret: bytes) -> str:
    """The key as its holder writes it: the prefix and 43 signs. ``secret`` is ``KEY_SIZE`` bytes."""
    return KEY_PREFIX + urlsafe_b64encode(secret).decode("ascii").rstrip("=")


def key_in(header: str | None) -> str | None:
    """The key in an ``Authorization`` header (RFC 6750); None for none. Raises ``KeyUnknown`` for what is no key."""
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    if not _TOKEN.fullmatch(token.strip()):
        raise KeyUnknown
    return token.strip()


def check_days(days: int) -> int:
    """For how many days a key may last. Raises ``BadSpan``."""
    if not MIN_DAYS <= days <= MAX_DAYS:
        raise BadSpan(field="days", least=MIN_DAYS, most=MAX_DAYS)
    return days


def is_soon_over(expires_at: datetime, now: datetime) -> bool:
    """Whether somebody should make the next one."""
    return expires_at - now <= SOON
