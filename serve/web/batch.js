// A batch on the server: sent, followed to its end, deleted.

import { Cancelled, upload } from "./upload.js";
import { BATCH } from "./words.js";

const BATCHES = "/v1/batches";
const LOOK_MS = 1500;
const SILENCE_MS = 5000;
const MOST_LOST = 8;

/**
 * Sends a FormData to POST /v1/batches and follows the batch until it is done; returns it.
 * `onSent` is told the part that was sent, 0 to 1, and `onRead` the batch whenever it has changed.
 * Throws Cancelled, or an Error whose message tells a person what to do; then the batch is deleted.
 */
export async function scoreBatch(data, onSent, onRead, signal) {
  const batch = await upload(BATCHES, data, {}, onSent, signal);
  onRead(batch);
  try {
    const ended = await (window.EventSource ? listen : ask)(batch.links, onRead, signal);
    if (ended.state === "done") return ended;
    throw new Error(ended.error?.message ?? BATCH.gone);
  } catch (error) {
    deleteBatch(batch).catch(() => {}); // deleted in time in any case
    throw error;
  }
}

/** Deletes photos and results; throws when that is not certain. */
export async function deleteBatch({ links }) {
  const { status } = await fetch(links.self, { method: "DELETE" });
  if (status !== 204 && status !== 404) throw new Error();
}

/** Server-sent events; where they do not come through, asks instead. */
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
