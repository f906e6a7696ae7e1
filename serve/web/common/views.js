// Which part of the page is shown. Each is an entry of the browser's history, so that "back" leads from
// the result to the start and not away. Another view, such as a diary, needs a section with its name as
// id here, and a button that calls show().

import { byId } from "./dom.js";

const VIEWS = ["start", "roots", "result", "diary"];

/** Dispatches "show" with the view's name after each change; `now` is the name of the shown one. */
export const views = Object.assign(new EventTarget(), { now: "start" });

export function show(view) {
  if (view === views.now) return;
  const { state } = history;
  if (view === "result" && state?.from === "result") return history.back(); // photos were added to it
  if (views.now === "start" || view !== "result") history.pushState({ view, from: views.now }, "");
  else history.replaceState({ view }, ""); // the question is answered, "back" leads to the start
  turnTo(view);
}

/** Shows the start, and forgets that this entry of the history showed something else. */
export function startOver() {
  history.replaceState(null, "", location.pathname);
  turnTo("start");
}

function turnTo(view) {
  views.now = view;
  for (const name of VIEWS) byId(name).hidden = name !== view;
  document.body.dataset.view = view;
  window.scrollTo(0, 0);
  [...byId(view).querySelectorAll("[data-focus]")].find((node) => node.checkVisibility())?.focus({ preventScroll: true });
  views.dispatchEvent(new CustomEvent("show", { detail: view }));
}

window.addEventListener("popstate", ({ state }) => turnTo(state?.view ?? "start"));
