/** What checking a receipt says, in Chinese and English; where `bidding verify` says the same, in its words. */

export const FINDINGS = {
  holds: {
    "receipt.path": [
      "回执的内容没有改动过：由它一路算到日志前 %(size)s 条的根，位置是第 %(index)s 条（%(kind)s）",
      "The receipt was not altered: it leads to the root of the log's first %(size)s entries, from entry %(index)s (%(kind)s)",
    ],
    manifest: [
      "签封清单由投标自己的密钥签名；每个信封的钥匙，足数的受托人一定拼得回来",
      "The sealed list is signed by the bid's own key; enough trustees will recover the key of every envelope",
    ],
    panel: ["信任锚与公告一致", "The trust anchor is that of the notice"],
    receipt: ["回执 %(name)s 成立：第 %(index)s 条记录（%(kind)s），有见证联署", "Receipt %(name)s holds: entry %(index)s (%(kind)s), cosigned"],
  },
  note: {
    "tender.missing": [
      "还没有 tender.json，日志和见证的签名没有核对。请从公告页下载，和回执一起放进来",
      "There is no tender.json yet, so the signatures of log and witnesses were not checked. Download it from the notice and put it in with the receipt",
    ],
    "panel.unknown": ["请把信任锚与公告上印的核对：%(panel)s", "Compare the trust anchor with the one printed on the notice: %(panel)s"],
    "receipt.unwitnessed": ["回执 %(name)s 只有日志自己的签名：第 %(index)s 条记录（%(kind)s）。请换用联署后的回执", "Receipt %(name)s has the log's own signature only: entry %(index)s (%(kind)s). Use the cosigned receipt instead"],
    "receipt.unplaced": ["回执 %(name)s 没有同开标包核对；开标后请连同 opening.zip 再核对一次", "Receipt %(name)s was not compared with an opening; check it again with opening.zip once bids are opened"],
  },
  refused: {
    "tender.form": ["%(name)s 不是可用的 tender.json", "%(name)s is not a usable tender.json"],
    "receipt.path": [
      "回执的内容与日志对不上：有一处被改动过",
      "The receipt does not lead to the log's root: something in it was altered",
    ],
    manifest: [
      "签封清单的签名或密钥分发不成立",
      "The signature or a dealing of the sealed list does not hold",
    ],
    "panel.other": ["信任锚与公告不一致，这不是公告的那次招标", "The trust anchor is not that of the notice: this is not the tender that was announced"],
    "receipt.form": ["%(name)s 不是可用的回执", "%(name)s is not a usable receipt"],
    "receipt.signature": ["回执 %(name)s 的签名不成立，或不是这个日志签的", "The signature of receipt %(name)s does not hold, or is not this log's"],
    "receipt.panel": ["回执 %(name)s 是另一次招标的", "Receipt %(name)s is of another tender"],
  },
};

/** Types of events. */
export const KINDS = {
  panel: ["开箱组", "Panel of trustees"],
  schedule: ["时间安排", "Schedule"],
  notice: ["公告", "Notice"],
  bid: ["投标", "Bid"],
  withdraw: ["撤回", "Withdrawal"],
  override: ["作废投标", "Override"],
  paper: ["纸质投标登记", "bid on paper received"],
  "paper-back": ["纸质投标取回", "bid on paper taken back"],
  "paper-double": ["纸质投标不计", "bid on paper not counted"],
  "paper-sheet": ["纸质投标录入", "bid on paper entered"],
  cover: ["掩护", "Cover"],
  attempt: ["未接收的上传", "Refused upload"],
  hold: ["暂停", "Hold"],
  close: ["封箱", "Close"],
  failed: ["投标不足", "Too few bids"],
  shares: ["受托人份额", "Trustee's shares"],
  opened: ["开标", "Opening"],
  objection: ["异议", "Objection"],
  award: ["结果", "Result"],
  note: ["说明", "Note"],
  "draw-spec": ["抽取名单", "Draw list"],
  "draw-deal": ["抽取承诺", "Draw dealing"],
  "draw-closed": ["抽取截止", "Draw closed"],
  "draw-reveal": ["抽取公开", "Draw reveal"],
  "draw-call": ["专家通知", "Expert call"],
};

/** The words of the form and of its answer. */
export const PAGE = {
  files: ["回执，和公告页上的 tender.json", "The receipt, and tender.json from the notice"],
  files_hint: [
    "回执文件以 .tlog-proof 结尾。可以一次选两个，也可以拖进来；文件只在这台电脑上读，不会上传。",
    "The receipt's name ends in .tlog-proof. Choose both at once or drop them here; they are read on this computer and sent nowhere.",
  ],
  anchor: ["公告上印的开箱组指纹（选填）", "The trustees' fingerprint as printed on the notice (optional)"],
  anchor_hint: [
    "64 个字符，空格不用管。照纸质公告或中心公告栏抄，不要从这一页抄。",
    "64 characters; spaces do not matter. Take it from the printed notice, not from this page.",
  ],
  check: ["核验", "Check"],
  nothing: ["请先选回执文件。", "Choose the receipt first."],
  accepted: ["回执成立", "The receipt holds"],
  partial: ["到目前为止没有发现问题，还没有核完", "Nothing wrong so far; the check is not finished"],
  refused: ["回执不成立", "The receipt does not hold"],
  keep: [
    "请保存这份文件，凭下面写着“不成立”的各条向监督部门反映。",
    "Keep this file, and take what is marked “fails” below to the supervisors.",
  ],
  holds: ["成立", "holds"],
  note: ["请注意", "note"],
  fails: ["不成立", "fails"],
  facts: ["回执写着", "What the receipt says"],
  kind: ["事项", "Subject"],
  project: ["项目", "Project"],
  lot: ["标段", "Lot"],
  bid: ["投标编号", "Bid"],
  at: ["服务器收到的时刻", "Taken in by the server at"],
  manifest: ["签封清单的 SHA-256", "SHA-256 of the sealed list"],
  origin: ["日志", "Log"],
  witnesses: ["见证联署", "Cosigned by"],
  panel: ["开箱组指纹", "Trustees' fingerprint"],
  beijing: ["北京时间", "Beijing time"],
};

/** One of two texts. @param {[string, string]} pair @param {string} lang of the page */
export const inLanguage = (pair, lang) => pair[lang.startsWith("zh") ? 0 : 1];
