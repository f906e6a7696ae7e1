// Corrections survive a reload: for this tab alone, and by the photo's hash, so that only who has the
// photo sees them again. The photos themselves are never stored.

const KEY = "shedlight corrections";

/** Stores the corrections of the result's photos that no server stores. */
export function storeCorrections({ photos, labels }) {
  const stored = read();
  photos.forEach(({ sha256, id }, index) => {
    const events = labels.inForce().filter(({ photo }) => photo === index).map(({ hair, label, root_end, place }) => ({ hair, label, root_end, place }));
    if (events.length && !id) stored[sha256] = events;
    else delete stored[sha256];
  });
  write(stored);
}

/** The stored corrections of new photos, as events of the page; the first photo has the index `from`. */
export function storedCorrections(photos, from) {
  const stored = read();
  return photos.flatMap(({ sha256, hairs }, index) => (stored[sha256] ?? [])
    .filter(({ hair, place }) => place || hair < hairs.length)
    .map((event) => Object.fromEntries(Object.entries({ photo: from + index, ...event }).filter(([, value]) => value !== undefined))));
}

export function forgetCorrections() {
  write({});
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // storage is off
  }
}

function write(stored) {
  try {
    if (Object.keys(stored).length) sessionStorage.setItem(KEY, JSON.stringify(stored));
    else sessionStorage.removeItem(KEY);
  } catch {
    // storage is off: leaving warns all the same
  }
}
