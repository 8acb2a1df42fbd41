/**
 * What refusals say, in Chinese and English: by the codes of the server's own, in its own words (a test compares).
 * @type {Record<string, [string, string]>}
 */
export const WORDS = {
  "uscc.length": [
    "统一社会信用代码是 18 位，您填了 %(count)s 位。请照营业执照或登记证书核对。",
    "A unified social credit code has 18 characters; you typed %(count)s. Compare it with the business licence or registration certificate.",
  ],
  "uscc.character": [
    "统一社会信用代码第 %(place)s 位“%(character)s”不对：代码只用数字和大写字母，没有 I、O、S、V、Z。请看清是不是 1、0、5、2。",
    "Character %(place)s of the unified social credit code, “%(character)s”, is wrong: the code uses digits and capital letters without I, O, S, V and Z. Look whether it is 1, 0, 5 or 2.",
  ],
  "uscc.region": [
    "统一社会信用代码第 %(place)s 位“%(character)s”不对：第 3 到第 8 位是行政区划，只能是数字。",
    "Character %(place)s of the unified social credit code, “%(character)s”, is wrong: characters 3 to 8 are the administrative division and can only be digits.",
  ],
  "uscc.kind": [
    "统一社会信用代码开头两位“%(start)s”不对：没有登记机关用这样的开头（企业是 91，个体工商户是 92）。",
    "The unified social credit code cannot begin with “%(start)s”: no registration authority uses it (enterprises have 91, sole traders 92).",
  ],
  "uscc.check_digit": [
    "统一社会信用代码的校验位不对：其中至少有一位抄错，或两位颠倒。请照营业执照或登记证书逐位核对。",
    "The check character of the unified social credit code is wrong: at least one character is miscopied, or two are swapped. Compare it character by character with the business licence or registration certificate.",
  ],
  "sealing.tender_refused": [
    "签封参数文件不能用：%(reason)s。请从公告页重新下载 tender.json，并使用最新的签封程序。",
    "The tender file cannot be used: %(reason)s. Download tender.json from the notice again, and use the newest sealing tool.",
  ],
  "sealing.panel_differs": [
    "信任锚不一致：公告上是 %(notice)s，签封参数文件里是 %(file)s。请停止签封，重新下载，并向中心核实。",
    "The trust anchors differ: the notice has %(notice)s, the tender file %(file)s. Stop, download the file again, and ask the centre.",
  ],
  "sealing.lot_unknown": [
    "没有标段“%(lot)s”。本项目的标段有：%(lots)s。请改用其中一个。",
    "There is no lot “%(lot)s”. The lots of this project: %(lots)s. Choose one of them.",
  ],
  "sealing.slot_unknown": [
    "没有文件位“%(slot)s”。这个标段的文件位有：%(slots)s。请改用其中一个。",
    "There is no file slot “%(slot)s”. The slots of this lot: %(slots)s. Choose one of them.",
  ],
  "sealing.slot_missing": [
    "投标文件还缺：%(slots)s。请补上再签封。",
    "Files still missing: %(slots)s. Add them and seal again.",
  ],
  "sealing.slot_full": [
    "“%(label)s”（%(slot)s）只收一个文件，现在有 %(count)s 个。请合并成一个，或放到别的文件位。",
    "“%(label)s” (%(slot)s) takes one file, there are %(count)s. Join them into one, or use another slot.",
  ],
  "sealing.ending": [
    "“%(label)s”（%(slot)s）只收 %(endings)s，“%(file)s”不是。请另存为其中一种再选。",
    "“%(label)s” (%(slot)s) takes %(endings)s only; “%(file)s” is none of these. Save it as one of them and choose it again.",
  ],
  "sealing.field_missing": [
    "开标一览表还缺：%(fields)s。请补上再签封。",
    "The opening sheet still lacks: %(fields)s. Fill them in and seal again.",
  ],
  "sealing.field_unknown": [
    "开标一览表没有“%(name)s”这一项。可填的有：%(fields)s。",
    "The opening sheet has no field “%(name)s”. It has: %(fields)s.",
  ],
  "sealing.field_wrong": [
    "“%(label)s”（%(name)s）填写有误：%(reason)s",
    "“%(label)s” (%(name)s) is not right: %(reason)s",
  ],
  "sealing.tenderer_name": [
    "请填写投标人名称，与营业执照一致，最多 200 个字。",
    "Give the tenderer's name as on the licence, at most 200 characters.",
  ],
  "sealing.file_refused": [
    "附件 %(file)s 不能签封：%(reason)s。请改正后再签封。",
    "The attachment %(file)s cannot be sealed: %(reason)s. Put it right and seal again.",
  ],
  "sealing.other_tender": [
    "密钥文件是项目 %(project)s 标段 %(lot)s 的，不是这一次的。替换投标要用同一标段上一份投标的密钥文件。",
    "The key file belongs to project %(project)s, lot %(lot)s, not to this tender. A bid is replaced with the key file of the last bid in the same lot.",
  ],
  "sealing.passphrase_short": [
    "口令至少 %(least)s 个字符，现在是 %(count)s 个。可以用一句只有自己知道的话。",
    "A passphrase has at least %(least)s characters; this one has %(count)s. A sentence that only you know will do.",
  ],
  "sealing.passphrase_wrong": [
    "口令不对，打不开密钥文件 %(file)s。请核对大小写和输入法后再试；口令丢失无法找回。",
    "That is not the passphrase of the key file %(file)s. Check capitals and the input method and try again; a lost passphrase cannot be recovered.",
  ],
  "sealing.key_file_refused": [
    "%(file)s 不是可用的密钥文件：%(reason)s。请换用原始文件或它的备份。",
    "%(file)s is not a usable key file: %(reason)s. Take the original or a copy of it.",
  ],
  "money.missing": [
    "请填写金额。",
    "Type an amount.",
  ],
  "money.negative": [
    "金额不能是负数。",
    "The amount cannot be negative.",
  ],
  "money.not_money": [
    "“%(given)s”不是金额。请只填数字，单位是%(unit)s，例如 1,234.50。",
    "“%(given)s” is not an amount. Type digits only, in %(unit)s, for example 1,234.50.",
  ],
  "money.places": [
    "金额精确到分：以%(unit)s为单位，最多 %(places)s 位小数。",
    "Amounts go to the fen: in %(unit)s, at most %(places)s decimals.",
  ],
  "money.too_large": [
    "金额太大，超出系统能记录的范围。",
    "The amount is larger than the system can keep.",
  ],
  "offer.not_whole": [
    "要填不小于零的整数。",
    "A whole number, zero or more.",
  ],
  "offer.not_text": [
    "要填文字。",
    "A text.",
  ],
  "offer.text_too_long": [
    "最多 1000 个字。",
    "At most 1000 characters.",
  ],
  "offer.not_percent": [
    "要填百分数，最多四位小数，例如 1.25。",
    "A percentage with at most four decimals, such as 1.25.",
  ],
  "file.name": [
    "文件名里有路径、控制字符或方向控制符，或超过 200 个字",
    "its name holds a path, a control or direction sign, or more than 200 characters",
  ],
  "file.twice": [
    "同一个文件位里有两个同名的附件",
    "two files of the same name in one slot",
  ],
  "file.changed": [
    "签封期间文件变了",
    "the file changed while it was sealed",
  ],
};

/**
 * Fill the places of a text, `%(name)s`.
 * @param {string} text
 * @param {Record<string, unknown>} params
 */
export const filled = (text, params) => text.replace(/%\((\w+)\)s/g, (_, name) => String(params[name]));

/**
 * The sentence of a refusal.
 * @param {import("../core/refused.js").Refused} refusal
 * @param {string} lang of the page: `zh-Hans` or `en`
 */
export function said({ code, params }, lang) {
  const told = Object.entries(params).map(([name, value]) => [name, value?.code ? said(value, lang) : value]);
  return filled(WORDS[code][lang.startsWith("zh") ? 0 : 1], Object.fromEntries(told));
}
