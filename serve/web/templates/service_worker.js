// Stores the files of the page, never photos or answers, so that it opens without a network.

const NAME = "shedlight {{ version }}";
const HOME = new URL("./", self.location).href;
const FILES = {{ files | tojson }}.map((file) => new URL(file, HOME).href);

self.addEventListener("install", (event) => event.waitUntil(store()));
self.addEventListener("activate", (event) => event.waitUntil(removeOlder()));
self.addEventListener("fetch", (event) => {
  const { method, url, mode } = event.request;
  if (method !== "GET") return;
  if (mode === "navigate" && url.split(/[?#]/)[0] === HOME) event.respondWith(freshPage(event.request));
  else if (FILES.includes(url)) event.respondWith(storedFile(event.request));
});

async function store() {
  const cache = await caches.open(NAME);
  await cache.addAll([new Request(HOME, { cache: "no-cache" }), ...FILES]);
}

async function removeOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shedlight ") && name !== NAME).map((name) => caches.delete(name)));
}

/** The server's page if it can be reached, since it may be newer; otherwise the stored one. */
async function freshPage(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.open(NAME)).match(HOME);
  }
}

async function storedFile(request) {
  return (await (await caches.open(NAME)).match(request)) ?? fetch(request);
}
