// The answer at the head of a result: verdict, share, what to do next, and the advice.

import { byId, element } from "../common/dom.js";
import { drawAdvice, isRedFlag } from "./advice.js";
import { drawShare, drawSmallShare } from "./share.js";

const MIN_READABLE = 10; // as in model/share/answer.py

/** Shows `{pool, in_words, advice}` for `hairs` with their current labels. */
export function drawAnswer({ pool, in_words: words, measures_in_words: measures = [], advice }, hairs) {
  byId("measures").replaceChildren(...measures.map((line) => element("li", {}, line)));
  byId("measured").hidden = !measures.length;
  for (const [id, text] of Object.entries({ verdict: words.verdict, count: words.count, reason: words.reason, estimate: words.share, caveat: words.caveat, next: words.next })) {
    byId(id).textContent = text ?? "";
    byId(id).hidden = !text;
  }
  byId("sure").hidden = !words.share && !words.reason;
  const checking = pool.answer.grade !== "mostly" && helpsToCheck(pool);
  byId("check").hidden = !checking;
  byId("add").classList.toggle("quiet", checking || pool.answer.grade === "mostly");
  drawShare(byId("share"), pool, hairs, words);
  for (const place of document.querySelectorAll(".standing")) drawSmallShare(place, pool, hairs, words);
  drawAdvice(byId("advice"), byId("more-advice"), advice);
  byId("further-advice").hidden = !byId("more-advice").children.length;
  byId("result").classList.toggle("red-flag-alone", isRedFlag(advice));
  sayStale("");
}

/** Whether more photos alone may not settle the answer, as the sentence on what to do next says. */
function helpsToCheck({ answer, telogen, anagen }) {
  return answer.more_roots === null && !answer.roots_out_of_view && telogen + anagen >= MIN_READABLE;
}

/** Says that share and advice are those from before; "" that they are not. */
export function sayStale(text) {
  byId("stale").textContent = text;
  byId("stale").hidden = !text;
}
