// The questionnaire: every answer may be left out, and what is left out is not sent.

import { element } from "./dom.js";
import { QUESTIONS, SIGNS } from "./words.js";

const OF_FORM = { form: "form" }; // the questions are asked again beside the advice, out of the form

export function drawQuestions(place) {
  place.append(signs(), ...QUESTIONS.map(question));
}

export function context(form) {
  const answers = {};
  for (const [name, , options] of QUESTIONS) {
    const value = form.elements[name].value;
    if (value !== "") answers[name] = typed(value, options);
  }
  const ticked = [...form.elements].filter((box) => box.name === "scalp_signs" && box.checked);
  if (ticked.length || form.elements.no_scalp_signs.checked) answers.scalp_signs = ticked.map((box) => box.value);
  return answers;
}

function typed(value, options) {
  if ("min" in options) return Number(value);
  return "true" in options ? value === "true" : value;
}

function question([name, text, options]) {
  return element("label", {}, element("span", {}, text), "min" in options ? number(name, options) : choice(name, options));
}

function number(name, bounds) {
  return element("input", { type: "number", inputmode: "decimal", name, ...OF_FORM, ...bounds, step: "any" });
}

function choice(name, options) {
  const answers = Object.entries(options).map(([value, text]) => element("option", { value }, text));
  return element("select", { name, ...OF_FORM }, element("option", { value: "" }, "–"), ...answers);
}

function signs() {
  const boxes = Object.entries(SIGNS).map(([value, text]) => tick({ name: "scalp_signs", value }, text));
  const none = tick({ name: "no_scalp_signs" }, "None of these"); // not the same as no answer
  const asked = element("fieldset", { class: "signs" }, element("legend", {}, "What do you notice on the scalp?"), element("div", {}, ...boxes, none));
  asked.addEventListener("change", ({ target }) => keepApart(target, none.control, boxes.map((box) => box.control)));
  return asked;
}

function tick(attributes, text) {
  return element("label", {}, element("input", { type: "checkbox", ...OF_FORM, ...attributes }), text);
}

function keepApart(ticked, none, signs) {
  if (ticked !== none) none.checked = false;
  else for (const sign of signs) sign.checked = false;
}
