"""``bidding seal``, ``bidding withdraw``, ``bidding key``, ``bidding trustee``: people's own machines, offline. No Flask, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.clock import SHANGHAI, Clock, SystemClock, from_unix, unix
from bidding.core.entropy import Entropy, SystemEntropy
from bidding.core.errors import N_, DomainError
from bidding.i18n.terminal import say, tell
from bidding.sealing import client, enrolment
from bidding.sealing import trustee as trustees
from bidding.sealing.keys import (
    BidKey,
    FileExists,
    TrusteeKey,
    from_paper,
    read_bid_key,
    write_key,
    write_new,
)
from bidding.sealing.offer import (
    Lot,
    Tender,
    above_ceiling,
    below_floor,
    check_files,
    parse_tender,
    read_offer,
    shown,
)
from bidding.sealing.schedule import ScheduleDraft, read_schedule, sign_draft
from bidding.sealing.terminal import passphrase, passphrase_option, refusals, trustee_key, work_factor

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class PanelDiffers(DomainError):
    """The tender file was changed on its way, or the notice is another's."""

    code = "sealing.panel_differs"
    text = N_(
        "信任锚不一致：公告上是 %(notice)s，签封参数文件里是 %(file)s。请停止签封，重新下载，并向中心核实。"
    )


class NotConfirmed(DomainError):
    """The person at the keyboard did not confirm."""

    code = "sealing.not_confirmed"
    text = N_("没有确认，什么也没有写出。核对无误后请再运行一次。")


class EnvelopeUnknown(DomainError):
    """The key file knows no such envelope."""

    code = "cli.envelope_unknown"
    text = N_("密钥文件里没有“%(names)s”。里面有：%(known)s。请照开标大厅页面上的命令写。")


class BadField(DomainError):
    """``--field`` without an equals sign."""

    code = "sealing.bad_field"
    text = N_("--field 要写成“名称=内容”，现在是“%(given)s”。")


class BadFile(DomainError):
    """``--file`` that does not say which slot the file belongs to."""

    code = "sealing.bad_file"
    text = N_("--file 要写成“文件位=路径”，现在是“%(given)s”。这个标段的文件位有：%(slots)s。")


# Sealing --------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("tender", type=FILE)
@click.option("--lot", help="标段编号；只有一个标段时可以不写。")
@click.option("--name", required=True, help="投标人名称，与营业执照一致。")
@click.option("--uscc", required=True, help="统一社会信用代码，18 位。")
@click.option(
    "--field", "fields", multiple=True, metavar="名称=内容", help="开标一览表的一项；金额以元填写。"
)
@click.option("--offer", type=FILE, help="开标一览表的 JSON 文件；文字金额以元计，整数以分计。")
@click.option(
    "--file", "files", multiple=True, metavar="文件位=路径", help="一个投标文件和它的文件位，可写多次。"
)
@click.option("--out", type=NEW_FILE, help="写出的签封包；不写则为 项目-标段-投标号.bidseal。")
@click.option(
    "--key-out", type=NEW_FILE, help="写出的密钥文件；不写则为 bid-投标号.key，与签封包同一文件夹。"
)
@click.option("--replaces", type=FILE, help="要替换的那份投标的密钥文件。")
@click.option("--panel", help="公告上印的信任锚（64 位十六进制）；写了就自动比对。")
@click.option("--yes", is_flag=True, help="不再询问；要同时写 --panel。")
@click.option(
    "--replaces-passphrase-file", type=FILE, help="旧密钥文件口令所在的文件；不写则同 --passphrase-file。"
)
@passphrase_option
def seal(
    tender: Path,
    *,
    lot: str | None,
    name: str,
    uscc: str,
    fields: Sequence[str],
    offer: Path | None,
    files: Sequence[str],
    out: Path | None,
    key_out: Path | None,
    replaces: Path | None,
    panel: str | None,
    yes: bool,
    replaces_passphrase_file: Path | None,
    passphrase_file: Path | None,
) -> None:
    """签封一份投标。TENDER 是公告页上的 tender.json。Seal a bid.

    写出签封包（上传给中心）和密钥文件（自己保管，撤回、替换投标要用）。签封全程不联网。
    """
    with refusals():
        known, raw = _tender(tender)
        place = _lot(known, lot)
        given = _offer(offer, fields)
        read = read_offer(place, given)
        placed = _files(place, files)
        old = _old_key(replaces, replaces_passphrase_file or passphrase_file)
        _show(known, place, read, SystemClock())
        _compare(known, panel, yes=yes)
        secret = passphrase(N_("给这份投标的密钥文件设一个口令"), passphrase_file, new=True)
        _seal(
            raw,
            known=known,
            lot=place.code,
            tenderer=(name, uscc),
            offer=given,
            files=placed,
            out=out,
            key_out=key_out,
            old=old,
            secret=secret,
            entropy=SystemEntropy(),
        )


def _tender(path: Path) -> tuple[Tender, dict[str, Any]]:
    raw = loads(path.read_bytes())
    return parse_tender(raw), raw


def _lot(tender: Tender, lot: str | None) -> Lot:
    if lot is None and len(tender.lots) == 1:
        return next(iter(tender.lots.values()))
    return tender.lot(lot or "")


def _files(lot: Lot, files: Sequence[str]) -> list[tuple[str, Path]]:
    placed = []
    for text in files:
        slot, equals, path = text.partition("=")
        if not equals:
            slots = "、".join(f"{slot.code}（{slot.label}）" for slot in lot.slots)
            raise BadFile(given=text, slots=slots, field="file")
        placed.append((slot.strip(), Path(path)))
    check_files(lot, [(slot, path.name) for slot, path in placed])
    return placed


def _offer(path: Path | None, fields: Sequence[str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if path is not None:
        found = loads(path.read_bytes())
        given |= found if isinstance(found, dict) else {}
    for text in fields:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadField(given=text, field="field")
        given[name.strip()] = value
    return given


def _old_key(path: Path | None, file: Path | None) -> BidKey | None:
    if path is None:
        return None
    return read_bid_key(path, passphrase(N_("旧投标密钥文件的口令"), file))


def _show(tender: Tender, lot: Lot, read: Mapping[str, Any], clock: Clock) -> None:
    """Everything the tenderer is about to bind itself to, before anything is written."""
    tell(N_("项目：%(code)s %(title)s"), code=tender.panel.project, title=tender.title)
    tell(N_("标段：%(code)s %(name)s"), code=lot.code, name=lot.name)
    tell(N_("截止：%(closes)s（北京时间）"), closes=_at(tender.closes_at))
    for field in lot.fields:
        click.echo(f"  {say(field.label)}：{shown(field, read[field.name])}")
        if above_ceiling(field, read[field.name]):
            tell(N_("注意：高于限价 %(ceiling)s，评审时会被否决。"), ceiling=shown(field, field.ceiling))
        if below_floor(field, read[field.name]):
            tell(N_("注意：低于起始价 %(floor)s，报价无效。"), floor=shown(field, field.floor))
    if unix(clock.now()) >= tender.closes_at:
        tell(N_("注意：按本机时钟，投标已经截止；中心不会再接收。"))


def grouped(panel: bytes) -> str:
    """A panel hash as people compare it: eight groups of eight hex digits."""
    text = panel.hex()
    return " ".join(text[place : place + 8] for place in range(0, 64, 8))


def _compare(tender: Tender, notice: str | None, *, yes: bool) -> None:
    """The panel is the trust anchor: whoever changes it can open what is sealed to it."""
    tell(N_("信任锚（开箱组指纹）："))
    click.echo(f"  {grouped(tender.panel.hash)}")
    for seat in tender.panel.seats:
        click.echo(f"  {seat.i}. {seat.name}  {seat.org}")
    if notice is not None:
        plain = "".join(notice.split()).lower()
        if plain != tender.panel.hash.hex():
            raise PanelDiffers(notice=plain, file=tender.panel.hash.hex(), field="panel")
        tell(N_("与 --panel 一致。"))
        if yes:
            return
    if not click.confirm(say(N_("与公告上印的信任锚一字不差，并且上面的内容都对吗？"))):
        raise NotConfirmed


def _seal(
    raw: Mapping[str, Any],
    *,
    known: Tender,
    lot: str,
    tenderer: tuple[str, str],
    offer: Mapping[str, Any],
    files: Sequence[tuple[str, Path]],
    out: Path | None,
    key_out: Path | None,
    old: BidKey | None,
    secret: str,
    entropy: Entropy,
) -> None:
    draft = out or Path(f"{known.panel.project}-{lot}-{entropy.bytes(8).hex()}.bidseal")
    if key_out is not None and key_out.exists():
        raise FileExists(file=key_out.name)
    done = client.seal(
        raw, lot=lot, tenderer=tenderer, offer=offer, files=files, out=draft, entropy=entropy, replaces=old
    )
    package = draft
    if out is None:
        package = draft.rename(f"{known.panel.project}-{lot}-{done.bid[:8]}.bidseal")
    key_file = key_out or package.with_name(f"bid-{done.bid}.key")
    try:
        write_key(key_file, done.key, secret, entropy, work_factor=work_factor())
    except BaseException:  # a package whose key is lost could never be withdrawn
        package.unlink()
        raise
    tell(N_("签封包：%(file)s（%(size)s 字节）"), file=package, size=done.size)
    tell(N_("密钥文件：%(file)s"), file=key_file)
    tell(N_("投标号：%(bid)s"), bid=done.bid)
    for envelope, sha256 in done.sheets.items():
        tell(N_("开标一览表指纹（%(envelope)s）：%(sha256)s"), envelope=envelope, sha256=sha256)
    tell(N_("下一步：登录后在“递交投标”上传签封包。密钥文件和口令请另存一份，撤回、替换投标要用。"))


# Withdrawing ----------------------------------------------------------------------------------------------------


@click.command()
@click.argument("key", type=FILE)
@click.option("--out", type=NEW_FILE, help="写出的撤回文件；不写则为 withdraw-投标号.json。")
@click.option("--yes", is_flag=True, help="不再询问。")
@passphrase_option
def withdraw(key: Path, *, out: Path | None, yes: bool, passphrase_file: Path | None) -> None:
    """签一份撤回文件。KEY 是这份投标的密钥文件。Sign a withdrawal.

    把写出的文件上传到中心后，这份投标即告撤回，不能恢复；截止前可以重新投标。
    """
    with refusals():
        own = read_bid_key(key, passphrase(N_("密钥文件的口令"), passphrase_file))
        tell(
            N_("要撤回：项目 %(project)s，标段 %(lot)s，投标号 %(bid)s"),
            project=own.project,
            lot=own.lot,
            bid=own.bid,
        )
        if not yes and not click.confirm(say(N_("撤回后不能恢复。确定吗？"))):
            raise NotConfirmed
        target = out or Path(f"withdraw-{own.bid}.json")
        write_new(target, dumps(client.withdraw(own)) + b"\n")
        tell(N_("已写出 %(file)s。下一步：登录后在“我的递交”上传它。"), file=target)


# A bid's own key ------------------------------------------------------------------------------------------------


@click.group()
def key() -> None:
    """投标的密钥文件：受托人没有到齐时公布其中几项。A bid's own key: reveal an envelope's when trustees are missing."""


@key.command("reveal")
@click.argument("file", type=FILE)
@click.option("--envelope", "envelopes", multiple=True, required=True, help="要打开的一项，可以写几次。")
@click.option("--out", type=NEW_FILE, help="写出的公布文件；不写则为 posted-投标号.json。")
@click.option("--yes", is_flag=True, help="不再询问。")
@passphrase_option
def key_reveal(
    file: Path, *, envelopes: Sequence[str], out: Path | None, yes: bool, passphrase_file: Path | None
) -> None:
    """写出打开几项所需的密钥。FILE 是投标的密钥文件。Write the keys of some envelopes, to be posted.

    只写页面上列出的那几项：写出的密钥交上去以后，这几项就谁都能打开。签名用的密钥不在其中。
    """
    with refusals():
        own = read_bid_key(file, passphrase(N_("密钥文件的口令"), passphrase_file))
        try:
            posting = own.posting(envelopes)
        except Malformed as error:
            raise EnvelopeUnknown(
                names="、".join(envelopes), known="、".join(name for name, _ in own.identities)
            ) from error
        tell(
            N_("要公布：项目 %(project)s，投标号 %(bid)s，%(envelopes)s"),
            project=own.project,
            bid=own.bid,
            envelopes="、".join(name for name, _ in posting.identities),
        )
        if not yes and not click.confirm(say(N_("交出后这几项谁都能打开，不能收回。确定吗？"))):
            raise NotConfirmed
        target = out or Path(f"posted-{own.bid}.json")
        write_new(target, dumps(posting.to_json()) + b"\n")
        tell(N_("已写出 %(file)s。下一步：在开标大厅的“用密钥文件打开投标”里上传它。"), file=target)


# Trustees -------------------------------------------------------------------------------------------------------


@click.group()
def trustee() -> None:
    """受托人：生成密钥、做演练、开箱。Trustees: make a key, answer a drill, open."""


@trustee.command("new")
@click.argument("name")
@click.option("--folder", type=FOLDER, default=".", help="写到哪个文件夹；请用本人的优盘。")
@click.option("--from-paper", is_flag=True, help="不生成新的，把保险柜里纸上的密钥重新录入。")
@passphrase_option
def trustee_new(name: str, *, folder: Path, from_paper: bool, passphrase_file: Path | None) -> None:
    """生成受托人密钥。NAME 由字母、数字、点和 _ - 组成。Make a trustee's key.

    trustee-NAME.age 自己保管；trustee-NAME.json 交中心登记；屏幕上的备份抄下，封存进保险柜。
    """
    entropy = SystemEntropy()
    with refusals():
        paper = _typed_in(name) if from_paper else None
        secret = passphrase(N_("给密钥文件设一个口令"), passphrase_file, new=True)
        if paper is None:
            made = trustees.trustee_new(name, folder, secret, entropy, work_factor=work_factor())
        else:
            made = trustees.write_trustee(paper, folder, secret, entropy, work_factor=work_factor())
        card = made.enrolment
        tell(N_("密钥文件（自己保管）：%(file)s"), file=made.key_file)
        tell(N_("登记文件（交给中心）：%(file)s"), file=made.enrolment_file)
        tell(N_("公钥指纹（复核时当面念出）："))
        click.echo(f"  {enrolment.fingerprint(card['name'], card['pub'], card['sign'])}")
        if paper is None:
            tell(N_("纸质备份（抄下封存，不要拍照，不要留在电脑里）："))
            click.echo(f"  {made.key.paper}")


def _typed_in(name: str) -> TrusteeKey:
    return from_paper(name, click.prompt(say(N_("纸上的密钥")), hide_input=True))


@trustee.command("drill")
@click.argument("challenge", type=FILE)
@click.option("--key", required=True, type=FILE, help="本人的密钥文件 trustee-NAME.age。")
@click.option("--out", type=NEW_FILE, help="写出的结果；不写则在演练文件旁，名为 drill-编号-answer.json。")
@passphrase_option
def trustee_drill(challenge: Path, *, key: Path, out: Path | None, passphrase_file: Path | None) -> None:
    """做一次密钥演练。CHALLENGE 是从“受托人”页下载的演练文件。Answer a key drill."""
    with refusals():
        own = trustee_key(key, passphrase_file)
        target = out or challenge.with_name(f"{challenge.stem}-answer.json")
        trustees.answer_drill(challenge, own, target, SystemEntropy())
        tell(N_("演练完成，已写出 %(file)s。下一步：在“受托人”页上传它。"), file=target)


@trustee.command("schedule")
@click.argument("file", type=FILE)
@click.option("--key", required=True, type=FILE, help="本人的密钥文件 trustee-NAME.age。")
@click.option("--panel", help="公告上印的信任锚（64 位十六进制）；写了就自动比对。")
@click.option("--out", type=NEW_FILE, help="写出的签名；不写则在延期文件旁，名为 原名-席位-signature.json。")
@click.option("--yes", is_flag=True, help="不再询问；要同时写 --panel。")
@passphrase_option
def trustee_schedule(
    file: Path, *, key: Path, panel: str | None, out: Path | None, yes: bool, passphrase_file: Path | None
) -> None:
    """签一次延期。FILE 是从项目“截止时间”页下载的延期文件。Sign a change of dates.

    先核对信任锚和每一个时间：只能延后，不能提前。全程不联网，密钥不离开这台机器。
    """
    with refusals():
        anchor = None if panel is None else "".join(panel.split()).lower()
        draft = read_schedule(file.read_bytes(), panel=anchor)
        _show_schedule(draft)
        if not (yes and panel) and not click.confirm(
            say(N_("信任锚和现在的截止时间都与公告一致，同意这样延期吗？"))
        ):
            raise NotConfirmed
        own = trustee_key(key, passphrase_file)
        seat = draft.seat(own)
        target = out or file.with_name(f"{file.stem}-{seat.role}-signature.json")
        sign_draft(draft, own, target)
        tell(N_("第 %(seat)s 席已签名，写出 %(file)s。"), seat=seat.i, file=target)
        tell(N_("下一步：登录后在下载延期文件的那一页上传它。两席都签了，更正才生效。"))


def _show_schedule(draft: ScheduleDraft) -> None:
    """In plain words what is signed, before the key is asked for."""
    was, now = draft.previous, draft.schedule
    tell(N_("项目：%(code)s %(title)s"), code=draft.panel.project, title=draft.title)
    tell(N_("信任锚（开箱组指纹）："))
    click.echo(f"  {grouped(draft.panel.hash)}")
    tell(N_("第 %(n)s 次更正时间安排"), n=now["n"])
    before, after = was["closes_at"], now["closes_at"]
    moves = N_("截止：由 %(was)s 延至 %(now)s（北京时间）")
    tell(moves if before != after else N_("截止：%(now)s（北京时间），不变"), was=_at(before), now=_at(after))
    moves = N_("开标（第 %(stage)s 阶段）：由 %(was)s 延至 %(now)s")
    for old, new in zip(was["opens"], now["opens"], strict=True):
        tell(
            moves if old["at"] != new["at"] else N_("开标（第 %(stage)s 阶段）：%(now)s，不变"),
            stage=new["stage"],
            was=_at(old["at"]),
            now=_at(new["at"]),
        )
    tell(N_("原因：%(reason)s"), reason=now["reason"] or "")


def _at(seconds: int) -> str:
    return from_unix(seconds).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
