// The diary's entries in this browser's IndexedDB, and nowhere else. One file takes them along.

import { t } from "../common/texts.js";

const NAME = "shedlight-diary";
const ENTRIES = "entries";
const FORMAT = "shedlight-diary/1";
const MOST_ENTRIES = 5000;
const MOST_BYTES = 100_000_000;

/**
 * What a person noted or saved on one day. `kind` is "result" or "needling"; a result has `hairs`, `counts`,
 * `share` and `measures` (both may be null), `verdict`, `answers` and `thumbnail` (a data: URL, or null).
 * @typedef {{id: string, kind: string, date: string, hairs?: number, counts?: object, share?: object|null,
 *   measures?: object|null, verdict?: string, answers?: object, thumbnail?: string|null}} Entry
 */

/** @returns {Promise<Entry[]>} all entries by date */
export async function entries() {
  const all = await asked("readonly", (store) => store.getAll());
  return all.sort((one, other) => (one.date < other.date ? -1 : Number(one.date > other.date)));
}

export const put = (entry) => asked("readwrite", (store) => store.put(entry));
export const remove = (id) => asked("readwrite", (store) => store.delete(id));
export const removeAll = () => asked("readwrite", (store) => store.clear());

/** The whole diary as the text of one file. */
export async function exported() {
  return `${JSON.stringify({ format: FORMAT, entries: await entries() }, null, 1)}\n`;
}

/** Adds the entries of a file; those that are there already are replaced. Returns their number. */
export async function imported(file) {
  if (file.size > MOST_BYTES) throw new Error(t("diary.notDiary"));
  const found = await file.text().then(JSON.parse).catch(() => null);
  if (found?.format !== FORMAT || !Array.isArray(found.entries) || found.entries.length > MOST_ENTRIES || !found.entries.every(isEntry)) throw new Error(t("diary.notDiary"));
  for (const entry of found.entries) await put(entry);
  return found.entries.length;
}

function isEntry(entry) {
  if (typeof entry?.id !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(entry.date) || Number.isNaN(Date.parse(entry.date))) return false;
  if (entry.kind === "needling") return true;
  const { hairs, counts, share, measures, verdict, thumbnail } = entry;
  return entry.kind === "result" && Number.isInteger(hairs) && hairs >= 0 && counts !== null && typeof counts === "object"
    && isShare(share) && isWidth(measures) && typeof verdict === "string" && isPicture(thumbnail);
}

const isShare = (share) => share === null || [share?.estimate, share?.low, share?.high].every((part) => part >= 0 && part <= 1);
const isWidth = (measures) => measures === null || (Number.isInteger(measures?.widths) && (measures.median_um === null || measures.median_um > 0));
const isPicture = (url) => url === null || (typeof url === "string" && url.startsWith("data:image/jpeg;base64,"));

/** The result of one request; throws an Error with a message for the user. */
async function asked(mode, request) {
  try {
    const database = await opened();
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(ENTRIES, mode);
      const sent = request(transaction.objectStore(ENTRIES));
      transaction.oncomplete = () => { database.close(); resolve(sent.result); };
      transaction.onerror = transaction.onabort = () => { database.close(); reject(transaction.error); };
    });
  } catch {
    throw new Error(t("diary.noStore"));
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(ENTRIES, { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}
