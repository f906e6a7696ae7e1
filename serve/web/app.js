// The start of the page: choose photos, say whether root ends are in view, send them. What shows the
// result is loaded meanwhile.

import { byId, fileOfPage, randomToken } from "./common/dom.js";
import { t } from "./common/texts.js";
import { Cancelled, upload } from "./common/upload.js";
import { show, views } from "./common/views.js";
import { Chosen } from "./start/chosen.js";
import { body, chosenScale, isBatch, isZip, whatIsTooMuch } from "./start/form.js";

/** What shows the result (result/session.js). */
const session = () => import("./result/session.js").catch((error) => { complain(t("page.upload.unreachable")); throw error; });
const asked = fetch("v1/model").then((answer) => answer.json()).catch(() => null);
const chosen = new Chosen(byId("chosen"), ["choose", "take", "zip"].map(byId), async () => (await asked)?.heic);
let stopping = null;
let attempt = randomToken();

navigator.serviceWorker?.register("service_worker.js").catch(() => {}); // without it the page only needs the network
asked.then((about) => about ?? complain(t(navigator.onLine ? "page.upload.unreachable" : "page.upload.offline")));
if (location.hash) openLink();
else window.addEventListener("load", session);

chosen.addEventListener("change", photosChanged);
chosen.addEventListener("refused", ({ detail }) => complain(t("page.heic", { names: detail.join(", ") })));
views.addEventListener("show", ({ detail }) => shown(detail));
document.addEventListener("forgotten", () => { chosen.empty(); complain(""); });
window.addEventListener("hashchange", openLink);
window.addEventListener("pageshow", ({ persisted }) => persisted && openLink());
byId("home").addEventListener("click", (event) => { event.preventDefault(); show("start"); });
byId("example").addEventListener("click", sendExample);
byId("open-diary").addEventListener("click", openDiary);
byId("diary-back").addEventListener("click", () => history.back());
byId("scale").addEventListener("change", ({ target }) => {
  for (const each of [byId("um"), ...byId("um").labels]) each.hidden = target.value !== "typed";
});
byId("back-to-result").addEventListener("click", () => show("result"));
byId("leave").addEventListener("click", () => { chosen.empty(); history.back(); });
byId("cancel").addEventListener("click", () => stopping?.abort());
for (const pick of document.querySelectorAll("[data-pick]")) pick.addEventListener("click", () => byId(pick.dataset.pick).click());
for (const choice of document.querySelectorAll("[data-roots]")) choice.addEventListener("click", () => send(choice.dataset.roots === "true"));

/** Photos were chosen or removed: the question about root ends follows. */
async function photosChanged() {
  attempt = randomToken();
  complain("");
  const { files } = chosen;
  byId("as-batch").hidden = !files.length || !isBatch(files);
  if (files.length) byId("as-batch").textContent = files.some(isZip) ? t("page.many.zip") : t("page.many.photos", { count: files.length });
  if (files.length) show("roots");
  else if (views.now === "roots") history.back();
  byId("adding").hidden = !(await session()).canAdd();
}

async function openDiary() {
  const { openDiary: open } = await import("./diary/diary.js").catch(() => { complain(t("page.upload.unreachable")); return {}; });
  await open?.();
}

async function sendExample() {
  const answer = await fetch(fileOfPage("pictures/example.jpg")).catch(() => null);
  if (!answer?.ok) return complain(t("page.upload.unreachable"));
  chosen.empty();
  await chosen.add([new File([await answer.blob()], "example.jpg", { type: "image/jpeg" })]);
  await send(true, true);
}

async function send(rootsInView, isExample = false) {
  const { files } = chosen;
  const trouble = whatIsTooMuch(files, (await asked)?.limits);
  if (trouble) return complain(trouble);
  stopping = new AbortController();
  busy(true);
  try {
    const { context, showBatch, addPhotos } = await session();
    const data = await body(files, { rootsInView, context: context(), scale: isExample ? "auto" : chosenScale() });
    const options = { signal: stopping.signal, headers: { "Idempotency-Key": attempt }, onProgress: (part) => sent(part, files), onStall: stalled };
    if (isBatch(files)) await showBatch(data, options, read);
    else await addPhotos(files, await upload("v1/photos", data, options), { rootsInView, isExample, about: await asked });
    busy(false);
    chosen.empty();
    show("result");
  } catch (error) {
    busy(false);
    if (error instanceof Cancelled) say(t("page.upload.cancelled"));
    else complain(error.message);
  }
}

function sent(part, files) {
  byId("reading").textContent = "";
  const bar = byId("progress");
  if (part < 1) bar.value = 100 * part;
  else bar.removeAttribute("value");
  if (part < 1) say(t("page.upload.sending"));
  else say(files.some(isZip) ? t("page.upload.unpacking") : t("page.upload.reading", { count: files.length }));
}

function stalled(all) {
  say(t(all ? "page.upload.slowAnswer" : "page.upload.stalled"));
}

/** Screen readers announce the start of scoring; the progress bar has the rest. */
function read({ state, done, photos }) {
  const words = t("page.batch.progress", { done: String(done), photos: String(photos) });
  byId("progress").value = 100 * done / photos;
  byId("progress").setAttribute("aria-valuetext", words);
  byId("reading").textContent = words;
  say(state === "waiting" ? t("page.batch.waiting") : t("page.upload.reading", { count: photos }));
}

/** Entries of the history may outlive the photos and the result that they showed. */
async function shown(view) {
  const hasResult = (await session()).hasResult();
  byId("back-to-result").hidden = !hasResult;
  if ((view === "result" && !hasResult) || (view === "roots" && !chosen.files.length)) show("start");
}

async function openLink() {
  try {
    if (await (await session()).openLink(await asked)) show("result");
  } catch (error) {
    complain(error.message);
  }
}

function busy(yes) {
  if (!yes) stopping = null;
  byId("working").hidden = !yes;
  for (const id of ["choices", "roots-more"]) byId(id).hidden = yes;
  byId("roots-title").textContent = t(yes ? "page.upload.title" : "page.roots.title");
  byId("chosen").inert = yes;
  byId("progress").value = 0;
  byId("progress").removeAttribute("aria-valuetext");
  byId("reading").textContent = "";
  byId("roots").setAttribute("aria-busy", String(yes));
  say("");
  complain("");
}

function say(text) {
  if (byId("status").textContent !== text) byId("status").textContent = text;
}

function complain(text) {
  byId("alert").textContent = text;
  byId("alert").hidden = !text;
  if (text) byId("alert").scrollIntoView({ block: "center" });
}
