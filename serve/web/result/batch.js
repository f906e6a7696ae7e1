import { askAdviceOnBatch, drawAdvice } from "./advice.js";
import { button, byId, element } from "../common/dom.js";
import { FEW } from "../start/form.js";
import { drawShare } from "./share.js";
import { Cancelled, upload } from "../common/upload.js";
import { BATCH } from "../common/words.js";

// A batch on the server: send it, follow it, delete it.

const BATCHES = "v1/batches";
const addresses = ({ id }) => ({ self: `${BATCHES}/${id}`, events: `${BATCHES}/${id}/events`, results: `${BATCHES}/${id}/results` });
const LOOK_MS = 1500;
const SILENCE_MS = 5000;
const MOST_LOST = 8;

/**
 * Sends a FormData to POST /v1/batches and follows the batch until it is done; returns it.
 * `onSent` gets the fraction sent, 0 to 1, and `onRead` the batch after every change.
 * Throws Cancelled, or an Error with a message for the user; then the batch is deleted.
 */
export async function scoreBatch(data, onSent, onRead, signal) {
  const batch = await upload(BATCHES, data, {}, onSent, signal);
  onRead(batch);
  try {
    const ended = await (window.EventSource ? listen : ask)(addresses(batch), onRead, signal);
    if (ended.state === "done") return ended;
    throw new Error(ended.error?.message ?? BATCH.gone);
  } catch (error) {
    deleteBatch(batch).catch(() => {}); // it expires in any case
    throw error;
  }
}

/** Deletes photos and results; throws if that is not confirmed. */
export async function deleteBatch(batch) {
  const { status } = await fetch(addresses(batch).self, { method: "DELETE" });
  if (status !== 204 && status !== 404) throw new Error();
}

/** Uses server-sent events, or polls if they do not arrive. */
function listen(links, onRead, signal) {
  return new Promise((resolve, reject) => {
    const source = new EventSource(links.events);
    const finish = (settle, value) => {
      clearTimeout(silence);
      source.close();
      settle(value);
    };
    const askInstead = () => finish(resolve, ask(links, onRead, signal));
    const silence = setTimeout(askInstead, SILENCE_MS);
    source.addEventListener("progress", ({ data }) => {
      clearTimeout(silence);
      onRead(JSON.parse(data));
    });
    source.addEventListener("done", ({ data }) => finish(resolve, JSON.parse(data)));
    source.addEventListener("error", askInstead);
    signal.addEventListener("abort", () => finish(reject, new Cancelled()));
  });
}

async function ask({ self }, onRead, signal) {
  for (let lost = 0; lost < MOST_LOST;) {
    if (signal.aborted) throw new Cancelled();
    const answer = await fetch(self).catch(() => null);
    if (answer?.status === 404) throw new Error(BATCH.gone);
    lost = answer?.ok ? 0 : lost + 1;
    const batch = answer?.ok ? await answer.json() : null;
    if (batch && ["done", "stopped"].includes(batch.state)) return batch;
    if (batch) onRead(batch);
    await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
  }
  throw new Error(BATCH.lost);
}

// The result of a batch: the summary of all photos, and downloads.

const KINDS = ["telogen", "misshapen", "no_bulb", "unsure"];

export class BatchResult {
  #context;
  #batch;
  #asked = 0;

  /** @param context a function that returns the answers to the questionnaire */
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

  /** No-op: there are no pictures to fit. */
  fit() {}

  /** Requests the advice again. */
  async renew() {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const { pool, advice } = await askAdviceOnBatch(addresses(this.#batch).self, this.#context());
      if (turn === this.#asked) this.#show(pool, advice);
    } catch (error) {
      if (turn === this.#asked) this.#stale(error.message);
    }
  }

  /** Removes the result from the page; on the server it expires. */
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
    const { results } = addresses(this.#batch);
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
