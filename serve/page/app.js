// The page: choosing photos, sending them, and the result.

import { Chosen } from "./chosen.js";
import { byId } from "./dom.js";
import { downloadCsv, downloadJson } from "./downloads.js";
import { drawGlossary } from "./glossary.js";
import { keepAsked, randomToken } from "./keep.js";
import { linkedIds, openKept } from "./kept_link.js";
import { preparePrinting } from "./print.js";
import { context, drawQuestions } from "./questions.js";
import { Result } from "./result.js";
import { Cancelled, upload } from "./upload.js";
import { UPLOAD } from "./words.js";

const form = byId("form");
const chosen = new Chosen(byId("chosen"), [byId("choose"), byId("take")], byId("drop"));
let limits = null;
let stopping = null;
let attempt = randomToken();
let result = null;

drawQuestions(byId("questions"));
drawGlossary(byId("glossary"));
preparePrinting(() => result);
askAboutModel();
openLink();
chosen.addEventListener("change", () => { attempt = randomToken(); say(""); complain(""); });
form.addEventListener("change", () => { attempt = randomToken(); });
window.addEventListener("hashchange", openLink);
form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
byId("questions").addEventListener("change", () => answerChanged());
for (const [id, action] of Object.entries({
  cancel: () => stopping?.abort(),
  "open-review": () => result.openReview(),
  json: () => downloadJson(result, context(form)),
  csv: () => downloadCsv(result),
  print: () => window.print(),
  again: startAgain,
  renew: rootsAreInView,
})) byId(id).addEventListener("click", action);

async function send() {
  const trouble = whatIsWrong();
  if (trouble) return complain(trouble);
  if (!mayLoseLabels()) return;
  const files = chosen.files;
  stopping = new AbortController();
  busy(true);
  try {
    const answer = await upload(body(files), attempt, (part) => progress(part, files.length), stopping.signal);
    busy(false);
    attempt = randomToken();
    show(files, answer);
  } catch (error) {
    busy(false);
    if (error instanceof Cancelled) say(UPLOAD.cancelled);
    else complain(error.message);
  }
}

function body(files) {
  const data = new FormData();
  for (const file of files) data.append("files", file);
  data.append("context", JSON.stringify(context(form)));
  data.append("roots_in_view", form.elements.roots_in_view.value);
  data.append("keep", keepAsked(form));
  return data;
}

function whatIsWrong() {
  const { files } = chosen;
  if (!files.length) return UPLOAD.none;
  const invalid = invalidAnswer();
  if (invalid) return UPLOAD.outOfBounds(invalid.closest("label").firstChild.textContent, invalid);
  if (!limits) return "";
  if (files.length > limits.max_files) return UPLOAD.tooMany(limits.max_files);
  const large = files.find((file) => file.size > limits.max_file_bytes);
  if (large) return UPLOAD.tooLarge(large.name, limits.max_file_bytes);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return total > 0.99 * limits.max_upload_bytes ? UPLOAD.tooLargeTogether : "";
}

function invalidAnswer() {
  return [...form.elements].find((answer) => !answer.validity.valid);
}

function progress(part, photos) {
  const bar = byId("progress");
  if (part < 1) bar.value = 100 * part;
  else bar.removeAttribute("value");
  say(part < 1 ? UPLOAD.sending(part) : UPLOAD.reading(photos));
}

function show(files, answer, past) {
  result?.close();
  result = new Result(files, answer, () => context(form), past);
  byId("asked-again").append(byId("asked"));
  byId("result").hidden = false;
  say(UPLOAD.done);
  byId("result").focus({ preventScroll: true });
  byId("result").scrollIntoView({ block: "start" });
}

async function openLink() {
  const ids = linkedIds();
  if (!ids.length) return;
  try {
    const { files, answer, ...past } = await openKept(ids);
    show(files, answer, past);
  } catch (error) {
    complain(error.message);
  }
}

function answerChanged() {
  attempt = randomToken();
  if (result && !invalidAnswer()) result.renew();
}

function rootsAreInView() {
  form.elements.roots_in_view.value = "true";
  attempt = randomToken();
  send();
}

function startAgain() {
  if (!mayLoseLabels()) return;
  result?.close();
  result = null;
  byId("result").hidden = true;
  history.replaceState(null, "", location.pathname);
  byId("asked-first").append(byId("asked"));
  form.reset();
  for (const details of document.querySelectorAll("details[open]")) details.open = false;
  chosen.clear();
  window.scrollTo(0, 0);
  byId("choose").focus({ preventScroll: true });
}

function mayLoseLabels() {
  return !result?.labels.inForce().length || window.confirm(UPLOAD.loseLabels);
}

function busy(yes) {
  byId("send").disabled = yes;
  byId("working").hidden = !yes;
  byId("progress").value = 0;
  form.setAttribute("aria-busy", String(yes));
  say("");
  complain("");
}

function say(text) {
  byId("status").textContent = text;
}

function complain(text) {
  byId("alert").textContent = text;
  byId("alert").hidden = !text;
}

async function askAboutModel() {
  try {
    const about = await (await fetch("/v1/model")).json();
    limits = about.limits;
    byId("model").textContent = `Model ${about.name} ${about.version}.`;
  } catch {
    complain(UPLOAD.unreachable);
  }
}
