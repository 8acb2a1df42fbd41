// A consortium: who takes part beside the tenderer, as the sheet's one field tells it.
import { all, mark, one, whenLeft } from "./dom.js";
import { say } from "./words.js";

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const LONGEST = 10;

// GB 32100-2015: whether the eighteenth sign is the check sign of the seventeen before it.
export function isUscc(text) {
  const code = text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
  if (code.length !== 18 || [...code].some((sign) => !ALPHABET.includes(sign))) return false;
  let total = 0;
  let weight = 1;
  for (const sign of code.slice(0, 17)) {
    total += ALPHABET.indexOf(sign) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (total % 31)) % 31] === code[17];
}

// root: two radios name="alone", a template for a member's row, a list, a button that adds one.
// target: the sheet's input that carries the sentence.
export class Members {
  constructor(root, target, leader, onChange) {
    this.root = root;
    this.target = target;
    this.leader = leader;
    this.list = one("[data-members]", root);
    this.changed = onChange;
    root.addEventListener("input", () => this.write());
    one("[data-add]", root).addEventListener("click", () => {
      this.add({ name: "", uscc: "" });
      one("input", this.list.lastElementChild).focus();
    });
  }

  get together() {
    return one("input[name=alone]:checked", this.root)?.value === "no";
  }

  add(member) {
    const row = one("template", this.root).content.cloneNode(true).firstElementChild;
    const number = this.list.children.length + 1;
    for (const input of all("input", row)) {
      input.id = `member-${number}-${input.name}`;
      input.value = member[input.name] ?? "";
      one("label", input.closest("[data-box]")).htmlFor = input.id;
      one("[data-error]", input.closest("[data-box]")).id = `${input.id}-error`;
      whenLeft(input, () => this.check(input));
    }
    one("[data-remove]", row).addEventListener("click", () => {
      row.remove();
      this.write();
      one("[data-add]", this.root).focus();
    });
    this.list.append(row);
    this.write();
  }

  check(input) {
    const text = input.value.trim();
    const wrong = input.name === "uscc" ? !isUscc(text) : !text;
    mark(input, wrong ? say(`member.${input.name}`) : "");
    return !wrong;
  }

  rows() {
    return all("li", this.list).map((row) =>
      Object.fromEntries(all("input", row).map((input) => [input.name, input.value.trim()])),
    );
  }

  restore(saved) {
    const radio = one(`input[name=alone][value=${saved.together ? "no" : "yes"}]`, this.root);
    radio.checked = true;
    for (const member of saved.rows ?? []) this.add(member);
    this.write();
  }

  saved() {
    return { together: this.together, rows: this.rows() };
  }

  write() {
    one("[data-together]", this.root).hidden = !this.together;
    if (this.together && !this.list.children.length) this.add({ name: "", uscc: "" });
    one("[data-add]", this.root).hidden = this.list.children.length >= LONGEST;
    const names = this.rows().map((row) => `${row.name}（${row.uscc}）`);
    this.target.value = this.together ? `牵头人 ${this.leader}；成员 ${names.join("、")}` : "";
    this.changed();
  }

  // Whether everything about the members is said; marks what is not.
  complete({ marking = false } = {}) {
    if (!this.together) return true;
    const inputs = all("input", this.list);
    const right = (input) => (input.name === "uscc" ? isUscc(input.value) : Boolean(input.value.trim()));
    if (marking) for (const input of inputs) this.check(input);
    return inputs.length > 0 && inputs.every(right);
  }
}
