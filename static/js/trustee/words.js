/** The words of the trustee kit, in Chinese and English. */

import { Malformed, Refused } from "../core/refused.js";
import { said } from "../sealing/words.js";

/** What each check says: how it holds, what to mind, or why the key is not used and what to do next. */
export const FINDINGS = {
  holds: {
    form: ["文件是完整的开标包，%(leaves)s 条记录格式都对", "The file is a whole opening package; all its %(leaves)s entries are well-formed"],
    leaves: ["每条记录都与当时封进日志的指纹一致，没有改动", "Every entry is what was sealed into the log; nothing was changed"],
    events: [
      "事情的先后合规：投标都在截止之前，撤回、替换都由投标人自己签名，封箱时的份数相符",
      "The order of events keeps the rules: bids came before the deadline, withdrawals and replacements are signed by their tenderers, the count at the close is right",
    ],
    checkpoints: ["日志和见证的签名都对，没有第二个版本的日志", "The signatures of log and witnesses hold; there is no second version of the log"],
    dealings: [
      "%(count)s 个信封逐个验过：都是封给这个开箱组的，没有夹带别的项目的信封",
      "All %(count)s envelopes were checked one by one: they are sealed to this panel, none was slipped in from another tender",
    ],
    panel: ["信任锚与您填的公告一致", "The trust anchor is that of the notice, as you typed it"],
    clock: ["按这台电脑的时钟，开标时间 %(opens)s 已到", "By this computer's clock the opening hour, %(opens)s, has come"],
    close: ["已经封箱：截止 %(closesAt)s，有效投标 %(count)s 份", "The box is closed: deadline %(closesAt)s, %(count)s effective bids"],
    hold: ["没有暂停开标", "The opening is not on hold"],
    last: ["最后的签名覆盖全部记录，没有藏起来的", "The last signature covers every entry; none is held back"],
    witnesses: ["见证在开标时间之后联署，封箱没有提前做好：%(names)s", "Witnesses cosigned after the opening hour, and the close was not prepared beforehand: %(names)s"],
    words: ["六组数字与纸质记录一致（没有用见证联署）", "The six words are those on paper (instead of witnesses)"],
    time: ["%(count)s 次递交、撤回都在截止后一分钟内有见证", "All %(count)s submissions and withdrawals were witnessed within a minute of the deadline"],
    lots: ["投标不足的标段 %(lots)s 已记流标，不开", "The lots with too few bids, %(lots)s, are recorded as failed and stay sealed"],
    turn: ["轮到这一阶段：前一阶段已开，日志写明了不开的投标 %(sealed)s 份", "It is this stage's turn: the one before is open, and the log says which bids stay sealed: %(sealed)s"],
    bids: ["要开 %(count)s 份投标", "%(count)s bids are to be opened"],
    seat: ["您的密钥是第 %(seat)s 席：%(role)s", "Your key holds seat %(seat)s: %(role)s"],
  },
  note: {
    panel: ["信任锚还没有与公告比对：请逐组看，或在下面填上由程序比对", "The trust anchor was not compared with the notice yet: look, or type it below"],
  },
  refused: {
    form: ["文件不是开标包，或者下载时损坏了。请从开标大厅重新下载", "The file is no opening package, or was damaged on its way. Download it from the hall again"],
    leaves: ["有一条记录与封进日志的指纹不一致：内容事后被改动过。请告诉监督部门", "An entry is not what was sealed into the log: it was changed afterwards. Tell the supervisors"],
    events: ["日志里有一件事不合规矩，下面写着是哪一条。请告诉监督部门", "Something in the log breaks the rules; the line below says where. Tell the supervisors"],
    checkpoints: ["日志或见证的签名不对，或者日志有两个版本。请告诉监督部门", "A signature of the log or of a witness does not hold, or there are two versions of the log. Tell the supervisors"],
    dealings: ["有一个信封不是封给这个开箱组、这份投标的，可能是从别的项目混进来的。请告诉监督部门", "An envelope is not sealed to this panel and bid; it may have been slipped in from another tender. Tell the supervisors"],
    panel: ["信任锚与公告不一致：这不是公告的那次招标。请先看有没有抄错，没有抄错就告诉监督部门", "The trust anchor is not that of the notice: this is not the tender that was announced. Check your typing first, then tell the supervisors"],
    clock: ["按这台电脑的时钟，现在是 %(now)s，还没到开标时间 %(opens)s。时钟不准的先校准；准的就等到那时", "By this computer's clock it is %(now)s, before the opening hour, %(opens)s. Set the clock if it is wrong; else wait"],
    close: ["日志里没有封箱记录，箱子还没有关", "The log holds no close: the box is not closed yet"],
    hold: ["开标已被暂停。请等暂停解除后重新下载开标包", "The opening is on hold. Wait until it goes on, and download the package again"],
    last: ["最后的签名没有覆盖全部记录。请重新下载开标包", "The last signature does not cover every entry. Download the package again"],
    witnesses: [
      "见证的联署不够数，或联署早于开标时间。请等见证联署后重新下载；没有见证可用的，在下面填纸质记录上的六组数字",
      "Too few witnesses cosigned, or before the opening hour. Wait for them and download again; where there is no witness, type the six words of the paper record below",
    ],
    words: ["六组数字与纸质记录不一致：大厅里念的是另一份日志。请先看有没有抄错，没有抄错就告诉监督部门", "The six words are not those on paper: another log was read out in the hall. Check your typing first, then tell the supervisors"],
    time: ["有一份投标或撤回没有及时的见证，不能算数。请告诉监督部门", "A bid or withdrawal was not witnessed in time and cannot count. Tell the supervisors"],
    lots: ["有标段投标不足，日志却没有记流标（涉及 %(lots)s）。请告诉监督部门", "A lot has too few bids, and the log does not say that it failed (among %(lots)s). Tell the supervisors"],
    turn: [
      "还没轮到这一阶段：前一阶段没有开，或者日志还没有写明哪些投标没通过评审。请等代理机构登记评审结果后重新下载开标包",
      "It is not this stage's turn: the one before is not open, or the log does not say yet which bids did not pass. Wait until the agency has recorded that, and download the package again",
    ],
    bids: ["没有要开的投标", "No bid is to be opened"],
    seat: ["这把密钥不在这个项目的开箱组里。换用登记在这个项目的密钥；这个项目本来就没有您的席位的，不用您开", "This key holds no seat in the panel of this project. Use the one enrolled for it; if you hold none here, you are not needed"],
  },
};

/** The seats of a panel. */
export const ROLES = {
  supervisor: ["监督部门", "Supervisor"],
  finance: ["财政部门", "Finance"],
  agency: ["招标人或代理机构", "Tenderee or agency"],
  administrator: ["中心管理员", "Centre's administrator"],
  notary: ["公证机构", "Notary"],
  audit: ["审计部门", "Audit"],
  bank: ["银行", "Bank"],
  centre: ["交易中心", "Trading centre"],
};

const REFUSALS = {
  "sealing.trustee_name": ["名称只用字母、数字和 . _ -，以字母或数字开头，最多 64 个字符。", "A name has letters, digits and . _ - only, begins with a letter or digit, and has at most 64 characters."],
  "sealing.drill_refused": ["演练文件 %(file)s 不能用：%(reason)s。请重新下载本人这一次的演练文件。", "The drill file %(file)s cannot be used: %(reason)s. Download your own drill again."],
  "touch.file": [
    "这一页是从文件打开的，浏览器不让文件使用安全密钥和通行密钥。触碰副本只能在中心网站的受托人工具里做、里面用；在这里请用口令副本 trustee-名称.age。",
    "This page was opened from a file, and browsers let no file use security keys or passkeys. A touch copy is made and used only in the trustee kit on the centre's site; here, take the passphrase copy, trustee-NAME.age.",
  ],
  "touch.insecure": [
    "这个网站没有用 HTTPS 打开，浏览器在这里不提供安全密钥和通行密钥。请改用 HTTPS 网址打开，或者用口令副本 trustee-名称.age。",
    "This site was opened without HTTPS, where browsers offer no security keys or passkeys. Open it by HTTPS, or take the passphrase copy, trustee-NAME.age.",
  ],
  "touch.address": [
    "这个网站是用数字地址打开的，安全密钥和通行密钥只认网站域名。请用域名打开，或者用口令副本 trustee-名称.age。",
    "This site was opened by a numeric address, and security keys and passkeys go by names only. Open it by its name, or take the passphrase copy, trustee-NAME.age.",
  ],
  "touch.browser": [
    "这个浏览器没有所需的功能（WebAuthn PRF）。请换用新版的 Chrome 或 Edge，或者用口令副本 trustee-名称.age。",
    "This browser lacks what is needed (WebAuthn PRF). Use a newer Chrome or Edge, or take the passphrase copy, trustee-NAME.age.",
  ],
  "touch.device": [
    "这个安全密钥或这台设备没有所需的功能（PRF，也叫 hmac-secret），打不开密钥。密钥没有变动。请换一个，或者用口令副本 trustee-名称.age。",
    "This security key or device lacks what is needed (PRF, also called hmac-secret) and cannot open a key. Nothing was changed. Take another one, or the passphrase copy, trustee-NAME.age.",
  ],
  "touch.synced": [
    "您选的通行密钥会同步到厂商的云端，不能用来保护受托人密钥。什么也没有写出。请到设备的密码管理里删掉刚才登记的这一个，改用只留在一处的安全密钥。",
    "The passkey you chose is synced to its maker's cloud and must not guard a trustee's key. Nothing was written. Delete it in your device's password manager, and take a security key, which stays in one place.",
  ],
  "touch.none": [
    "没有触碰成功：被取消、等得太久，或者插的不是登记的那一个。请再试一次；还是不行的，用口令副本 trustee-名称.age。",
    "There was no touch: it was cancelled, took too long, or this is not the device that was registered. Try again; if it still fails, take the passphrase copy, trustee-NAME.age.",
  ],
  "touch.host": [
    "这一份是在 %(host)s 做的，只能在那个网址的受托人工具里打开。在这里请用口令副本 trustee-名称.age。",
    "This copy was made on %(host)s and opens only in the trustee kit there. Here, take the passphrase copy, trustee-NAME.age.",
  ],
};

/** What a refusal or a fault says, in both languages. @param {any} error @returns {[string, string]} */
export function refusal(error) {
  if (error instanceof Refused) {
    const own = REFUSALS[error.code];
    const fill = (text) => text.replace(/%\((\w+)\)s/g, (_, name) => String(error.params[name]));
    return own ? [fill(own[0]), fill(own[1])] : [said(error, "zh-Hans"), said(error, "en")];
  }
  const reason = error instanceof Malformed ? error.message : `${error?.name}: ${error?.message}`;
  return [`没有办成：${reason}`, `It did not work: ${reason}`];
}

/** Take in the words of a task that not every program with keys has. @param {Record<string, [string, string]>} words @param {Record<string, [string, string]>} refusals */
export function learn(words, refusals) {
  Object.assign(PAGE, words);
  Object.assign(REFUSALS, refusals);
}

/** The words of the page. */
export const PAGE = {
  product: ["阳光交易 · 受托人", "Sunlit Bidding · trustees"],
  title: ["受托人工具", "Trustee kit"],
  lead: [
    "这一个文件就是全部程序，不用安装，断开网络也能用。密钥只在您的优盘和这台电脑的内存里，不会发到任何地方。",
    "This one file is the whole program. Nothing is installed, and it works without a network. Your key is on your stick and in this computer's memory, and is sent nowhere.",
  ],
  online: [
    "您正在用网上打开的这一页。更稳妥的办法：把它存到优盘，断开网络再打开；存下的文件请与“受托人”页上的 SHA-256 比对一次。",
    "You are using this page from the network. Safer: save it to your stick, disconnect, and open it from there; compare the saved file with the SHA-256 on the trustees' page once.",
  ],
  save_page: ["保存这一页", "Save this page"],
  skip: ["跳到正文", "Skip to the content"],
  nav: ["办什么事", "What to do"],
  make: ["生成密钥", "Make a key"],
  make_hint: ["第一次当受托人，或换新密钥", "For a new trustee, or a new key"],
  drill: ["做演练", "Key drill"],
  drill_hint: ["每月一次，开标前一天也做", "Every month, and the day before an opening"],
  open: ["开箱", "Open"],
  open_hint: ["截止之后，一次可开当天的几个项目", "After the deadline; several projects of a day at once"],
  extend: ["签延期", "Sign new dates"],
  extend_hint: ["只有监督席位和代理机构席位", "The supervisor's and the agency's seat only"],
  touch: ["触碰副本", "Touch copy"],
  touch_hint: ["用安全密钥触碰代替输口令，要在网站上用", "A security key's touch in place of the passphrase, on the site only"],
  wrong: ["有误：", "Error: "],
  // The key
  key: ["您的密钥文件", "Your key file"],
  key_hint: [
    "在您的优盘上，名字是 trustee-名称.age；做过触碰副本的，也可以选 trustee-名称.passkey.age。",
    "On your stick; its name is trustee-NAME.age, or trustee-NAME.passkey.age if you made a touch copy.",
  ],
  key_needed: ["请选择密钥文件。", "Choose the key file."],
  passphrase: ["口令", "Passphrase"],
  passphrase_needed: ["请输入密钥文件的口令。", "Type the passphrase of the key file."],
  unlocking: ["正在解开密钥，约一秒……", "Unlocking the key, about a second …"],
  unlocked: ["密钥已解开：%(name)s", "Key unlocked: %(name)s"],
  unlocked_hint: ["接着办别的不用再输口令；15 分钟不用、锁上或关掉这一页，就要重新输。", "No need to type the passphrase again; after 15 minutes without use, or once locked or closed, it is."],
  lock: ["锁上密钥", "Lock the key"],
  // Making
  name: ["名称", "Name"],
  name_hint: ["字母、数字和 . _ -，例如 supervisor-zhou。公开，写进公告和日志。", "Letters, digits and . _ -, such as supervisor-zhou. Public: it stands in notices and in the log."],
  paper_again: ["我有保险柜里的纸质备份，要重新录入", "I have the paper copy from the safe and want to enter it again"],
  paper: ["纸上的密钥", "The key on paper"],
  paper_hint: ["BIDSEAL-TRUSTEE-1 开头的一串，空格和大小写不用管；也可以用扫码枪扫纸上的码。", "Begins with BIDSEAL-TRUSTEE-1; spaces and case do not matter. A hand scanner will read the code on the sheet."],
  paper_wrong: ["纸上的密钥抄错了或不完整：有一个字符不对。请逐组再核对一遍。", "The key is miscopied or not whole. Compare it group by group."],
  begin: ["下一步：口令", "Next: the passphrase"],
  your_passphrase: ["您的口令", "Your passphrase"],
  passphrase_lead: [
    "口令由程序随机挑选，共七个词。请用笔抄下，和优盘分开放；谁都不能替您找回。输入的是拼音和中间的短横。",
    "The program picked seven words at random. Write them down with a pen and keep them apart from the stick; nobody can recover them. What is typed is the pinyin with the hyphens.",
  ],
  another: ["换一个", "Another one"],
  retype: ["照您抄下的再输一遍", "Type it from your note"],
  retype_differs: ["和上面的口令不一样。请照抄下的逐字核对，短横也要。", "It is not the passphrase above. Compare letter by letter, hyphens too."],
  seal_key: ["生成密钥文件", "Make the key file"],
  protecting: ["正在加密密钥文件，约一秒……", "Encrypting the key file, about a second …"],
  copies: ["存两份，存在两个优盘上", "Save two copies, on two sticks"],
  copies_lead: ["存好一份，就把存下的那个文件选回来，程序逐字节核对。两份都核对过，才能往下走。", "After saving a copy, choose the saved file: the program compares it byte by byte. It goes on once both were compared."],
  save_first: ["保存第一份", "Save the first copy"],
  save_second: ["保存第二份", "Save the second copy"],
  check_first: ["选回第一份，核对", "Choose the first copy, to compare"],
  check_second: ["选回第二份，核对", "Choose the second copy, to compare"],
  copy_good: ["这一份完好", "This copy is good"],
  copy_bad: ["这不是刚生成的密钥文件，或没有存完整。请重新保存，再选存下的那一个。", "This is not the key file just made, or it is not whole. Save it again and choose what you saved."],
  sheet: ["纸质备份", "Paper copy"],
  sheet_lead: [
    "打印或手抄一份，装进信封封好，存进保险柜。两个优盘都坏了，靠它恢复。它不用口令就等于密钥：不拍照，不扫描，不留在电脑里。",
    "Print it or copy it by hand, seal it in an envelope and put it into the safe. It restores the key if both sticks fail. It is the key, without a passphrase: no photograph, no scan, no copy on a computer.",
  ],
  print: ["打印纸质备份", "Print the paper copy"],
  sheet_title: ["受托人密钥 · 纸质备份", "Trustee's key · paper copy"],
  sheet_key: ["密钥（与二维码相同）", "The key (as in the code)"],
  sheet_qr: ["密钥的二维码", "The key as a code"],
  sheet_rule: ["密封存入保险柜。拆封即视为密钥已动用，须当日登记并更换密钥。", "Keep sealed in the safe. Once opened, the key counts as used: record it the same day and replace the key."],
  sheet_sign: ["保管人签名　　　　　　　　　日期　　　　　　　　　封存人签名", "Holder                         Date                         Sealed by"],
  fingerprint: ["公钥指纹（复核时当面念出）", "Key fingerprint (read it out when the key is confirmed)"],
  enrol: ["登记文件", "Enrolment file"],
  enrol_lead: ["里面只有公钥，交给中心登记。复核的人会请您念公钥指纹。", "It holds public keys only; hand it to the centre. Whoever confirms it will ask you to read out the fingerprint."],
  save_enrolment: ["保存登记文件", "Save the enrolment file"],
  card: ["登记文件内容", "What it says"],
  made_at: ["生成时间（北京时间）", "Made at (Beijing time)"],
  afresh: ["再给一位受托人生成", "Make another trustee's key"],
  // Drill
  drill_file: ["演练文件", "The drill"],
  drill_file_hint: ["从“受托人”页下载的 drill-编号.json。", "drill-NUMBER.json from the trustees' page."],
  drill_needed: ["请选择演练文件。", "Choose the drill."],
  drill_act: ["解答演练", "Answer the drill"],
  drill_done: ["演练完成：密钥、口令和程序都好用", "Drill done: key, passphrase and program all work"],
  drill_next: ["把结果文件上传到“受托人”页，三天内有效。", "Upload the answer to the trustees' page within three days."],
  drill_by_touch: [
    "这次是用触碰解开的，口令没有试到。请至少每季度用口令副本做一次演练：安全密钥丢了，就靠它。",
    "A touch unlocked the key, so the passphrase was not tried. Use the passphrase copy in a drill at least every quarter: if the security key is lost, it is what remains.",
  ],
  save_answer: ["保存演练结果", "Save the answer"],
  // Opening
  packages: ["开标包，可以一次选几个", "Opening packages, several if you like"],
  packages_hint: ["从开标大厅下载的 opening-package-….json。", "opening-package-….json from the halls."],
  checking: ["正在核对 %(name)s……", "Checking %(name)s …"],
  all_hold: ["核对通过", "Everything holds"],
  not_opened: ["不能开：密钥没有使用", "Not to be opened: the key was not used"],
  project: ["项目", "Project"],
  stage: ["第 %(stage)s 阶段", "Stage %(stage)s"],
  stage_of: ["开第几阶段的信封", "Which stage to open"],
  anchor: ["信任锚（开箱组指纹）", "Trust anchor (the panel's fingerprint)"],
  lots: ["各标段", "Lots"],
  lot_opens: ["标段 %(lot)s：开 %(count)s 份", "Lot %(lot)s: %(count)s to open"],
  lot_failed: ["标段 %(lot)s：投标不足，不开", "Lot %(lot)s: too few bids, stays sealed"],
  cosigned: ["见证联署", "Cosigned"],
  six: ["封箱记录的六组数字", "The close's six words"],
  anchor_typed: ["公告上的信任锚（选填）", "The notice's trust anchor (optional)"],
  anchor_typed_hint: ["照纸质公告抄，填了就由程序比对。", "From the printed notice; if typed, the program compares it."],
  words_typed: ["纸质记录上的六组数字（没有见证时必填）", "The six words on paper (needed where there is no witness)"],
  same: ["我已对照：信任锚与公告一致，六组数字与纸质记录一致", "I compared them: the trust anchor is the notice's, the six words are those on paper"],
  same_needed: ["请先对照信任锚和六组数字，再勾选。对不上的，不要开，告诉监督部门。", "Compare the trust anchor and the six words first, then tick. If they differ do not open, and tell the supervisors."],
  none_ready: ["没有可以开的开标包。请先选开标包；不能开的，下面写着原因。", "There is no package to open. Choose some; where one is refused its reason stands below."],
  open_act: ["开箱：生成份额文件", "Open: make the share files"],
  sharing: ["正在生成份额……", "Making the shares …"],
  shared: ["份额文件做好了", "The share files are made"],
  shared_next: ["在开标大厅上传。里面没有密钥，谁来上传都一样。", "Upload them in the hall. They hold no key; anybody may upload them."],
  save_public: ["保存份额：开标一览表", "Save the shares: opening sheets"],
  save_files: ["保存份额：投标附件", "Save the shares: attachments"],
  holds: ["成立", "holds"],
  note: ["请注意", "note"],
  fails: ["不成立", "fails"],
  // New dates
  draft: ["延期文件", "The file with the new dates"],
  draft_hint: ["从项目的“截止时间”页或“报价开标时间”页下载的 schedule-….json。", "schedule-….json from the project's page of the deadline, or of the price opening."],
  draft_needed: ["请选择延期文件。", "Choose the file with the new dates."],
  draft_refused: ["没有签名，密钥没有使用：", "Not signed, the key was not used: "],
  draft_again: ["请重新下载延期文件；仍然如此的，停止办理并告诉监督部门。", "Download the file again; if it is still refused, stop and tell the supervisors."],
  was_now: ["由 %(was)s 延至 %(now)s", "from %(was)s to %(now)s"],
  stays: ["%(at)s，不变", "%(at)s, unchanged"],
  closes: ["截止（北京时间）", "Deadline (Beijing time)"],
  opens: ["第 %(stage)s 阶段开标", "Opening of stage %(stage)s"],
  reason: ["原因", "Reason"],
  agreed: ["信任锚和现在的截止时间都与公告一致，我同意这样延期", "Trust anchor and present deadline are the notice's, and I agree to the new dates"],
  agreed_needed: ["请先与公告对照，同意后勾选。", "Compare with the notice first; tick if you agree."],
  sign_act: ["签名", "Sign"],
  no_seat: ["这把密钥不是本项目的监督席位，也不是代理机构席位。", "This key holds neither the supervisor's nor the agency's seat of this project."],
  signed: ["第 %(seat)s 席已签名", "Seat %(seat)s has signed"],
  signed_next: ["由本方账号在同一页上传。两席都签了，延期才生效。", "Upload it on the same page from your own account. The dates change once both seats have signed."],
  save_signature: ["保存签名", "Save the signature"],
  // A copy that a touch opens
  touch_instead: ["这一份不用口令：按下按钮后，照浏览器提示触碰安全密钥。", "This copy needs no passphrase: press the button, then touch the security key as the browser asks."],
  touch_now: ["请照浏览器的提示触碰安全密钥……", "Touch the security key as the browser asks …"],
  touch_lead: [
    "给同一把密钥另存一份，开标那天触碰一下安全密钥就能解开，不用输口令。口令副本、纸质备份照旧留着：安全密钥丢了、坏了，或者网站打不开，就靠它们。",
    "Save one more copy of the same key, which a touch of a security key unlocks on the day of an opening, without the passphrase. Keep the passphrase copies and the paper: they are what remains if the security key is lost or broken, or the site is away.",
  ],
  touch_against: ["挡得住什么，挡不住什么", "What it protects against, and what not"],
  touch_thief: [
    "捡到优盘的人，没有您的安全密钥和它的 PIN 或指纹，打不开这一份；它也没有口令可猜。",
    "Whoever finds the stick cannot open this copy without your security key and its PIN or your finger; and it has no passphrase to guess.",
  ],
  touch_site: [
    "挡不住网站的网页被人换掉。这一份只能在网站上用，不能用优盘里比对过的工具：被换掉的网页能在您解开时取走密钥；拿到了这一份文件的，您在本站任何一次触碰，登录时的也算，都可能被借用。",
    "It does not protect against a page of the site that was replaced. This copy is used on the site only, not in the kit on your stick that you compared: a replaced page can take the key when you unlock it; and for whoever has got this file, any touch of yours on this site, one to sign in too, may be made use of.",
  ],
  touch_prefer: [
    "最稳妥的仍是断开网络，用优盘里的工具和口令。",
    "The safest way is still the kit on your stick, without a network, and the passphrase.",
  ],
  touch_device: [
    "请用只留在一处的安全密钥（像优盘的那种，设有 PIN），或这台电脑自带的。会同步到手机或云端的通行密钥不收。",
    "Take a security key, which stays in one place (the kind that looks like a stick, with a PIN), or the one built into this computer. Passkeys that are synced to a phone or a cloud are not taken.",
  ],
  touch_known: ["我看明白了：它只在网站上用，挡不住被换掉的网页；口令副本和纸质备份都留着", "I understand: it is for the site only and does not protect against a replaced page; I keep the passphrase copies and the paper"],
  touch_known_needed: ["请先看明白上面几条，再勾选。", "Read the points above first, then tick."],
  touch_act: ["做触碰副本（要触碰两次）", "Make the touch copy (two touches)"],
  touch_first: ["第一次触碰：登记安全密钥……", "First touch: the security key is registered …"],
  touch_second: ["第二次触碰：加密……", "Second touch: the copy is encrypted …"],
  touch_credential: ["受托人密钥 %(name)s（不是登录用的）", "Trustee's key %(name)s (not for signing in)"],
  touch_save: ["保存，再试开一次", "Save it, then open it once"],
  touch_save_lead: ["存到放口令副本的优盘上，把存下的文件选回来，触碰一次。打得开才算数。", "Save it to the stick that has the passphrase copy, choose the saved file again, and touch once. It counts only if it opens."],
  save_touch: ["保存触碰副本", "Save the touch copy"],
  check_touch: ["选回存下的文件", "Choose the saved file"],
  check_touch_needed: ["请先保存，再把存下的文件选回来。", "Save it first, then choose the saved file."],
  touch_try: ["触碰试开", "Touch, to try it"],
  touch_done: ["触碰副本好用", "The touch copy works"],
  touch_done_next: [
    "开标、演练、签延期时选这一份，触碰一次即可。安全密钥丢了：删掉这一份，用口令副本再做；和优盘一起丢了：当天告诉中心，停用并换新密钥。",
    "Choose it for openings, drills and new dates; one touch unlocks it. If the security key is lost, delete this copy and make another from the passphrase copy; if it is lost together with the stick, tell the centre the same day, and have the key retired and replaced.",
  ],
  touch_afresh: ["再做一份（另一个安全密钥）", "Make another one (for a second security key)"],
};
