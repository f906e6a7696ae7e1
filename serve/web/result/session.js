// The one result that the page shows: begun, extended, printed, and forgotten.

import { byId, element } from "../common/dom.js";
import { section, t } from "../common/texts.js";
import { startOver } from "../common/views.js";
import { dayOf } from "../diary/entry.js";
import { scoreBatch } from "./batch.js";
import { BatchResult } from "./batch_result.js";
import { downloadCsv, downloadJson } from "./downloads.js";
import { linked, openStored } from "./links.js";
import { Questionnaire } from "./questions.js";
import { Result } from "./result.js";
import { SavedPhotos } from "./saved_photos.js";
import { drawSheet } from "./sheet.js";
import { forgetCorrections } from "./unsaved.js";

const SHEET_MS = 1500; // after a change, so that printing by the browser's menu finds it drawn

const questionnaire = new Questionnaire(byId("questions"));
let result = null;
let saved = null;
let isExample = false;
let sheetSoon = null;

byId("glossary").replaceChildren(...Object.values(section("glossary")).flatMap(({ term, meaning }) => [element("dt", {}, term), element("dd", {}, meaning)]));
questionnaire.addEventListener("change", () => result?.renew());
window.addEventListener("beforeunload", (event) => result?.hasUnsaved && event.preventDefault());
window.addEventListener("pagehide", ({ persisted }) => persisted && forget()); // who comes next with "forward" sees nothing
for (const [id, action] of Object.entries({
  "open-review": () => result.openReview(),
  check: checkRoots,
  json: () => downloadJson(result),
  csv: () => downloadCsv(result),
  print: printSheet,
  again: () => mayLoseLabels() && startAgain(),
  keep: saveInDiary,
})) byId(id).addEventListener("click", action);

export const hasResult = () => Boolean(result);

/** Whether photos are added to the present result. */
export const canAdd = () => result instanceof Result && !isExample;

/** The answers to the questionnaire. */
export const context = () => questionnaire.context;

/**
 * Adds photos to the result, or begins one. `about` is the answer of GET /v1/model, or null; `told`
 * and `events` are of photos that the server stores already.
 */
export async function addPhotos(files, answer, { rootsInView, about, isExample: ofExample = false, events = null, told }) {
  if (!canAdd() || ofExample) {
    const fresh = new Result(context);
    replace(fresh);
    saved = new SavedPhotos(byId("kept"), fresh, { link: about?.link_days ?? 30, improve: about?.improve_days ?? 365 }, told);
    isExample = ofExample;
  }
  await result.add(files, answer, rootsInView, events);
  saved.draw();
  byId("example-note").hidden = !isExample;
  byId("diary-date").value = byId("diary-date").max = dayOf(new Date());
  byId("diary-offer").hidden = isExample || !result.hasHairs;
  byId("kept-in-diary").textContent = "";
  byId("restored").hidden = !result.restored;
  if (result.restored) byId("restored").textContent = t("page.result.restored", { count: result.restored });
  byId("model").textContent = t("page.result.model", { name: result.photos[0].model.name, version: result.photos[0].model.version });
  byId("to-operator").hidden = !about?.training;
}

/** Sends a batch and shows its result instead of the present one. */
export async function showBatch(data, options, onRead) {
  const batch = await scoreBatch(data, options, onRead);
  isExample = false;
  byId("example-note").hidden = byId("restored").hidden = true;
  replace(new BatchResult(batch, context));
  changed();
}

/** Opens the stored photos that the address links to; false if it links to none. */
export async function openLink(about) {
  const link = linked();
  if (!link.ids.length) return false;
  const { files, photos, events, told } = await openStored(link);
  if (result) forget();
  await addPhotos(files, { photos }, { rootsInView: false, about, events, told });
  return true;
}

function replace(fresh) {
  result?.close();
  result = fresh;
  result.addEventListener("change", changed);
}

function changed() {
  const [many, empty] = [result instanceof BatchResult, !result.hasHairs];
  byId("batch-section").hidden = !many;
  for (const part of document.querySelectorAll(".few-only")) part.hidden = many;
  for (const id of ["answer", "next-steps", "more", "print"]) byId(id).hidden = empty;
  byId("hairs").hidden = many || empty;
  byId("nothing").hidden = !empty;
  if (empty) drawFindings();
  clearTimeout(sheetSoon);
  sheetSoon = setTimeout(() => result?.answer && drawSheet(result, questionnaire.inWords()), SHEET_MS);
}

/** What the server noticed in photos without hairs. */
function drawFindings() {
  const messages = result.photos.flatMap(({ quality, error }) => [...quality, ...(error ? [error] : [])].map(({ message }) => message));
  byId("nothing-found").replaceChildren(...[...new Set(messages)].map((message) => element("li", {}, message)));
}

function checkRoots() {
  byId("more").open = true;
  result.openReview();
}

async function printSheet() {
  clearTimeout(sheetSoon);
  await drawSheet(result, questionnaire.inWords());
  window.print();
}

/** Only when it is asked for, and only in this browser. */
async function saveInDiary() {
  const told = byId("kept-in-diary");
  told.textContent = "";
  try {
    const { saveResult } = await import("../diary/diary.js");
    told.textContent = await saveResult(result.record(), result.files[0], byId("diary-date").value);
  } catch (error) {
    told.textContent = error.message;
  }
}

function mayLoseLabels() {
  return !result?.hasUnsaved || window.confirm(t("page.result.loseLabels"));
}

function startAgain() {
  forgetCorrections();
  forget();
  byId("home").focus({ preventScroll: true });
}

/** Nothing of the result, of the photos or of the answers is left on the page. */
function forget() {
  result?.close();
  result = saved = null;
  clearTimeout(sheetSoon);
  for (const id of ["sheet", "kept"]) byId(id).replaceChildren();
  questionnaire.reset();
  for (const details of document.querySelectorAll("details[open]")) details.open = false;
  startOver();
  document.dispatchEvent(new Event("forgotten"));
}
