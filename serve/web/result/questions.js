// The questionnaire: one question after the other, as the answers so far call for it. Every answer is
// optional. Answers are held here and not in the browser's form, which would show them to who comes next.

import { button, element } from "../common/dom.js";
import { questions as QUESTIONS, section, t } from "../common/texts.js";

const DRAW = { choice: ask, yes_no: ask, several: askSeveral, number: askNumber };

/** Dispatches "change" when an answer has changed. */
export class Questionnaire extends EventTarget {
  #place;
  #answers = {};
  #skipped = new Set();
  #nodes = new Map();

  constructor(place) {
    super();
    this.#place = place;
    this.#draw();
  }

  /** The answers to the questions that are asked, as POST /v1/advice takes them. */
  get context() {
    return Object.fromEntries(this.#asked().filter(({ field }) => field in this.#answers).map(({ field }) => [field, this.#answers[field]]));
  }

  /** The answers as pairs of question and answer in words, to print. */
  inWords() {
    const answered = this.#asked().filter(({ field }) => field in this.#answers);
    return answered.map((question) => [textsOf(question).text, inWords(question, this.#answers[question.field])]);
  }

  reset() {
    this.#answers = {};
    this.#skipped.clear();
    this.#nodes.clear();
    this.#draw();
  }

  #asked() {
    return QUESTIONS.filter((question) => isAsked(question, this.#answers));
  }

  /** Shows the questions up to the first open one; those that stay are not touched, nor is the focus. */
  #draw() {
    const asked = this.#asked();
    const open = asked.findIndex(({ field }) => !(field in this.#answers) && !this.#skipped.has(field));
    const shown = (open < 0 ? asked : asked.slice(0, open + 1)).map((question) => this.#node(question));
    const end = open < 0 ? [element("p", { class: "hint", role: "status" }, t("page.result.answered"))] : [];
    for (const node of [...this.#place.children]) if (!shown.includes(node)) node.remove();
    shown.forEach((node, index) => this.#place.children[index] === node || this.#place.insertBefore(node, this.#place.children[index] ?? null));
    this.#place.append(...end);
  }

  #node(question) {
    const key = QUESTIONS.indexOf(question);
    if (!this.#nodes.has(key)) {
      const controls = DRAW[question.kind](question, (value) => this.#answer(question, value), () => this.#skip(question));
      this.#nodes.set(key, element("fieldset", { class: "question", "data-field": question.field }, element("legend", {}, textsOf(question).text), ...controls));
    }
    return this.#nodes.get(key);
  }

  /** @param value undefined if there is no answer */
  #answer({ field }, value) {
    if (value === undefined) delete this.#answers[field];
    else this.#answers[field] = value;
    this.#draw();
    this.dispatchEvent(new Event("change"));
  }

  #skip({ field }) {
    this.#skipped.add(field);
    this.#draw();
  }
}

/** As in serve/advice/questionnaire.py, Question.is_asked. */
function isAsked({ ask_if: conditions = {}, unless = {} }, answers) {
  const isOneOf = ([field, values]) => [answers[field]].flat().some((answer) => values.includes(answer));
  return Object.entries(conditions).every(isOneOf) && !Object.entries(unless).some(isOneOf);
}

function textsOf({ field }) {
  return section(`questions.${field}`);
}

function optionsOf(question) {
  if (question.kind === "yes_no") return [[true, t("questions.yes")], [false, t("questions.no")]];
  return question.options.map((value) => [value, textsOf(question).options[value]]);
}

function inWords(question, answer) {
  if (question.kind === "number") return String(answer);
  if (Array.isArray(answer) && !answer.length) return textsOf(question).none;
  return optionsOf(question).filter(([value]) => [answer].flat().includes(value)).map(([, text]) => text).join(", ");
}

function tick(type, name, value, text, onChange) {
  const box = element("input", { type, name, value: String(value), autocomplete: "off" });
  box.addEventListener("change", onChange);
  return element("label", { class: "option" }, box, text);
}

/** A choice answers at once. */
function ask(question, onAnswer, onSkip) {
  const options = optionsOf(question).map(([value, text]) => tick("radio", question.field, value, text, () => onAnswer(value)));
  return [element("div", { class: "options" }, ...options), skip(onSkip)];
}

/** Several may hold, or none of them, which is not the same as no answer. */
function askSeveral(question, onAnswer, onSkip) {
  const { field } = question;
  const none = tick("checkbox", field, "none", textsOf(question).none, () => answer(none));
  const boxes = optionsOf(question).map(([value, text]) => tick("checkbox", field, value, text, () => answer()));
  const onward = button({ class: "button small quiet" }, () => onAnswer(ticked()), t("page.result.onward"));
  const ticked = () => boxes.filter(({ control }) => control.checked).map(({ control }) => control.value);
  let done = false;
  const answer = (by) => {
    for (const { control } of by === none ? boxes : [none]) control.checked = false;
    if (by === none || done) onAnswer(none.control.checked ? [] : ticked().length ? ticked() : undefined);
    else onward.disabled = !ticked().length;
    done = done || by === none;
    onward.hidden = done;
  };
  onward.disabled = true;
  onward.addEventListener("click", () => { done = true; onward.hidden = true; });
  return [element("div", { class: "options" }, ...boxes, none), element("p", { class: "row" }, onward, skip(onSkip))];
}

/** A number is taken once it can be right; what is wrong is said at the field. */
function askNumber(question, onAnswer, onSkip) {
  const { field, min, max } = question;
  const wrong = element("p", { class: "alert", role: "alert", id: `wrong-${field}`, hidden: "" }, t(`questions.${field}.invalid`, { min, max }));
  const input = element("input", { type: "number", inputmode: "decimal", autocomplete: "off", name: field, min, max, step: "any", "aria-label": textsOf(question).text, "aria-describedby": wrong.id });
  input.addEventListener("change", () => {
    wrong.hidden = input.validity.valid;
    if (input.validity.valid) onAnswer(input.value === "" ? undefined : Number(input.value));
  });
  return [input, wrong, skip(onSkip)];
}

function skip(onSkip) {
  const node = button({ class: "link skip" }, () => { node.hidden = true; onSkip(); }, t("questions.skip"));
  return node;
}
