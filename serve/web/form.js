// What a person chose and answered, as it is sent, and what is wrong with it before it is.

import { keepAsked } from "./keep.js";
import { context } from "./questions.js";
import { UPLOAD } from "./words.js";

/** So many photos are shown hair by hair; more are scored as a batch. */
export const FEW = 8;

/** Whether the photos go as a batch; photos to be kept do not, as far as the server takes them. */
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

/** A sentence for the person, or an empty one; `limits` are the server's, if they are known. */
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
