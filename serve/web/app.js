// Printing: whole pictures, and all folded sections open.

import { BatchResult, scoreBatch } from "./result/batch.js";
import { byId, element } from "./common/dom.js";
import { downloadCsv, downloadJson } from "./result/downloads.js";
import { body, context, drawQuestions, invalidAnswer, isBatch, whatIsWrong } from "./start/form.js";
import { Result } from "./result/result.js";
import { linkedIds, openKept, randomToken } from "./result/saved_photos.js";
import { section } from "./common/texts.js";
import { Cancelled, Chosen, upload } from "./common/upload.js";
import { BATCH, SAVE, UPLOAD } from "./common/words.js";

// The glossary of a result, from the same list as the command line's.

export function drawGlossary(place) {
  place.replaceChildren(...Object.values(section("glossary")).flatMap(({ term, meaning }) =>
    [element("dt", {}, term), element("dd", {}, meaning)]));
}

/** @param result a function that returns the displayed result, or null */
export function preparePrinting(result) {
  let opened = [];
  window.addEventListener("beforeprint", () => {
    result()?.fit();
    byId("printed").textContent = SAVE.printed(new Date().toLocaleDateString(), byId("model").textContent);
    opened = [...byId("result").querySelectorAll("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

// The page: choose photos, send them, show the result.

const form = byId("form");
const chosen = new Chosen(byId("chosen"), [byId("choose"), byId("take"), byId("zip")], byId("drop"));
let limits = null;
let stopping = null;
let attempt = randomToken();
let result = null;

drawQuestions(byId("questions"));
drawGlossary(byId("glossary"));
preparePrinting(() => result);
askAboutModel();
openLink();
navigator.serviceWorker?.register("service_worker.js").catch(() => {}); // without it the page only needs the network
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
  const { files } = chosen;
  const trouble = whatIsWrong(form, files, limits);
  if (trouble) return complain(trouble);
  if (!mayLoseLabels()) return;
  stopping = new AbortController();
  busy(true);
  try {
    const fresh = await (isBatch(form, files) ? sendMany : sendFew)(files);
    busy(false);
    attempt = randomToken();
    show(fresh);
  } catch (error) {
    busy(false);
    if (error instanceof Cancelled) say(UPLOAD.cancelled);
    else complain(error.message);
  }
}

/** A function that creates a result and closes the previous one. */
async function sendFew(files) {
  const headers = { "Idempotency-Key": attempt };
  const answer = await upload("v1/photos", body(form, files), headers, (part) => sent(part, files.length), stopping.signal);
  return () => new Result(files, answer, () => context(form));
}

async function sendMany(files) {
  const batch = await scoreBatch(body(form, files), (part) => sent(part, files.length), read, stopping.signal);
  return () => new BatchResult(batch, () => context(form));
}

function sent(part, photos) {
  const bar = byId("progress");
  if (part < 1) bar.value = 100 * part;
  else bar.removeAttribute("value");
  say(part < 1 ? UPLOAD.sending(part) : UPLOAD.reading(photos));
}

/** Screen readers announce the start of scoring; the progress bar has the rest. */
function read({ state, done, photos }) {
  byId("progress").value = 100 * done / photos;
  byId("progress").setAttribute("aria-valuetext", BATCH.progress(done, photos));
  byId("count").textContent = BATCH.progress(done, photos);
  say(state === "waiting" ? BATCH.waiting : UPLOAD.reading(photos));
}

function show(fresh) {
  result?.close();
  result = fresh();
  const many = result instanceof BatchResult;
  byId("batch-section").hidden = !many;
  for (const part of document.querySelectorAll(".few-only")) part.hidden = many;
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
    show(() => new Result(files, answer, () => context(form), past));
  } catch (error) {
    complain(error.message);
  }
}

function answerChanged() {
  attempt = randomToken();
  if (result && !invalidAnswer(form)) result.renew();
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
  return !result?.isCorrected || window.confirm(UPLOAD.loseLabels);
}

function busy(yes) {
  byId("send").disabled = yes;
  byId("working").hidden = !yes;
  byId("progress").value = 0;
  byId("progress").removeAttribute("aria-valuetext");
  byId("count").textContent = "";
  form.setAttribute("aria-busy", String(yes));
  say("");
  complain("");
}

function say(text) {
  if (byId("status").textContent !== text) byId("status").textContent = text;
}

function complain(text) {
  byId("alert").textContent = text;
  byId("alert").hidden = !text;
}

async function askAboutModel() {
  try {
    const about = await (await fetch("v1/model")).json();
    limits = about.limits;
    byId("model").textContent = `Model ${about.name} ${about.version}.`;
  } catch {
    complain(UPLOAD.unreachable);
  }
}
