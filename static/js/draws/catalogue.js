/** Written by bidding.verification.catalogue from the texts of `bidding verify`: [Chinese, English]. */

export const FINDINGS = {
  "holds": {
    "files": [
      "文件齐全，没有多余的文件",
      "The files are all there, and no others"
    ],
    "leaves": [
      "{count} 条日志记录全部展开，与承诺一致",
      "All {count} log entries are opened and match their commitments"
    ],
    "panel": [
      "信任锚与公告一致",
      "The trust anchor is that of the notice"
    ],
    "checkpoints": [
      "{count} 个检查点的根、日志签名和见证联署都成立",
      "Root, log signature and cosignatures of {count} checkpoints hold"
    ],
    "proof": [
      "抽取证明格式正确",
      "The proof of the draw is well formed"
    ],
    "proof.leaves": [
      "抽取的 {count} 条记录与日志的承诺一致；日志共 {size} 条，其余不展开，后来有没有另外的通知以 opening.zip 为准",
      "The {count} entries of the draws match what the log committed to; it has {size} entries, the others stay closed, and whether there were later calls opening.zip tells"
    ],
    "draws": [
      "{count} 次专家抽取重演一致",
      "{count} expert draws replay to the same result"
    ],
    "names": [
      "公布的 {count} 位专家与抽取结果一致",
      "The {count} experts named match the draws"
    ]
  },
  "note": {
    "panel.unknown": [
      "请把信任锚与公告上印的核对：{panel}",
      "Compare the trust anchor with the one printed on the notice: {panel}"
    ],
    "proof.early": [
      "开标记录还没有公开：这份证明不带日志，见证联署、谁先谁后和未参加的原因，要等公开以后重新下载再核验",
      "The opening record is not public yet: this proof has no log. What witnesses cosigned, what came before what, and why somebody does not come can be checked once it is; download it again then"
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
    ]
  },
  "refused": {
    "files.extra": [
      "压缩包里有不该有的文件",
      "The zip holds a file that does not belong in it"
    ],
    "leaves.open": [
      "有日志记录与它的承诺不符，被改动过",
      "A log entry does not match its commitment: it was changed"
    ],
    "panel.other": [
      "信任锚与公告不一致，这不是公告的那次招标",
      "The trust anchor is not that of the notice: this is not the tender that was announced"
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
    "proof.shape": [
      "抽取证明格式不对",
      "The proof of the draw is not well formed"
    ],
    "proof.call": [
      "第 {number} 次通知不合抽取排序",
      "Call {number} does not follow the ranking of the draw"
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
    ]
  }
};

export const KINDS = {
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

export const WHAT = {
  "files": [
    "压缩包里只能有开标记录、公告和应当开启的密封文件，多一个都不行。",
    "The archive holds the record, the notices and the sealed files that were to be opened, and nothing else."
  ],
  "leaves": [
    "日志公布前只有承诺（一串摘要）；现在逐条打开，内容必须和当时的承诺相符。",
    "The log showed commitments only until it was published; every entry, now opened, has to be what was committed to."
  ],
  "panel": [
    "信任锚是开箱组和见证公钥的指纹，印在公告上。后面所有签名都只认它，所以要和纸质公告核对一次。",
    "The trust anchor is the fingerprint of the trustees' and witnesses' keys. Every signature is judged by it alone, so compare it with the printed notice once."
  ],
  "checkpoint": [
    "日志和见证人在不同时刻签过“前多少条、根是什么”。增删改一条，根就对不上。",
    "Log and witnesses signed at several moments how many entries there were and what their root was. Change, add or drop one, and no root fits."
  ],
  "proof": [
    "抽取证明里只有开箱组和抽取的记录，每一条都要与日志当时的承诺相符。",
    "The proof of a draw holds the panel and the entries of the draws and nothing else; every one must match what the log committed to."
  ],
  "draw": [
    "用公开的随机数重新抽一遍专家，结果必须一样。",
    "The experts are drawn again from the published randomness; the outcome has to be the same."
  ],
  "names": [
    "公布的专家姓名要与抽取时的承诺一致，通知过谁就公布谁。",
    "The experts' names have to be those committed to at the draw: everybody who was called, and nobody else."
  ]
};

export const TO_DO = {
  "files": [
    "从开标大厅重新下载 opening.zip；还是这样的，向监督部门反映。",
    "Download opening.zip again from the hall; if it stays so, go to the supervisors."
  ],
  "leaves": [
    "有人改过日志内容，请监督部门用见证机上的根比对。",
    "Somebody has changed the log: have the supervisors compare it with the root on the witness's machine."
  ],
  "panel": [
    "先检查指纹有没有抄错、是不是同一个项目；都对的，不要相信这份文件。",
    "Check that the fingerprint was copied rightly and is of this project; if so do not trust this file."
  ],
  "checkpoint": [
    "请监督部门拿出见证机上的记录：两边的根不同，就是日志被分叉的证据。",
    "Ask for the witness's own records: two different roots prove that the log was forked."
  ],
  "proof": [
    "重新下载 draw.zip；还是这样的，中心给出的证明被改动过，向监督部门反映。",
    "Download draw.zip again; if it stays so, the proof was altered: tell the supervisors."
  ],
  "draw": [
    "向监督部门反映：抽取结果与公开的随机数不符。",
    "Tell the supervisors that the draw is not that of the published randomness."
  ],
  "names": [
    "请中心公布完整、真实的专家名单；不改的，向监督部门反映。",
    "Ask the centre for the whole and true list of experts; if it stays so, go to the supervisors."
  ]
};

export const CHECK_OF = {
  "checkpoints": "checkpoint",
  "draws": "draw"
};
