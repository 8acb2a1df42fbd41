"""``bidding draw``: the parties of a draw on their own machines, offline. No Flask, no database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bidding.core.canonical import dumps, loads
from bidding.core.entropy import SystemEntropy
from bidding.core.errors import N_, DomainError
from bidding.experts import client, names_client
from bidding.experts.client import OrderFile
from bidding.experts.names import opened_file
from bidding.experts.rules import EXCLUDED_WORDS
from bidding.i18n.terminal import say, tell
from bidding.sealing.keys import FileExists, check_typed, read_trustee_key, write_new
from bidding.sealing.panel import Panel
from bidding.sealing.terminal import passphrase, passphrase_option, refusals, trustee_key, work_factor

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)

_key = click.option("--key", type=FILE, help="本人的受托人密钥文件 trustee-NAME.age。")
_own_key = click.option("--key", required=True, type=FILE, help="本人的受托人密钥文件 trustee-NAME.age。")
_panel = click.option("--panel", help="公告上印的信任锚（64 位十六进制）；写了就自动比对，不再询问。")


class AnchorDiffers(DomainError):
    """The file names another panel than the notice: it was changed on its way, or is another project's."""

    code = "draw.panel_differs"
    text = N_("信任锚不一致：公告上是 %(notice)s，文件里是 %(file)s。请停止办理，重新下载，并向中心核实。")


class NotSure(DomainError):
    """The person at the keyboard did not confirm."""

    code = "draw.not_confirmed"
    text = N_("没有确认，什么也没有写出。核对无误后请再运行一次。")


class PartyMissing(DomainError):
    """Neither a key nor a name says whose number it is."""

    code = "draw.party_missing"
    text = N_("请用 --key 指明受托人密钥，或用 --party 写投标单位为自己取的名称。")


@click.group()
def draw() -> None:
    """专家抽取：签抽取令、投入随机数、公开、代开。Draw experts: order, deal, reveal, share."""


@draw.command("order")
@click.argument("file", type=FILE)
@_own_key
@click.option(
    "--party", "parties", multiple=True, help="参与方的席位名称，可写多次；不写则为监督、代理、中心。"
)
@_panel
@click.option("--out", type=NEW_FILE, help="写出的抽取令；不写则为 draw-order-抽取号.json。")
@passphrase_option
def order_(
    file: Path,
    *,
    key: Path,
    parties: Sequence[str],
    panel: str | None,
    out: Path | None,
    passphrase_file: Path | None,
) -> None:
    """核对名单，签署抽取令。FILE 是监督人员从抽取页下载的名单。Check the list, sign the order.

    名单是封着的，只有监督席位的密钥能打开；逐人重算指纹、查重、核对专业和单位编号，姓名不写到任何文件里。
    """
    with refusals():
        value = _json(file)
        if panel is not None:  # before the key is used on anything of another panel's
            _compare(client.panel_in(value), panel)
        own = trustee_key(key, passphrase_file)
        read = client.read_order_file(names_client.open_list(value, own))
        _tell_list(read)
        if panel is None:
            _compare(read.panel, panel)
        signed = client.sign_order(read, own, parties)
        target = _write(out, f"draw-order-{read.spec['id']}.json", signed)
        tell(N_("抽取令已写出：%(file)s。下一步：在抽取页上传它。"), file=target)


def _tell_list(read: OrderFile) -> None:
    """What the supervisor is about to sign, in numbers."""
    tell(N_("抽取号：%(draw)s"), draw=read.spec["id"])
    tell(N_("名单指纹：%(hash)s"), hash=read.spec_hash.hex())
    tell(N_("名单 %(people)s 人，逐人重算指纹一致，没有重复编号。"), people=read.people)
    for line in read.strata:
        excluded = sum(line.excluded.values())
        tell(
            N_(
                "专业 %(code)s：抽 %(need)s 人，备选 %(backups)s 人；符合 %(people)s 人，回避 %(excluded)s 人"
            ),
            code=line.code,
            need=line.need,
            backups=line.backups,
            people=line.people,
            excluded=excluded,
        )
        for reason, count in sorted(line.excluded.items()):
            click.echo(f"    {say(EXCLUDED_WORDS.get(reason, reason))}：{count}")
    for who in read.namesakes:
        tell(N_("注意：姓名和单位相同的有两个编号，请查明是不是同一个人：%(who)s"), who=who)


@draw.command("deal")
@click.argument("file", type=FILE)
@_key
@click.option("--party", default="", help="没有席位的投标单位为自己取的名称，由字母、数字和 . _ - 组成。")
@_panel
@click.option("--out", type=NEW_FILE, help="写出的随机数文件；不写则为 draw-deal-抽取号-参与方.json。")
@click.option(
    "--secret-out", type=NEW_FILE, help="自己保管的秘密文件；不写则在随机数文件旁，名为 draw-secret-….age。"
)
@passphrase_option
def deal(
    file: Path,
    *,
    key: Path | None,
    party: str,
    panel: str | None,
    out: Path | None,
    secret_out: Path | None,
    passphrase_file: Path | None,
) -> None:
    """投入一个封好的随机数。FILE 是从抽取页下载的抽取令文件。Deal a sealed number.

    写出两个文件：随机数文件上传；秘密文件自己保管，公开时要用。公开之前不要给任何人看。
    """
    with refusals():
        if key is None and not party:
            raise PartyMissing(field="party")
        read = client.read_deal_file(_json(file))
        tell(N_("抽取号：%(draw)s"), draw=read.draw)
        tell(N_("名单指纹：%(hash)s"), hash=read.spec_hash.hex())
        _compare(read.panel, panel)
        if key is not None:
            check_typed(key)
        secret_word = passphrase(
            N_("秘密文件的口令（有席位的，即受托人密钥的口令）"), passphrase_file, new=key is None
        )
        own = read_trustee_key(key, secret_word) if key else None
        entropy = SystemEntropy()
        dealt, secret = client.make_deal(read, key=own, party=party, entropy=entropy)
        target = out or Path(f"draw-deal-{read.draw}-{secret.party}.json")
        kept = secret_out or target.with_name(f"draw-secret-{read.draw}-{secret.party}.age")
        if target.exists():
            raise FileExists(file=target.name)
        client.write_secret(kept, secret, secret_word, entropy, work_factor=work_factor())
        write_new(target, dumps(dealt) + b"\n")
        tell(N_("随机数文件：%(file)s。下一步：在抽取页上传它。"), file=target)
        tell(N_("秘密文件（自己保管，截止投入后用它公开）：%(file)s"), file=kept)


@draw.command("reveal")
@click.argument("file", type=FILE)
@click.argument("secret", type=FILE)
@click.option("--out", type=NEW_FILE, help="写出的公开文件；不写则为 draw-reveal-抽取号-参与方.json。")
@passphrase_option
def reveal(file: Path, secret: Path, *, out: Path | None, passphrase_file: Path | None) -> None:
    """公开自己的随机数。FILE 是从抽取页下载的截止记录，SECRET 是秘密文件。Reveal one's number.

    先核验：截止投入已经写入日志，并有见证联署。没有联署之前不会写出任何东西。
    """
    with refusals():
        read = client.read_closed_file(_json(file))
        own = client.read_secret(secret, passphrase(N_("秘密文件的口令"), passphrase_file))
        opened = client.reveal(read, own)
        tell(N_("截止记录已有见证联署。参与方：%(parties)s"), parties="、".join(read.parties))
        target = _write(out, f"draw-reveal-{read.draw}-{own.party}.json", opened)
        tell(N_("公开文件：%(file)s。下一步：在抽取页上传它。"), file=target)


@draw.command("share")
@click.argument("file", type=FILE)
@_own_key
@click.option("--out", type=NEW_FILE, help="写出的份额文件；不写则为 draw-share-抽取号-参与方-受托人.json。")
@passphrase_option
def share(file: Path, *, key: Path, out: Path | None, passphrase_file: Path | None) -> None:
    """替不公开的参与方打开随机数。FILE 是从抽取页下载的代开文件。Open for a party that does not reveal.

    达到开箱人数的受托人都上传份额，这个随机数就公开，谁也不能靠不公开来拖住抽取。
    """
    with refusals():
        read = client.read_share_file(_json(file))
        own = trustee_key(key, passphrase_file)
        made = client.make_party_share(read, own, SystemEntropy())
        tell(
            N_("抽取 %(draw)s，参与方 %(party)s：截止记录和投入的随机数都已核验。"),
            draw=read.closed.draw,
            party=read.party,
        )
        target = _write(out, f"draw-share-{read.closed.draw}-{read.party}-{own.name}.json", made)
        tell(N_("份额文件：%(file)s。下一步：在抽取页上传它。"), file=target)


@draw.command("half")
@click.argument("file", type=FILE)
@_own_key
@_panel
@click.option("--out", type=NEW_FILE, help="写出的半把钥匙；不写则为 draw-halves-抽取号.json。")
@passphrase_option
def half(file: Path, *, key: Path, panel: str | None, out: Path | None, passphrase_file: Path | None) -> None:
    """监督交出打开姓名的半把钥匙。FILE 是从抽取页下载的待交文件。Give the supervisor's halves.

    半把钥匙自己打不开任何姓名；中心用另外半把，一次只能打开一个人。
    """
    with refusals():
        read = names_client.read_names_file(_json(file))
        _compare(read.panel, panel)
        made = names_client.make_halves(read, trustee_key(key, passphrase_file))
        for each in read.draws:
            tell(N_("抽取 %(draw)s：%(count)s 人的半把钥匙"), draw=each.draw, count=len(each.leaves))
        target = _write(out, f"draw-halves-{read.draws[-1].draw}.json", made)
        tell(N_("半把钥匙已写出：%(file)s。下一步：在抽取页上传它。"), file=target)


@draw.command("names")
@click.argument("file", type=FILE)
@_own_key
@_panel
@click.option("--out", type=NEW_FILE, help="写出随公布上传的姓名文件；不写则只在屏幕上显示姓名和电话。")
@passphrase_option
def names(
    file: Path, *, key: Path, panel: str | None, out: Path | None, passphrase_file: Path | None
) -> None:
    """中心打开姓名。FILE 是从抽取页下载的封着的姓名。Open names with the centre's key.

    通知时不写 --out：姓名和电话只显示在屏幕上。公布到评审室、公布证明和补抽时写 --out。
    """
    with refusals():
        read = names_client.read_names_file(_json(file))
        _compare(read.panel, panel)
        opened = names_client.open_names(read, trustee_key(key, passphrase_file))
        if out is not None:
            tell(
                N_("姓名文件已写出：%(file)s。下一步：在抽取页上传它，用完即删。"),
                file=_write(out, "", opened_file(opened)),
            )
            return
        for person in opened:
            card = loads(person.expert)
            tell(
                N_("%(name)s，%(unit)s，电话 %(phone)s"),
                name=card["name"],
                unit=card["unit"],
                phone=person.phone,
            )


def _json(path: Path) -> Any:
    return loads(path.read_bytes())


def _write(out: Path | None, name: str, value: dict[str, Any]) -> Path:
    target = out or Path(name)
    write_new(target, dumps(value) + b"\n")
    return target


def _compare(panel: Panel, notice: str | None) -> None:
    """The panel is the trust anchor: whoever changes it can open what is dealt to it."""
    found = panel.hash.hex()
    if notice is not None:
        plain = "".join(notice.split()).lower()
        if plain != found:
            raise AnchorDiffers(notice=plain, file=found, field="panel")
        tell(N_("信任锚与 --panel 一致。"))
        return
    tell(N_("信任锚（开箱组指纹）："))
    click.echo("  " + " ".join(found[place : place + 8] for place in range(0, 64, 8)))
    if not click.confirm(say(N_("与公告上印的信任锚一字不差吗？"))):
        raise NotSure
