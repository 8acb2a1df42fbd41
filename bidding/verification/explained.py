"""Every check in plain language: what it looks at, and what to do when it fails. Pure.

The command line and the page say the same: ``catalogue`` writes the page's copy from here.
"""

from __future__ import annotations

from bidding.core.errors import N_

#: The check that a finding's code belongs to, where the code does not begin with its name.
_OF = {
    "events": "event",
    "checkpoints": "checkpoint",
    "times": "time",
    "lots": "lot",
    "dealings": "bid",
    "batches": "batch",
    "keys": "key",
    "sheets": "sheet",
    "draws": "draw",
    "awards": "award",
    "schedule": "event",
    "hold": "event",
}

#: What each check looks at.
WHAT: dict[str, str] = {
    "files": N_("压缩包里只能有开标记录和应当开启的密封文件，多一个都不行。"),
    "bundle": N_("开标记录的每一项都要按公开的格式写，一个字段不多，一个不少。"),
    "leaves": N_("日志公布前只有承诺（一串摘要）；现在逐条打开，内容必须和当时的承诺相符。"),
    "event": N_("谁能在什么时候写什么有固定规则：截止后不能投标，撤回要本人签名，延期要两席签名。"),
    "panel": N_(
        "信任锚是开箱组和见证公钥的指纹，印在公告上。后面所有签名都只认它，所以要和纸质公告核对一次。"
    ),
    "pinned": N_("您另外取得的日志和见证公钥，应当与公告里的一样。"),
    "checkpoint": N_("日志和见证人在不同时刻签过“前多少条、根是什么”。增删改一条，根就对不上。"),
    "close": N_("截止时封箱。见证人在另一台机器上签过封箱时的样子，而且不早于截止。"),
    "time": N_("每一次投标、撤回都要有见证为凭，证明截止后 60 秒内已经在日志里，不是后补的。"),
    "lot": N_("不足家数的标段依法不开，日志要写明。"),
    "bid": N_("每份投标的钥匙分给了各位受托人；分得对不对，任何人都能算出来。"),
    "batch": N_("受托人交出的每一份份额都带证明；而且必须是日志记下的那一批，为这一次封箱做的。"),
    "key": N_("投标人自己公布的钥匙，要与它的清单一致。"),
    "stage": N_("该开的都要开。"),
    "sealed": N_("密封文件要与投标人签名的清单逐字节相同，没有换过、缺过、多出来。"),
    "sheet": N_("用份额重新拼出钥匙、重新解密，一览表必须和开标时公布的是同一份。"),
    "verdict": N_("记为打不开的，原因要能重新算出来；平台的原因一律不算通过。"),
    "sitting": N_("公布名单、唱标、确认、异议、签字、结束，一步接一步，不能跳，也不能补。"),
    "draw": N_("用公开的随机数重新抽一遍专家，结果必须一样。"),
    "names": N_("公布的专家姓名要与抽取时的承诺一致，通知过谁就公布谁。"),
    "award": N_("结果只能在开标以后产生。"),
    "receipt": N_("回执证明某一条记录在日志的某个位置；开标包里同一位置必须就是这一条。"),
    "words": N_("封箱时当场宣读、写在纸上的六组数字，由日志的根算出来，改一条就变。"),
}

#: What to do when it fails.
TO_DO: dict[str, str] = {
    "files": N_("从开标大厅重新下载 opening.zip；还是这样的，保存文件，向监督部门反映。"),
    "bundle": N_("重新下载；还是这样的，保存文件，向监督部门反映：中心给出的记录不完整。"),
    "leaves": N_("保存文件。有人改过日志内容，请监督部门用见证机上的根比对。"),
    "event": N_("保存文件，把这一条的编号告诉监督部门，请中心说明这一步为什么违反规则。"),
    "panel": N_("先检查指纹有没有抄错、是不是同一个项目；都对的，不要相信这份文件，向监督部门反映。"),
    "pinned": N_("先确认您手里的公钥是这次招标的；确认无误的，向监督部门反映。"),
    "checkpoint": N_("保存文件，并请监督部门拿出见证机上的记录：两边的根不同，就是日志被分叉的证据。"),
    "close": N_("请监督部门确认见证机当时签过什么；见证连不上的，找纸质记录上的六组数字再核对一次。"),
    "time": N_("这份投标可能是截止后补进去的。保存文件，向监督部门反映，并索取见证机的记录。"),
    "lot": N_("请中心说明这个标段为什么没有记为流标；不足家数的标段不得开标。"),
    "bid": N_("这份投标的清单被改动过，或者是从别的项目抄来的。保存文件，向监督部门反映。"),
    "batch": N_("请监督部门找这一席受托人核对：份额文件是不是本人交的、交的是不是这一份。"),
    "key": N_("公布的钥匙不对。请投标人用自己的密钥文件重新提交。"),
    "stage": N_("请中心说明为什么没有开标记录；下载的文件可能不是最新的。"),
    "sealed": N_("重新下载；还是这样的，密文在平台被换过或者丢失，保存文件，向监督部门反映。"),
    "sheet": N_("公布的一览表与密封的不是同一份。保存文件，立即向监督部门提出异议。"),
    "verdict": N_("保存文件，请监督部门要求中心出示证据；投标人可以用自己的密钥文件证明内容。"),
    "sitting": N_("请主持人说明开标会哪一步没有办。"),
    "draw": N_("保存文件，向监督部门反映：抽取结果与公开的随机数不符。"),
    "names": N_("请中心公布完整、真实的专家名单；不改的，向监督部门反映。"),
    "award": N_("请中心说明结果为什么早于开标。"),
    "receipt": N_("保存回执和开标包，这两份放在一起就是证据。向监督部门提出。"),
    "words": N_("先检查数字有没有抄错；没有的，请监督部门出示纸质记录，不要相信这份文件。"),
}


def check_of(code: str) -> str:
    """The check that a finding belongs to: the key of both tables."""
    first = code.partition(".")[0]
    return _OF.get(first, first)
