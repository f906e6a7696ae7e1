// Choosing photos, sending them, and telling what is going on.

import { element } from "./dom.js";
import { drawGlossary } from "./glossary.js";
import { context, drawQuestions } from "./questions.js";
import { drawResult } from "./result.js";

const byId = (id) => document.getElementById(id);
const form = byId("form");
let photos = [];
let limits = null;
let request = null;

drawQuestions(byId("questions"));
drawGlossary(byId("glossary"));
for (const id of ["choose", "take"]) byId(id).addEventListener("change", (event) => {
  add(event.target.files);
  event.target.value = "";
});
form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
byId("cancel").addEventListener("click", () => request?.abort());
for (const kind of ["dragover", "dragleave", "drop"]) byId("drop").addEventListener(kind, drag);
askAboutModel();

function drag(event) {
  event.preventDefault();
  byId("drop").classList.toggle("over", event.type === "dragover");
  if (event.type === "drop") add(event.dataTransfer.files);
}

function add(files) {
  photos.push(...files);
  drawChosen();
}

function drawChosen() {
  const chosen = byId("chosen");
  for (const image of chosen.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  chosen.replaceChildren(...photos.map(thumbnail));
  say("");
  complain("");
}

function thumbnail(file, index) {
  const remove = element("button", { type: "button", "aria-label": `Remove ${file.name}` }, "×");
  remove.addEventListener("click", () => { photos.splice(index, 1); drawChosen(); });
  return element("li", {}, element("img", { src: URL.createObjectURL(file), alt: file.name }), remove);
}

function send() {
  const trouble = whatIsWrong();
  if (trouble) return complain(trouble);
  complain("");
  request = new XMLHttpRequest(); // fetch tells nothing of how far an upload is
  request.responseType = "json";
  request.timeout = 300_000;
  request.upload.addEventListener("progress", ({ loaded, total }) => progress(loaded, total));
  request.addEventListener("load", answered);
  request.addEventListener("error", () => ended("The server cannot be reached. It may have stopped, or the connection broke; please try again."));
  request.addEventListener("timeout", () => ended("The server took too long to answer; please try again with fewer photos."));
  request.addEventListener("abort", () => { ended(""); say("Cancelled."); });
  request.open("POST", "/v1/photos");
  busy(true);
  request.send(body());
}

function whatIsWrong() {
  if (!photos.length) return "Please choose or take a photo first.";
  const invalid = form.querySelector("input:invalid");
  if (invalid) return `Please check “${invalid.closest("label").firstChild.textContent}”: it should be between ${invalid.min} and ${invalid.max}.`;
  if (!limits) return "";
  if (photos.length > limits.max_files) return `Please send at most ${limits.max_files} photos at a time.`;
  const large = photos.find((file) => file.size > limits.max_file_bytes);
  if (large) return `“${large.name}” is too large; a photo may have at most ${limits.max_file_bytes / 1e6} MB.`;
  const total = photos.reduce((sum, file) => sum + file.size, 0);
  return total > 0.99 * limits.max_upload_bytes ? "These photos are too large together; please send fewer at a time." : "";
}

function body() {
  const data = new FormData();
  for (const file of photos) data.append("files", file);
  data.append("context", JSON.stringify(context(form)));
  data.append("roots_in_view", form.elements.roots_in_view.value);
  data.append("overlay", "true");
  return data;
}

function progress(loaded, total) {
  if (loaded < total) {
    byId("progress").value = (100 * loaded) / total;
    say("Sending…");
  } else {
    byId("progress").removeAttribute("value");
    say(photos.length === 1 ? "Reading the roots…" : `Reading the roots in ${photos.length} photos…`);
  }
}

function answered() {
  const answer = request.response;
  if (request.status === 200 && answer) {
    ended("");
    drawResult(answer);
    byId("result").hidden = false;
    say("The result is below.");
    byId("result").focus({ preventScroll: true });
    byId("result").scrollIntoView({ block: "start" });
  } else {
    ended(answer?.error?.message || "The server gave no answer that can be read; please try again.");
  }
}

function ended(trouble) {
  busy(false);
  say("");
  complain(trouble);
}

function busy(yes) {
  byId("send").disabled = yes;
  byId("working").hidden = !yes;
  byId("progress").value = 0;
  form.setAttribute("aria-busy", String(yes));
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
    complain("The server cannot be reached. It may have stopped; reload the page to try again.");
  }
}
