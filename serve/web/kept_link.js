// A result that was kept, opened by its link: the ids stand behind the #, which no server is sent.

import { askAdvice } from "./advice.js";
import { Labels } from "./labels.js";
import { KEEP } from "./words.js";

/** The ids in the address, or none. */
export function linkedIds() {
  const ids = /^#photos=([\w,-]+)$/.exec(location.hash)?.[1];
  return ids ? ids.split(",") : [];
}

/** `{files, answer, events, told}` as a fresh answer would give; throws an Error to be shown. */
export async function openKept(ids) {
  const kept = await Promise.all(ids.map(one));
  const photos = kept.map(({ photo, expires_at }, index) => ({ ...photo, id: ids[index], expires_at }));
  const told = new Map();
  const events = kept.flatMap((each, index) => past(each.events, index, told));
  const { pool, advice } = await askAdvice(new Labels(photos, events).counted(), {});
  const answer = { photos, pool: kept.length === 1 ? kept[0].pool : pool, advice };
  return { files: kept.map(({ picture }) => picture), answer, events, told };
}

async function one(id) {
  const answers = await Promise.all(["", "/picture.jpg"].map((part) => fetch(`/v1/photos/${id}${part}`)));
  if (!answers.every(({ ok }) => ok)) throw new Error(KEEP.gone);
  const [kept, picture] = [await answers[0].json(), await answers[1].blob()];
  return { ...kept, picture };
}

/** What was said so far, as events of the page; `told` learns their numbers at the server. */
function past(said, photo, told) {
  const byNumber = new Map();
  for (const { number, said: what, hair, place, root_end, undoes } of said) {
    const event = { photo, hair };
    if (what === "undo") event.undoes = byNumber.get(undoes);
    else if (what === "root_moved") event.root_end = root_end;
    else event.label = what;
    if (place) event.place = place;
    byNumber.set(number, event);
    told.set(event, number);
  }
  return [...byNumber.values()];
}
