// The advice with its sources, requested again when labels or answers change.

import { element } from "../common/dom.js";
import { countsOf } from "./share.js";
import { ADVICE, STRENGTHS } from "../common/words.js";

export function drawAdvice(place, advice) {
  place.replaceChildren(...advice.map(item));
}

/** The `{pool, advice}` for the current labels and answers; throws an Error with a message for the user. */
export async function askAdvice(hairs, context) {
  return ask("v1/advice", { ...countsOf(hairs), context });
}

/** The same for a batch, by its address. */
export async function askAdviceOnBatch(address, context) {
  return ask(`${address}/advice`, { context });
}

async function ask(address, question) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  }).catch(() => { throw new Error(ADVICE.unreachable); });
  const body = await answer.json().catch(() => null);
  if (!answer.ok || !body) throw new Error(body?.error?.message ?? ADVICE.unreachable);
  return body;
}

function item({ urgency, title, text, sources, strength }) {
  const origin = sources.length ? element("ul", {}, ...sources.map((source) => element("li", {}, source)))
    : element("p", {}, ADVICE.ourPolicy);
  return element("li", { class: urgency },
    element("strong", {}, title), element("p", {}, text),
    element("details", {}, element("summary", {}, ADVICE.origin(STRENGTHS[strength])), origin));
}
