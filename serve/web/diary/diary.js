// The diary: results that a person saved on this device, what they show over months, and a calm rhythm.
// Nothing of it is sent.

import { button, byId, element } from "../common/dom.js";
import { t } from "../common/texts.js";
import { show } from "../common/views.js";
import { between, overTime } from "./change.js";
import { dayOf, daysBetween, entryOf, needling } from "./entry.js";
import { plots } from "./plots.js";
import { entries, exported, imported, put, remove, removeAll } from "./store.js";

const WEEK = 7, MONTH = 30;

/** Opens the diary. */
export async function openDiary() {
  await draw();
  show("diary");
}

/** Saves the result on the page as an entry of `date`; returns what to tell the person. */
export async function saveResult(record, file, date) {
  const earlier = (await entries()).filter(({ kind }) => kind === "result");
  await put(await entryOf(record, file, date));
  const near = earlier.some((entry) => Math.abs(daysBetween(entry.date, date)) < WEEK);
  return t(near ? "diary.savedSoon" : "diary.saved");
}

async function draw() {
  const place = byId("diary-content");
  try {
    const all = await entries();
    const results = all.filter(({ kind }) => kind === "result"), sessions = all.filter(({ kind }) => kind === "needling");
    place.replaceChildren(...(results.length ? [lookBack(results), ...plots(results, sessions), ...words(results, sessions)] : [element("p", {}, t("diary.empty"))]),
      needlingForm(), list(all), files(all));
  } catch (error) {
    place.replaceChildren(element("p", { class: "alert", role: "alert" }, error.message));
  }
}

/** Months, not evenings: when the next look back is due. */
function lookBack(results) {
  const days = daysBetween(results[0].date, dayOf(new Date()));
  const next = new Date(`${results[0].date}T00:00`);
  next.setDate(next.getDate() + MONTH * (Math.max(0, Math.floor(days / MONTH)) + 1));
  return element("p", { class: "hint", id: "look-back" }, t("diary.lookBack", { date: next.toLocaleDateString() }));
}

function words(results, sessions) {
  const parts = [element("h2", {}, t("diary.change")), sentences(overTime(results), "over-time")];
  const first = sessions[0]?.date;
  if (!first) return parts;
  const before = results.filter(({ date }) => date < first), after = results.filter(({ date }) => date >= first);
  return [...parts, element("h2", {}, t("diary.needlingChange", { before: before.length, after: after.length })), sentences(between(before, after), "needling-change"),
    element("p", { class: "hint" }, t("diary.notCause"))];
}

function sentences(changes, id) {
  return element("ul", { id }, ...changes.map((change) => element("li", { "data-measure": change.measure, "data-verdict": change.verdict }, sentence(change))));
}

function sentence({ measure, verdict, count, effect, low, high }) {
  const written = (value) => (measure === "share" ? Math.round(100 * value) : Math.round(10 * value) / 10);
  const size = verdict === "unknown" ? {} : { effect: written(Math.abs(effect)), low: written(low), high: written(high) };
  return t(`change.${measure}.${verdict}`, { count, ...size });
}

function needlingForm() {
  const day = dateField("needling-date");
  const save = button({ class: "button quiet", id: "add-needling" }, async () => { if (day.value) { await put(needling(day.value)); await draw(); } }, t("diary.addNeedling"));
  return element("p", { class: "row" }, element("label", { for: "needling-date" }, t("diary.needling")), day, save);
}

/** A field for a day, today at first and at most. */
export function dateField(id) {
  const today = dayOf(new Date());
  return element("input", { type: "date", id, value: today, max: today });
}

function list(all) {
  return element("ul", { class: "entries", id: "entries" }, ...[...all].reverse().map(item));
}

function item(entry) {
  const date = new Date(`${entry.date}T00:00`).toLocaleDateString();
  const what = entry.kind === "needling" ? [element("span", {}, t("diary.session", { date }))] : [
    ...(entry.thumbnail ? [element("img", { src: entry.thumbnail, alt: "" })] : []),
    element("span", {}, element("strong", {}, date), ` ${entry.verdict} ${t("diary.hairs", { count: entry.hairs })}`,
      ...(entry.measures?.median_um ? [` ${t("diary.width", { um: Math.round(entry.measures.median_um) })}`] : []))];
  return element("li", { "data-kind": entry.kind }, ...what,
    button({ class: "link", "aria-label": t("diary.removeOne", { date }) }, async () => { await remove(entry.id); await draw(); }, t("diary.remove")));
}

function files(all) {
  const told = element("p", { role: "status", id: "diary-told" });
  const input = element("input", { type: "file", id: "import", class: "hidden-input", accept: "application/json,.json" });
  input.addEventListener("change", async () => {
    const message = await imported(input.files[0]).then((count) => t("diary.imported", { count }), ({ message: why }) => why);
    await draw();
    byId("diary-told").textContent = message;
  });
  const wipe = async () => { if (window.confirm(t("diary.sure"))) { await removeAll(); await draw(); byId("diary-told").textContent = t("diary.wiped"); } };
  return element("div", {}, element("p", { class: "row" },
    ...(all.length ? [button({ class: "button quiet", id: "export" }, download, t("diary.export"))] : []),
    element("label", { class: "button quiet", for: "import" }, t("diary.import")), input,
    ...(all.length ? [button({ class: "link", id: "wipe" }, wipe, t("diary.wipe"))] : [])), told);
}

async function download() {
  const address = URL.createObjectURL(new Blob([await exported()], { type: "application/json" }));
  element("a", { href: address, download: `shedlight-diary-${dayOf(new Date())}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // the browser reads it after the click
}
