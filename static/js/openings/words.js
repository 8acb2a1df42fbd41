/** The words of the form and of its answer. What the checks say is in `catalogue.js`. */

export const PAGE = {
  files: ["opening.zip（可带回执）或 draw.zip", "opening.zip, with your receipts if any; or draw.zip"],
  files_hint: ["可以一次选几个，也可以拖进来。", "Choose several at once or drop them here."],
  anchor: ["公告上印的信任锚（64 个字符，选填）", "Trust anchor as printed on the notice (64 characters, optional)"],
  anchor_hint: ["照纸质公告抄，空格不用管。不填的，最后请您自己核对。", "From the printed notice; spaces do not matter. Without it you are asked to compare."],
  paper: ["纸质记录上的六组数字（选填）", "The six words of the paper record (optional)"],
  paper_hint: ["例如 4821 0937 5516 2204 7789 1035。", "For example 4821 0937 5516 2204 7789 1035."],
  check: ["核验", "Check"],
  nothing: ["请先选文件。", "Choose a file first."],
  working: ["正在核验，几百份投标要一两分钟……", "Checking; hundreds of bids take a minute or two …"],
  accepted: ["成立", "It holds"],
  partial: ["到目前为止没有发现问题；还要您自己核对的，见下面“请注意”", "Nothing wrong so far; what is left for you is marked “note” below"],
  refused: ["不成立", "It does not hold"],
  keep: ["请保存这份文件，凭下面“不成立”的各条向监督部门反映。", "Keep this file, and take what is marked “fails” below to the supervisors."],
  unreadable: ["文件读不出来", "The file cannot be read"],
  again: ["请重新下载；仍然读不出来的，向中心索取，或用命令行 bidding verify。", "Download it again; if it still fails ask the centre for it, or use bidding verify on the command line."],
  holds: ["成立", "holds"],
  note: ["请注意", "note"],
  fails: ["不成立", "fails"],
  what: ["查的是：", "Checks: "],
  todo: ["怎么办：", "What to do: "],
  checks: ["逐条结果", "Check by check"],
  onPaper: ["纸质，两人录入", "on paper, entered by two persons"],
  sheets: ["重新解密的一览表，按递交顺序", "Sheets decrypted anew, in order of receipt"],
  lot: ["标段", "Lot"],
  draw: ["专家抽取 {draw}，重演结果", "Expert draw {draw}, as drawn again"],
  seed: ["随机种子：", "Seed: "],
  byTrustees: ["未公开随机数、由受托人开启的：{parties}", "Did not reveal, opened by trustees: {parties}"],
  stratum: ["专业 {stratum}", "Specialty {stratum}"],
  picks: ["正选，按抽取顺序", "Picked, in order of the draw"],
  backups: ["备选，按抽取顺序", "In reserve, in order of the draw"],
  serves: ["参加评标", "evaluates"],
  words: ["六组数字", "Six words"],
  project: ["项目", "Project"],
  panel: ["信任锚", "Trust anchor"],
  size: ["日志条数", "Entries in the log"],
  yuan: ["元", "yuan"],
};

/** One of two texts. @param {string[]} pair @param {string} lang of the page */
export const inLanguage = (pair, lang) => pair[lang.startsWith("zh") ? 0 : 1];

/** A text with its places filled. @param {string} text @param {Record<string, any>} params */
export const filled = (text, params) => text.replace(/\{(\w+)\}/g, (_, name) => String(params[name]));
