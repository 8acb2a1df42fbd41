// The opening sheet: fields read as they are typed, checked where they stand, with the amount in capital numerals.
import { all, lamp, make, mark, one, whenLeft } from "./dom.js";
import { KINDS } from "./numbers.js";
import { Refusal, say, told } from "./words.js";

export class Sheet {
  // root holds the inputs with data-field; onChange is called after every change of a value.
  constructor(root, onChange) {
    this.inputs = all("[data-field]", root);
    this.onChange = onChange;
    for (const input of this.inputs) {
      input.addEventListener("input", () => {
        this.echo(input);
        onChange();
      });
      whenLeft(input, () => this.check(input));
    }
  }

  typed() {
    return Object.fromEntries(this.inputs.map((input) => [input.name, input.value]));
  }

  restore(typed) {
    for (const input of this.inputs) {
      input.value = typed[input.name] ?? input.value;
      this.echo(input);
    }
  }

  // {value, refusal}: value is null for a field left empty.
  read(input) {
    const text = input.value.trim();
    try {
      if (text) return { value: KINDS[input.dataset.kind].parse(input.value), refusal: null };
      const missing = new Refusal("missing", say("field.missing", { label: input.dataset.label }));
      return { value: null, refusal: "required" in input.dataset ? missing : null };
    } catch (error) {
      return { value: null, refusal: error };
    }
  }

  // Say at the field what is wrong with it, if anything is.
  check(input) {
    const { refusal } = this.read(input);
    mark(input, refusal && told(refusal));
    return refusal;
  }

  echo(input) {
    const place = one("[data-echo]", input.closest("[data-box]"));
    if (!place) return;
    const { value } = this.read(input);
    const { ceiling, floor } = input.dataset;
    const words = [];
    if (value !== null && input.dataset.kind === "fen") words.push(KINDS.fen.echo(value));
    if (value !== null && input.dataset.kind === "ppm") words.push(make("span", {}, KINDS.ppm.show(value)));
    if (value !== null && ceiling && value > Number(ceiling)) {
      const limit = KINDS[input.dataset.kind].show(Number(ceiling));
      words.push(make("span", { class: "d-block" }, lamp("soon", say("ceiling.above", { limit }))));
    }
    if (value !== null && floor && value < Number(floor)) {
      const limit = KINDS[input.dataset.kind].show(Number(floor));
      words.push(make("span", { class: "d-block" }, lamp("soon", say("floor.below", { limit }))));
    }
    place.replaceChildren(...words);
  }

  values() {
    return Object.fromEntries(this.inputs.map((input) => [input.name, this.read(input).value]));
  }

  // The inputs of one section that are not right yet.
  wrong(section) {
    return this.inputs.filter((input) => section.contains(input) && this.read(input).refusal);
  }

  // Every field that was filled in, for people to read back: [label, value shown, input].
  shown() {
    return this.inputs.map((input) => {
      const { value } = this.read(input);
      const { show } = KINDS[input.dataset.kind];
      return { label: input.dataset.label, value, text: value === null ? say("field.empty") : show(value), input };
    });
  }
}
