/** What stands around the form on the page for a stick; the form's own words are in `openings/words.js`. */

export const FRAME = {
  title: ["核验开标", "Check an opening"],
  product: ["阳光交易", "Sunlit Bidding"],
  other: ["English", "中文"],
  lead: [
    "放进开标大厅下载的 opening.zip，这台电脑把整个开标重新算一遍：日志、签名、见证、份额、每一份一览表、专家抽取。不上传，断网也能用，不需要相信中心。",
    "Put in the opening.zip from the hall, and this computer computes the whole opening again: log, signatures, witnesses, shares, every sheet, the expert draws. Nothing is sent, no network is needed, and you need not trust the centre.",
  ],
  same: ["与命令行 bidding verify 同样的检查、同样的结论。", "The same checks and the same result as bidding verify on the command line."],
};
