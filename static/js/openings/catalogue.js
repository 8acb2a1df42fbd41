/** Written by bidding.verification.catalogue from the texts of `bidding verify`: [Chinese, English]. */

export const FINDINGS = {
  "holds": {
    "files": [
      "文件齐全，没有多余的文件",
      "The files are all there, and no others"
    ],
    "bundle": [
      "开标记录格式正确",
      "The opening record is well formed"
    ],
    "leaves": [
      "{count} 条日志记录全部展开，与承诺一致",
      "All {count} log entries are opened and match their commitments"
    ],
    "events": [
      "全部记录的先后顺序、签名和规则都符合；撤回和替换均由原投标密钥签名",
      "Order, signatures and rules of all entries hold; withdrawals and replacements were signed by the bid's own key"
    ],
    "panel": [
      "信任锚与公告一致",
      "The trust anchor is that of the notice"
    ],
    "pinned": [
      "日志和见证的公钥与您提供的一致",
      "The keys of the log and of the witnesses are those you gave"
    ],
    "notices": [
      "{count} 份公告的原文与日志记下的一致",
      "The text of {count} notices is what the log has of them"
    ],
    "checkpoints": [
      "{count} 个检查点的根、日志签名和见证联署都成立",
      "Root, log signature and cosignatures of {count} checkpoints hold"
    ],
    "close": [
      "封箱记录经足够的见证联署：截止 {closes}，有效投标 {count} 份",
      "The close was cosigned by enough witnesses: deadline {closes}, {count} effective bids"
    ],
    "times": [
      "{count} 次递交、撤回和替换都在截止前进入日志，有见证为凭",
      "Witnesses show that {count} submissions, withdrawals and replacements were in the log in time"
    ],
    "lots": [
      "投标不足的标段都按规定记为不开标",
      "Every lot with too few bids is recorded as not opened"
    ],
    "dealings": [
      "{count} 份签封的密钥分发全部可验证",
      "The key dealings of all {count} sealed bids verify"
    ],
    "batches": [
      "{count} 批受托人份额与日志一致，每一份都成立",
      "{count} batches of trustees' shares match the log, and every share holds"
    ],
    "keys": [
      "投标人公布的 {count} 把密钥与清单一致",
      "{count} keys posted by tenderers match the manifests"
    ],
    "sheets": [
      "{count} 份开标一览表由份额重新解开，与开标记录一致",
      "{count} bid sheets were decrypted again from the shares and match the opening record"
    ],
    "review": [
      "第 {index} 条记录先写明哪些投标不开第 {stage} 阶段的信封，然后才有那一阶段的份额",
      "Entry {index} says which bids stay sealed at stage {stage}, before any shares of that stage"
    ],
    "sitting": [
      "第 {stage} 阶段开标会的每一步都合顺序：唱标 {read} 家，异议 {objections} 件都已答复，{signed} 人签字；开标记录的 SHA-256 是 {record}",
      "Every step of the sitting of stage {stage} stands in its order: {read} bids read out, {objections} objections all answered, signed by {signed}; the opening record's SHA-256 is {record}"
    ],
    "draws": [
      "{count} 次专家抽取重演一致",
      "{count} expert draws replay to the same result"
    ],
    "names": [
      "公布的 {count} 位专家与抽取结果一致",
      "The {count} experts named match the draws"
    ],
    "awards": [
      "{count} 条结果记录都在开标之后",
      "{count} award entries all stand after the opening"
    ],
    "receipt": [
      "回执 {name} 成立：第 {index} 条记录（{kind}），有见证联署",
      "Receipt {name} holds: entry {index} ({kind}), cosigned"
    ],
    "words": [
      "六组数字与纸质记录一致",
      "The six words are those of the paper record"
    ]
  },
  "note": {
    "panel.unknown": [
      "请把信任锚与公告上印的核对：{panel}",
      "Compare the trust anchor with the one printed on the notice: {panel}"
    ],
    "schedule.moved": [
      "第 {n} 次更正：截止由 {was} 延至 {now}，监督和代理机构两席签名成立",
      "Correction {n}: the deadline moved from {was} to {now}; the signatures of the supervisor's and the agency's seats hold"
    ],
    "schedule.opening-moved": [
      "第 {n} 次更正：第 {stage} 阶段开标由 {was} 推迟到 {now}，两席签名成立",
      "Correction no. {n}: the opening of stage {stage} moved from {was} to {now}; both seats' signatures hold"
    ],
    "notice.absent": [
      "包里没有公告原文（旧的开标包都没有），{count} 份公告没有核对",
      "The package carries no notices, as older ones do not; {count} were not checked"
    ],
    "close.voided": [
      "第 {index} 条封箱记录（截止 {closes}）因延期作废",
      "The close at leaf {index} (deadline {closes}) is void by an extension"
    ],
    "hold.on": [
      "开标仍在暂停",
      "The opening is still on hold"
    ],
    "close.words": [
      "没有足够的见证联署；日志记有说明，改以纸质记录上的六组数字为凭",
      "Too few cosignatures; the log says so, and the six words of the paper record stand in for them"
    ],
    "lot.failed": [
      "标段 {lot} 投标不足，没有开标",
      "Lot {lot} had too few bids and was not opened"
    ],
    "stage.waiting": [
      "第 {stage} 阶段还没有开标",
      "Stage {stage} is not opened yet"
    ],
    "stage.sealed": [
      "投标 {bid} 没有通过前一阶段的评审，第 {stage} 阶段的信封没有开启：{reason}",
      "Bid {bid} did not pass the review before; its envelope of stage {stage} stays sealed: {reason}"
    ],
    "verdict.tenderer": [
      "投标 {bid} 打不开，原因在投标人，证据成立",
      "Bid {bid} does not open through its tenderer's fault, and the evidence bears it out"
    ],
    "verdict.trustees": [
      "投标 {bid} 没有打开：受托人份额不足",
      "Bid {bid} was not opened: too few trustees' shares"
    ],
    "sheet.posted": [
      "投标 {bid} 开标时份额不足，后以投标人公布的密钥打开",
      "Bid {bid} had too few shares at the opening and was opened later with the key its tenderer posted"
    ],
    "sheet.late": [
      "投标 {bid} 开标时份额不足，后以迟到的份额打开",
      "Bid {bid} had too few shares at the opening and was opened by late ones"
    ],
    "lot.short": [
      "标段 {lot} 只有 {readable} 家的一览表读得出来，还没有决定怎么处理",
      "Of lot {lot} only {readable} sheets could be read; what follows is not decided yet"
    ],
    "lot.decided-failed": [
      "标段 {lot} 只有 {readable} 家的一览表读得出来，代理机构决定流标",
      "Of lot {lot} only {readable} sheets could be read; the agency decided that it failed"
    ],
    "lot.goes-on": [
      "标段 {lot} 只有 {readable} 家的一览表读得出来，代理机构决定继续评审",
      "Of lot {lot} only {readable} sheets could be read; the agency decided to go on"
    ],
    "sheet.twice": [
      "标段 {lot} 里 {uscc} 有两份有效投标",
      "In lot {lot}, {uscc} has two effective bids"
    ],
    "paper.back": [
      "纸质投标 {bag} 截止前由投标人取回",
      "Bid on paper {bag} was taken back by its tenderer before the deadline"
    ],
    "paper.double": [
      "纸质投标 {bag} 没有启封：同一投标人另有电子投标，以电子投标为准",
      "Bid on paper {bag} stayed shut: the same tenderer also bid on line, and that bid stands"
    ],
    "paper.waiting": [
      "纸质投标 {bag} 还没有启封录入",
      "Bid on paper {bag} is not opened and entered yet"
    ],
    "paper.empty": [
      "纸质投标 {bag} 启封后无效：袋内没有开标一览表",
      "Bid on paper {bag} was void once it was opened: no opening sheet in the bag"
    ],
    "paper.unsigned": [
      "纸质投标 {bag} 启封后无效：开标一览表没有盖章或签字",
      "Bid on paper {bag} was void once it was opened: the sheet bears neither seal nor signature"
    ],
    "paper.unreadable": [
      "纸质投标 {bag} 启封后无效：开标一览表无法辨认",
      "Bid on paper {bag} was void once it was opened: the sheet cannot be read"
    ],
    "paper.tampered": [
      "纸质投标 {bag} 启封后无效：启封前发现密封已经破损",
      "Bid on paper {bag} was void once it was opened: its seal was found broken before"
    ],
    "paper.unseen": [
      "{count} 份纸质投标：日志能证明窗口在截止前登记了密封的袋、登记的是谁、开标之后录入了什么；袋里原来写的是什么、袋是否完好，日志看不见，请与存档的原件核对",
      "{count} bids on paper: the log proves that the window entered sealed bags before the deadline, whose they were, and what was entered after the opening; what lay in them, and whether they were whole, it cannot see. Compare with the originals on file"
    ],
    "opening.offline": [
      "第 {stage} 阶段是在现场离线开启的：{began} 至 {ended}（以开标电脑的时钟为准），主持人 {host}，监督人 {supervisor}",
      "Stage {stage} was opened offline in the hall: {began} to {ended} by the laptop's clock, host {host}, supervisor {supervisor}"
    ],
    "sitting.unfinished": [
      "第 {stage} 阶段的开标会还没有结束：已唱标 {read} 家，还有 {unanswered} 件异议没有答复",
      "The sitting of stage {stage} has not ended: {read} bids read out, {unanswered} objections without an answer"
    ],
    "extra.withdrawn": [
      "第 {index} 条记录撤回了签字扫描件或录像登记：{what}",
      "Entry {index} withdrew a signed scan or the note of a video: {what}"
    ],
    "draw.unfinished": [
      "抽取 {draw} 还没有结束",
      "Draw {draw} has not ended yet"
    ],
    "draw.small": [
      "抽取 {draw} 人数不足，需要另行抽取",
      "Draw {draw} had too few people; a further draw is needed"
    ],
    "names.waiting": [
      "抽取 {draw} 的专家名单还没有公布",
      "The experts of draw {draw} are not named yet"
    ],
    "receipt.unwitnessed": [
      "回执 {name} 只有日志自己的签名：第 {index} 条记录（{kind}）。请换用联署后的回执",
      "Receipt {name} has the log's own signature only: entry {index} ({kind}). Use the cosigned receipt instead"
    ],
    "receipt.unplaced": [
      "回执 {name} 没有同开标包核对；开标后请连同 opening.zip 再核对一次",
      "Receipt {name} was not compared with an opening; check it again with opening.zip once bids are opened"
    ],
    "receipt.superseded": [
      "回执 {name} 的投标后来被同一投标人替换",
      "The bid of receipt {name} was later replaced by its tenderer"
    ],
    "receipt.withdrawn": [
      "回执 {name} 的投标后来由投标人撤回",
      "The bid of receipt {name} was later withdrawn by its tenderer"
    ],
    "receipt.back": [
      "回执 {name} 的纸质投标后来由投标人取回",
      "The bid on paper of receipt {name} was taken back by its tenderer afterwards"
    ],
    "receipt.double": [
      "回执 {name} 的纸质投标没有启封：同一投标人另有电子投标",
      "The bid on paper of receipt {name} stayed shut: the same tenderer also bid on line"
    ],
    "receipt.overridden": [
      "回执 {name} 的投标后来经受托人签名作废",
      "The bid of receipt {name} was later overridden by signatures of trustees"
    ]
  },
  "refused": {
    "files.extra": [
      "压缩包里有不该有的文件",
      "The zip holds a file that does not belong in it"
    ],
    "bundle.shape": [
      "开标记录格式不对",
      "The opening record is not well formed"
    ],
    "leaves.open": [
      "有日志记录与它的承诺不符，被改动过",
      "A log entry does not match its commitment: it was changed"
    ],
    "event.rule": [
      "第 {index} 条记录（{kind}）违反规则",
      "Entry {index} ({kind}) breaks the rules"
    ],
    "notice.other": [
      "第 {index} 条记录的{kind}，原文与日志记下的不符，被改动过",
      "Entry {index}, {kind}: its text is not what the log has; it was altered"
    ],
    "notice.missing": [
      "第 {index} 条记录的{kind}，包里没有原文",
      "Entry {index}, {kind}: its text is not in the package"
    ],
    "panel.other": [
      "信任锚与公告不一致，这不是公告的那次招标",
      "The trust anchor is not that of the notice: this is not the tender that was announced"
    ],
    "pinned.other": [
      "日志或见证的公钥不是您提供的那些",
      "The keys of the log or of the witnesses are not those you gave"
    ],
    "checkpoint.form": [
      "检查点格式不对",
      "A checkpoint is not well formed"
    ],
    "checkpoint.signature": [
      "检查点上的签名或联署不成立",
      "A signature or cosignature on a checkpoint does not hold"
    ],
    "checkpoint.stranger": [
      "检查点上有信任锚以外的签名",
      "A checkpoint bears a signature that the trust anchor does not name"
    ],
    "checkpoint.root": [
      "检查点与这些记录不符：日志被分叉，或记录有增减改动",
      "A checkpoint does not match these entries: the log was forked, or entries were added, removed or changed"
    ],
    "checkpoint.last": [
      "最后的检查点没有覆盖全部记录，或缺见证联署",
      "The last checkpoint does not cover all entries, or lacks cosignatures"
    ],
    "close.missing": [
      "日志没有封箱记录",
      "The log has no close"
    ],
    "close.witness": [
      "封箱记录缺少见证联署",
      "The close lacks cosignatures"
    ],
    "close.early": [
      "封箱记录在截止前就被联署，是事先做好的",
      "The close was cosigned before the deadline: it was prepared beforehand"
    ],
    "time.late": [
      "第 {index} 条记录（{kind}）没有在截止后 60 秒内得到见证，是迟到或补进的",
      "Entry {index} ({kind}) was not witnessed within 60 seconds of the deadline: it came late or was added"
    ],
    "lot.unfailed": [
      "标段 {lot} 投标不足，日志却没有记为不开标",
      "Lot {lot} has too few bids, but the log does not record it as not opened"
    ],
    "bid.dealing": [
      "投标 {bid} 的密钥分发不成立，被改动过或不是为本项目做的",
      "The key dealing of bid {bid} does not verify: it was changed, or made for another project"
    ],
    "batch.restricted": [
      "公开的开标包里混入了附件的份额",
      "Shares of attachments stand in the public record"
    ],
    "batch.twice": [
      "第 {seat} 席受托人的份额出现了两次",
      "The shares of the trustee of seat {seat} stand twice"
    ],
    "batch.unlogged": [
      "第 {seat} 席受托人的份额与日志所记不是同一份",
      "The shares of the trustee of seat {seat} are not those the log records"
    ],
    "batch.missing": [
      "日志记有第 {seat} 席受托人的份额，包里却没有",
      "The log records shares of the trustee of seat {seat} that are missing here"
    ],
    "batch.checkpoint": [
      "第 {seat} 席受托人的份额是为另一份封箱记录做的",
      "The shares of the trustee of seat {seat} were made for another close"
    ],
    "batch.share": [
      "第 {seat} 席受托人的份额不成立",
      "The shares of the trustee of seat {seat} do not hold"
    ],
    "key.other": [
      "公布的密钥不是投标 {bid} 的",
      "The key posted is not that of bid {bid}"
    ],
    "key.unlogged": [
      "日志没有记载公布投标 {bid} 的这把密钥",
      "The log does not speak of this posted key of bid {bid}"
    ],
    "key.missing": [
      "日志记有投标 {bid} 的公布密钥，包里却没有",
      "The log speaks of a posted key of bid {bid} that is not in the bundle"
    ],
    "late.missing": [
      "投标 {bid} 的密钥已经公布，日志却没有补开的记录",
      "The key of bid {bid} was posted, but the log does not say that it was opened"
    ],
    "stage.unopened": [
      "有投标应当开启，日志却没有开标记录",
      "There are bids to be opened, but the log records no opening"
    ],
    "sealed.missing": [
      "缺少投标 {bid} 的密封一览表",
      "The sealed sheet of bid {bid} is missing"
    ],
    "sealed.altered": [
      "投标 {bid} 的密封一览表与清单不符，被替换或改动过",
      "The sealed sheet of bid {bid} is not the one in its manifest: it was replaced or changed"
    ],
    "sealed.damaged": [
      "投标 {bid} 的密封一览表读不出来",
      "The sealed sheet of bid {bid} cannot be read"
    ],
    "sealed.extra": [
      "包里有不应开启的投标的密封文件",
      "Here is a sealed file of a bid that was not to be opened"
    ],
    "sheet.unopenable": [
      "投标 {bid} 记为已开，用份额却打不开",
      "Bid {bid} is recorded as opened, but the shares do not open it"
    ],
    "sheet.other": [
      "投标 {bid} 的一览表与开标记录不是同一份",
      "The sheet of bid {bid} is not the one in the opening record"
    ],
    "verdict.platform": [
      "投标 {bid} 因平台原因没有打开",
      "Bid {bid} was not opened through the platform's fault"
    ],
    "verdict.early": [
      "投标 {bid} 记为受托人份额不足，却没有给够受托人时间，或份数不对",
      "Of bid {bid} the log blames the trustees, who were not given their time, or the count of shares is wrong"
    ],
    "verdict.unborne": [
      "投标 {bid} 记为打不开，证据却不支持",
      "Bid {bid} is recorded as not opening, but the evidence does not bear it out"
    ],
    "paper.other": [
      "纸质投标 {bag} 记为同一投标人另有电子投标而没有启封，却没有证明是同一投标人",
      "Bid on paper {bag} stayed shut because its tenderer is said to have bid on line as well, and nothing proves that it is the same"
    ],
    "draw.event": [
      "第 {index} 条记录（{kind}）与抽取规则或抽取结果不符",
      "Entry {index} ({kind}) does not agree with the rules or the result of the draw"
    ],
    "draw.witness": [
      "抽取 {draw} 在公开随机数之前没有见证联署截止记录",
      "No witness cosigned the closing of draw {draw} before the random values were revealed"
    ],
    "names.form": [
      "专家名单文件格式不对",
      "The file of experts' names is not well formed"
    ],
    "names.other": [
      "专家名单里有人与抽取时的承诺不符",
      "Somebody among the experts named does not match the commitment of the draw"
    ],
    "names.missing": [
      "抽取 {draw} 通知过的人没有全部公布",
      "Not everybody called in draw {draw} is named"
    ],
    "names.uncalled": [
      "专家名单里有没有被抽中通知的人",
      "Somebody among the experts named was never called"
    ],
    "award.early": [
      "第 {index} 条结果记录早于标段 {lot} 的开标",
      "Award entry {index} stands before the opening of lot {lot}"
    ],
    "receipt.form": [
      "{name} 不是可用的回执",
      "{name} is not a usable receipt"
    ],
    "receipt.signature": [
      "回执 {name} 的签名不成立，或不是这个日志签的",
      "The signature of receipt {name} does not hold, or is not this log's"
    ],
    "receipt.panel": [
      "回执 {name} 是另一次招标的",
      "Receipt {name} is of another tender"
    ],
    "receipt.leaf": [
      "回执 {name} 的记录不在开标包里它应在的位置：记录被删改，或日志被分叉",
      "The entry of receipt {name} is not where it should be: entries were removed or changed, or the log was forked"
    ],
    "receipt.root": [
      "回执 {name} 的签名是对另一份日志做的：日志被分叉",
      "The signature of receipt {name} was made over another log: the log was forked"
    ],
    "receipt.beyond": [
      "回执 {name} 的检查点比开标包新，请下载最新的开标包再核对",
      "The checkpoint of receipt {name} is newer than this record; download the newest opening.zip and check again"
    ],
    "words.other": [
      "六组数字与纸质记录不一致",
      "The six words are not those of the paper record"
    ]
  }
};

export const KINDS = {
  "panel": [
    "开箱组",
    "Panel of trustees"
  ],
  "schedule": [
    "时间安排",
    "Schedule"
  ],
  "notice": [
    "公告",
    "Notice"
  ],
  "bid": [
    "投标",
    "Bid"
  ],
  "withdraw": [
    "撤回",
    "Withdrawal"
  ],
  "override": [
    "作废投标",
    "Override"
  ],
  "paper": [
    "纸质投标登记",
    "bid on paper received"
  ],
  "paper-back": [
    "纸质投标取回",
    "bid on paper taken back"
  ],
  "paper-double": [
    "纸质投标不计",
    "bid on paper not counted"
  ],
  "paper-sheet": [
    "纸质投标录入",
    "bid on paper entered"
  ],
  "cover": [
    "掩护",
    "Cover"
  ],
  "attempt": [
    "未接收的上传",
    "Refused upload"
  ],
  "hold": [
    "暂停",
    "Hold"
  ],
  "close": [
    "封箱",
    "Close"
  ],
  "failed": [
    "投标不足",
    "Too few bids"
  ],
  "shares": [
    "受托人份额",
    "Trustee's shares"
  ],
  "opened": [
    "开标",
    "Opening"
  ],
  "objection": [
    "异议",
    "Objection"
  ],
  "award": [
    "结果",
    "Result"
  ],
  "note": [
    "说明",
    "Note"
  ],
  "draw-spec": [
    "抽取名单",
    "Draw list"
  ],
  "draw-deal": [
    "抽取承诺",
    "Draw dealing"
  ],
  "draw-closed": [
    "抽取截止",
    "Draw closed"
  ],
  "draw-reveal": [
    "抽取公开",
    "Draw reveal"
  ],
  "draw-call": [
    "专家通知",
    "Expert call"
  ]
};

export const NOTICES = {
  "tender-notice": [
    "公告",
    "Notice"
  ],
  "correction": [
    "更正公告",
    "Correction notice"
  ],
  "clarification": [
    "答疑公告",
    "Answers to questions"
  ],
  "suspension": [
    "暂停公告",
    "Notice of suspension"
  ],
  "resumption": [
    "恢复公告",
    "Notice of resumption"
  ],
  "termination": [
    "终止公告",
    "Notice of termination"
  ],
  "failure": [
    "流标公告",
    "Notice of failed tender"
  ]
};

export const WHAT = {
  "files": [
    "压缩包里只能有开标记录、公告和应当开启的密封文件，多一个都不行。",
    "The archive holds the record, the notices and the sealed files that were to be opened, and nothing else."
  ],
  "bundle": [
    "开标记录的每一项都要按公开的格式写，一个字段不多，一个不少。",
    "Every object of the record has exactly the published form, no field more and none less."
  ],
  "leaves": [
    "日志公布前只有承诺（一串摘要）；现在逐条打开，内容必须和当时的承诺相符。",
    "The log showed commitments only until it was published; every entry, now opened, has to be what was committed to."
  ],
  "event": [
    "谁能在什么时候写什么有固定规则：截止后不能投标，撤回要本人签名，延期要两席签名。",
    "Fixed rules say who may write what and when: no bid after the deadline, a withdrawal signed by its own key, an extension signed by two seats."
  ],
  "notice": [
    "公告发布时，它的摘要就进了日志；现在由原文重算一遍，改一个字就对不上。",
    "A notice's digest entered the log when it was published; here it is computed again from the text."
  ],
  "panel": [
    "信任锚是开箱组和见证公钥的指纹，印在公告上。后面所有签名都只认它，所以要和纸质公告核对一次。",
    "The trust anchor is the fingerprint of the trustees' and witnesses' keys. Every signature is judged by it alone, so compare it with the printed notice once."
  ],
  "pinned": [
    "您另外取得的日志和见证公钥，应当与公告里的一样。",
    "The keys of log and witnesses that you got elsewhere have to be those of the notice."
  ],
  "checkpoint": [
    "日志和见证人在不同时刻签过“前多少条、根是什么”。增删改一条，根就对不上。",
    "Log and witnesses signed at several moments how many entries there were and what their root was. Change, add or drop one, and no root fits."
  ],
  "close": [
    "截止时封箱。见证人在另一台机器上签过封箱时的样子，而且不早于截止。",
    "At the deadline the box is closed. Witnesses on other machines signed what the log was then, and not before the deadline."
  ],
  "time": [
    "每一次投标、撤回都要有见证为凭，证明截止后 60 秒内已经在日志里，不是后补的。",
    "Of every bid and withdrawal a witness shows that it stood in the log within 60 seconds of the deadline and was not added later."
  ],
  "lot": [
    "不足家数的标段依法不开，日志要写明。",
    "A lot with too few bids is not opened, and the log says so."
  ],
  "bid": [
    "每份投标的钥匙分给了各位受托人；分得对不对，任何人都能算出来。",
    "The key of every bid was dealt to the trustees; anybody can compute that it was dealt rightly."
  ],
  "batch": [
    "受托人交出的每一份份额都带证明；而且必须是日志记下的那一批，为这一次封箱做的。",
    "Every share a trustee gave has its proof, is of the batch that the log names, and was made for this very close."
  ],
  "key": [
    "受托人没有到齐时，投标人可以自己公布钥匙：要与它的清单一致，日志要记下，也一把不能少。",
    "Where too few trustees came, a tenderer may post its own key: it has to be that of its list, to stand in the log, and none may be missing."
  ],
  "stage": [
    "该开的都要开；分两次开标的，没有通过技术评审的不开报价。",
    "What was to be opened has to be opened; with two openings, the price of a bid that failed the technical review stays sealed."
  ],
  "review": [
    "分两次开标的，谁的报价不开、为什么，要先写进日志，然后才能有人交报价的份额：不能先看价再淘汰。",
    "With two openings, the log must say whose price stays sealed and why before anybody hands in shares of the prices: no price is looked at first and failed afterwards."
  ],
  "sealed": [
    "密封文件要与投标人签名的清单逐字节相同，没有换过、缺过、多出来。",
    "Sealed files are byte for byte those of the list that the tenderer signed: none exchanged, missing or added."
  ],
  "sheet": [
    "用份额重新拼出钥匙（或者用投标人公布的钥匙）、重新解密，一览表必须和日志记下的是同一份；后来才打开的也一样。",
    "Keys are put together from shares, or taken from what tenderers posted, and sheets decrypted anew: each has to be the one in the log, also where it opened later."
  ],
  "verdict": [
    "记为打不开的，原因要能重新算出来；怪受托人的，要给足时限；平台的原因一律不算通过。",
    "Where the log says that a bid could not be opened the reason has to be found again; trustees must have had their time; a fault of the platform never passes."
  ],
  "paper": [
    "纸质投标在截止前登记、开标后由两人录入，计数和次序与别的一样；没有启封的，要证明同一投标人另有电子投标。袋里写的是什么，这里看不见。",
    "Bids on paper are entered before the deadline and typed by two persons after the opening; they count, and stand in order, like the others. One that stayed shut needs the proof that its tenderer also bid on line. What lay in the bags cannot be seen from here."
  ],
  "opening": [
    "在现场离线开启的，份额和一览表照样逐份核对；起止时间和姓名以开标电脑和在场的人为准。",
    "What was opened offline in the hall is checked share by share and sheet by sheet all the same; hours and names are those of the laptop and of the people who were there."
  ],
  "sitting": [
    "公布名单、唱标、确认、异议、签字、结束，一步接一步，不能跳，也不能补。",
    "List, reading, confirmation, objections, signatures and end follow one another; no step is skipped or added later."
  ],
  "draw": [
    "用公开的随机数重新抽一遍专家，结果必须一样。",
    "The experts are drawn again from the published randomness; the outcome has to be the same."
  ],
  "names": [
    "公布的专家姓名要与抽取时的承诺一致，通知过谁就公布谁。",
    "The experts' names have to be those committed to at the draw: everybody who was called, and nobody else."
  ],
  "award": [
    "结果只能在开标以后产生。",
    "A result comes after the opening only."
  ],
  "receipt": [
    "回执证明某一条记录在日志的某个位置；开标包里同一位置必须就是这一条。",
    "A receipt shows that an entry stands at its place in the log; in the bundle the same entry has to stand there."
  ],
  "words": [
    "封箱时当场宣读、写在纸上的六组数字，由日志的根算出来，改一条就变。",
    "The six words read aloud and written down at the close are computed from the log's root and change with any entry."
  ]
};

export const TO_DO = {
  "files": [
    "从开标大厅重新下载 opening.zip；还是这样的，向监督部门反映。",
    "Download opening.zip again from the hall; if it stays so, go to the supervisors."
  ],
  "bundle": [
    "重新下载；还是这样的，中心给出的记录不完整，向监督部门反映。",
    "Download it again; if it stays so, tell the supervisors that the centre's record is not whole."
  ],
  "leaves": [
    "有人改过日志内容，请监督部门用见证机上的根比对。",
    "Somebody has changed the log: have the supervisors compare it with the root on the witness's machine."
  ],
  "event": [
    "把这一条的编号告诉监督部门，请中心说明这一步为什么违反规则。",
    "Give the supervisors the number of the entry, and have the centre explain why the step breaks the rules."
  ],
  "notice": [
    "把包里的公告与发布的、您手里的逐字比对，差别就是证据，交给监督部门。",
    "Compare the notice in the package with the published one; the difference is evidence for the supervisors."
  ],
  "panel": [
    "先检查指纹有没有抄错、是不是同一个项目；都对的，不要相信这份文件。",
    "Check that the fingerprint was copied rightly and is of this project; if so do not trust this file."
  ],
  "pinned": [
    "先确认您手里的公钥是这次招标的；确认无误的，向监督部门反映。",
    "Make sure that your keys are of this tender; if they are, go to the supervisors."
  ],
  "checkpoint": [
    "请监督部门拿出见证机上的记录：两边的根不同，就是日志被分叉的证据。",
    "Ask for the witness's own records: two different roots prove that the log was forked."
  ],
  "close": [
    "请监督部门确认见证机当时签过什么；见证连不上的，找纸质记录上的六组数字再核对一次。",
    "Have the supervisors say what the witness signed then; where none could be reached, check again with the six words of the paper record."
  ],
  "time": [
    "这份投标可能是截止后补进去的，请监督部门查见证机的记录。",
    "This bid may have been added after the deadline: have the supervisors look at the witness's records."
  ],
  "lot": [
    "请中心说明这个标段为什么没有记为流标；不足家数的标段不得开标。",
    "Have the centre explain why the lot is not recorded as failed; a lot with too few bids must not be opened."
  ],
  "bid": [
    "这份投标的清单被改动过，或者是从别的项目抄来的，请监督部门查明。",
    "The bid's list was altered, or copied from another project: have the supervisors find out which."
  ],
  "batch": [
    "请监督部门找这一席受托人核对：份额文件是不是本人交的、交的是不是这一份。",
    "Have the supervisors ask the trustee of this seat whether they gave these shares, and these only."
  ],
  "key": [
    "公布的钥匙不对，或者日志与开标包对不上。请投标人用自己的密钥文件核对，请中心说明。",
    "The posted key is wrong, or log and bundle do not agree on it. Have the tenderer compare it with its own key file, and the centre explain."
  ],
  "stage": [
    "请中心说明为什么没有开标记录；下载的文件可能不是最新的。",
    "Have the centre explain why there is no opening; your file may not be the newest."
  ],
  "review": [
    "对评审结果有疑问的，按这里写的原因向代理机构提出异议；报价已经开的，不能再改。",
    "If you doubt the review, object to the agency, citing the reason given here; once the prices are open it cannot be changed."
  ],
  "sealed": [
    "重新下载；还是这样的，密文在平台被换过或者丢失，向监督部门反映。",
    "Download it again; if it stays so the ciphertext was exchanged or lost at the platform: go to the supervisors."
  ],
  "sheet": [
    "公布的一览表与密封的不是同一份，立即向监督部门提出异议。",
    "The sheet announced is not the one that was sealed: object to the supervisors at once."
  ],
  "verdict": [
    "请监督部门要求中心出示证据；投标人可以用自己的密钥文件证明内容。",
    "Have the supervisors ask the centre for evidence; the tenderer can show the content with its own key file."
  ],
  "paper": [
    "请监督部门调出窗口的登记和存档的投标袋，查明这一袋为什么没有启封。",
    "Ask the supervisors for the window's register and the bag on file, and why it stayed shut."
  ],
  "opening": [
    "请监督部门核对现场的纸质记录和导入的结果文件。",
    "Ask the supervisor to compare the hall's paper record with the result file that was brought in."
  ],
  "sitting": [
    "请主持人说明开标会哪一步没有办。",
    "Ask the host which step was not taken."
  ],
  "draw": [
    "向监督部门反映：抽取结果与公开的随机数不符。",
    "Tell the supervisors that the draw is not that of the published randomness."
  ],
  "names": [
    "请中心公布完整、真实的专家名单；不改的，向监督部门反映。",
    "Ask the centre for the whole and true list of experts; if it stays so, go to the supervisors."
  ],
  "award": [
    "请中心说明结果为什么早于开标。",
    "Have the centre explain why the result is older than the opening."
  ],
  "receipt": [
    "保存回执和开标包，这两份放在一起就是证据。向监督部门提出。",
    "Keep the receipt and the bundle: together they are the evidence. Take both to the supervisors."
  ],
  "words": [
    "先检查数字有没有抄错；没有的，请监督部门出示纸质记录，不要相信这份文件。",
    "Check that the words were copied rightly; if so ask for the paper record and do not trust this file."
  ]
};

export const CHECK_OF = {
  "events": "event",
  "notices": "notice",
  "checkpoints": "checkpoint",
  "times": "time",
  "lots": "lot",
  "dealings": "bid",
  "batches": "batch",
  "keys": "key",
  "late": "sheet",
  "sheets": "sheet",
  "draws": "draw",
  "awards": "award",
  "schedule": "event",
  "hold": "event",
  "extra": "event"
};
