// The answer to a batch on the page: what all photos say together, and the results to take along.

import { askAdviceOnBatch, drawAdvice } from "./advice.js";
import { deleteBatch } from "./batch.js";
import { button, byId, element } from "./dom.js";
import { FEW } from "./form.js";
import { drawShare } from "./share.js";
import { BATCH } from "./words.js";

const KINDS = ["telogen", "misshapen", "no_bulb", "unsure"];

export class BatchResult {
  #context;
  #batch;
  #asked = 0;

  /** @param context a function that tells the answers to the questions */
  constructor(batch, context) {
    this.#batch = batch;
    this.#context = context;
    const { pool, advice, retake } = batch.answer;
    this.#show(pool, advice);
    byId("batch").replaceChildren(...counts(batch), ...better(retake), this.#downloads());
  }

  /** Labels of a batch are not corrected here. */
  get isCorrected() {
    return false;
  }

  /** There are no pictures to be fitted. */
  fit() {}

  /** Asks for the advice anew. */
  async renew() {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const { pool, advice } = await askAdviceOnBatch(this.#batch.links.self, this.#context());
      if (turn === this.#asked) this.#show(pool, advice);
    } catch (error) {
      if (turn === this.#asked) this.#stale(error.message);
    }
  }

  /** Lets go of what is drawn; the server deletes the results in time. */
  close() {
    this.#asked += 1;
    byId("batch").replaceChildren();
  }

  #show(pool, advice) {
    const hairs = KINDS.flatMap((kind) => Array(pool[kind]).fill({ kind, by: "machine" }));
    drawShare(byId("pool"), pool, hairs);
    drawAdvice(byId("advice"), advice);
    byId("renew").hidden = pool.verdict !== "roots_not_shown";
    this.#stale("");
  }

  #stale(text) {
    byId("stale").textContent = text;
    byId("stale").hidden = !text;
  }

  #downloads() {
    const { results } = this.#batch.links;
    const files = Object.entries(BATCH.files).map(([name, words]) =>
      element("a", { class: "button quiet", href: `${results}${name}`, download: "" }, words));
    const told = element("p", { class: "hint", role: "status" }, BATCH.until(new Date(this.#batch.expires_at)));
    const place = element("div", { class: "screen-only" }, element("p", { class: "row" }, ...files), told);
    told.after(button({ class: "button quiet", id: "delete-batch" }, () => this.#delete(place, told), BATCH.delete));
    return place;
  }

  async #delete(place, told) {
    try {
      await deleteBatch(this.#batch);
      place.replaceChildren(element("p", { role: "status" }, BATCH.deleted));
    } catch {
      told.textContent = BATCH.notDeleted;
    }
  }
}

function counts({ photos, rejected, failed, skipped }) {
  const unread = rejected + failed;
  const words = [BATCH.read(photos - unread, photos)];
  if (unread) words.push(BATCH.unread);
  if (skipped) words.push(BATCH.skipped(skipped));
  return [element("p", {}, words.join(" ")), element("p", { class: "hint" }, BATCH.fewToCorrect(FEW))];
}

function better(retake) {
  if (!retake.length) return [];
  const items = retake.map(({ photos, message }) => element("li", {}, element("strong", {}, BATCH.photos(photos)), ` ${message}`));
  return [element("div", { class: "findings" }, element("h3", {}, BATCH.better), element("ul", {}, ...items))];
}
