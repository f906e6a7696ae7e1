// The form: its data as sent, and checks before sending.

import { element } from "../common/dom.js";
import { keepAsked } from "../result/saved_photos.js";
import { QUESTIONS, SIGNS, UPLOAD } from "../common/words.js";

// The questionnaire: every answer is optional, and open answers are not sent.

const OF_FORM = { form: "form" }; // the questions appear again beside the advice, outside the form

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

/** Maximum number of photos shown hair by hair; more are scored as a batch. */
export const FEW = 8;

/** Whether to send the photos as a batch; photos to save are not, up to the server's limit. */
export function isBatch(form, files) {
  return files.some(isZip) || (files.length > FEW && keepAsked(form) === "no");
}

/** The FormData of photos, or of a batch. */
export function body(form, files) {
  const data = new FormData();
  for (const file of files) data.append("files", file);
  data.append("context", JSON.stringify(context(form)));
  data.append("roots_in_view", form.elements.roots_in_view.value);
  if (!isBatch(form, files)) data.append("retention", keepAsked(form));
  return data;
}

/** A message for the user, empty if all is well; `limits` are the server's, if known. */
export function whatIsWrong(form, files, limits) {
  if (!files.length) return UPLOAD.none;
  const invalid = invalidAnswer(form);
  if (invalid) return UPLOAD.outOfBounds(invalid.closest("label").firstChild.textContent, invalid);
  return limits ? whatIsTooMuch(form, files, limits) : "";
}

export function invalidAnswer(form) {
  return [...form.elements].find((answer) => !answer.validity.valid);
}

function whatIsTooMuch(form, files, limits) {
  const batch = isBatch(form, files);
  if (keepAsked(form) !== "no" && (batch || files.length > limits.max_files)) return UPLOAD.keepFew(limits.max_files);
  const most = batch ? limits.max_batch_photos : limits.max_files;
  if (files.length > most) return UPLOAD.tooMany(most);
  const large = files.find((file) => file.size > limits.max_file_bytes && !isZip(file));
  if (large) return UPLOAD.tooLarge(large.name, limits.max_file_bytes);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return total > 0.99 * (batch ? limits.max_batch_bytes : limits.max_upload_bytes) ? UPLOAD.tooLargeTogether : "";
}

function isZip({ name, type }) {
  return /\.zip$/i.test(name) || /zip/.test(type);
}
