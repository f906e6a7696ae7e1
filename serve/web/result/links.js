// A stored result, opened by its link: the ids follow the #, which browsers do not send to servers.

import { t } from "../common/texts.js";

const PHOTOS = "v1/photos";

/** `{ids, until}` of the address, without ids if it links to no result. */
export function linked() {
  const [, ids, until] = /^#photos=([\w,-]+)(?:&until=([\d-]+))?$/.exec(location.hash) ?? [];
  return { ids: ids ? ids.split(",") : [], until };
}

/** `{files, photos, events, told}` of stored photos; throws an Error with a message for the user. */
export async function openStored({ ids, until }) {
  const stored = await Promise.all(ids.map((id) => one(id, until)));
  const photos = stored.map(({ photo, expires_at }, index) => ({ ...photo, id: ids[index], expires_at }));
  const told = new Map();
  const events = stored.flatMap((each, index) => past(each.events, index, told));
  return { files: stored.map(({ picture }) => picture), photos, events, told };
}

async function one(id, until) {
  const answers = await Promise.all(["", "/picture.jpg"].map((part) => fetch(`${PHOTOS}/${id}${part}`)))
    .catch(() => { throw new Error(t("page.link.unreachable")); });
  if (answers.some(({ status }) => status === 404)) throw new Error(deadLink(until));
  if (!answers.every(({ ok }) => ok)) throw new Error(t("page.link.unreachable"));
  const [stored, picture] = [await answers[0].json(), await answers[1].blob()];
  return { ...stored, picture };
}

/** A link tells until when it holds; before that, a photo that is not there was deleted or never was. */
function deadLink(until) {
  if (!until) return t("page.link.gone");
  const end = new Date(`${until}T00:00`);
  return end <= new Date() ? t("page.link.expired", { date: end.toLocaleDateString() }) : t("page.link.none");
}

/** The corrections so far, as events of the page; adds their numbers on the server to `told`. */
function past(said, photo, told) {
  const byNumber = new Map();
  for (const { number, kind: what, hair, place, root_end, undoes } of said) {
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
