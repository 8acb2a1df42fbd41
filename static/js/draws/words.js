/** The words around the proof of a draw. What the checks say is in `catalogue.js`. */

export const PROOF_WORDS = {
  accepted: ["成立", "It holds"],
  partial: ["到目前为止没有发现问题；还要您自己核对的，见下面“请注意”", "Nothing wrong so far; what is left for you is marked “note” below"],
  refused: ["不成立", "It does not hold"],
  keep: ["请保存这份文件，凭下面“不成立”的各条向监督部门反映。", "Keep this file, and take what is marked “fails” below to the supervisors."],
  unreadable: ["文件读不出来", "The file cannot be read"],
  again: ["请重新下载；仍然读不出来的，向中心索取，或用命令行 bidding verify --draw。", "Download it again; if it still fails ask the centre for it, or use bidding verify --draw on the command line."],
  holds: ["成立", "holds"],
  note: ["请注意", "note"],
  fails: ["不成立", "fails"],
  what: ["查的是：", "Checks: "],
  todo: ["怎么办：", "What to do: "],
  checks: ["逐条结果", "Check by check"],
  working: ["正在核验……", "Checking …"],
  project: ["项目", "Project"],
  panel: ["信任锚", "Trust anchor"],
  size: ["日志条数", "Entries in the log"],
  draw: ["专家抽取 {draw}", "Expert draw {draw}"],
  seed: ["种子", "Seed"],
  stratum: ["专业 {stratum}", "Specialty {stratum}"],
  picks: ["正选", "Picked"],
  reserves: ["备选", "In reserve"],
  serving: ["参加评标", "Evaluating"],
  nobody: ["还没有", "nobody yet"],
  separator: ["，", ", "],
};

/** Why somebody of the list is not ranked. Codes of `rules.Excluded`. */
export const EXCLUDED = {
  owner: ["招标人（采购人）单位", "of the owner"],
  agency: ["代理机构单位", "of the agency"],
  supervisor: ["监督部门", "of the supervisors"],
  tenderer: ["投标单位", "of a tenderer"],
  drawn: ["此前已抽中", "drawn before"],
  "unit-cap": ["同单位已有人", "colleague already in"],
  other: ["其他回避单位", "of another recused unit"],
};

/** What became of a call. */
export const ANSWERS = {
  accept: ["参加", "accepts"],
  decline: ["婉拒", "declines"],
  "no-answer": ["无应答", "no answer"],
  absent: ["缺席", "absent"],
  recused: ["回避", "recused"],
  skip: ["跳过", "passed over"],
  gone: ["不参加", "does not come"],
};
