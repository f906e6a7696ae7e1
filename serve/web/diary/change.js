// Whether a diary shows a change: the permutation test of model/change, in the browser.

import { daysBetween } from "./entry.js";

const ALPHA = 0.05;
const MIN_READABLE = 10, MIN_WIDTHS = 10; // as in model/change/change.py
const MOST_ORDERS = 5040;
const STEPS = 60, DOUBLINGS = 12;
const SLACK = 1e-9;
const WORTH = { share: 0.15, hairs: Math.log(1.5), width: 5 };

/** The number of an entry that is compared, or null. */
export function valueOf(entry, measure) {
  const { telogen, misshapen, no_bulb } = entry.counts;
  if (measure === "hairs") return entry.hairs ? Math.log(entry.hairs) : null;
  if (measure === "share") return entry.share && telogen + misshapen + no_bulb >= MIN_READABLE ? entry.share.estimate : null;
  return entry.measures && entry.measures.widths >= MIN_WIDTHS ? entry.measures.median_um : null;
}

/** The change of each measure from the first to the last result: `{measure, verdict, count, effect, low, high}`. */
export function overTime(results) {
  const span = results.length ? daysBetween(results[0].date, results.at(-1).date) : 0;
  return changes(results, results.map(({ date }) => (span ? daysBetween(results[0].date, date) / span : 0)));
}

/** The difference of each measure between two groups of results. */
export function between(before, after) {
  return changes([...before, ...after], [...before.map(() => 0), ...after.map(() => 1)]);
}

function changes(results, x) {
  const found = Object.keys(WORTH).map((measure) => {
    const pairs = results.map((entry, index) => [x[index], valueOf(entry, measure)]).filter(([, value]) => value !== null);
    const varies = pairs.length > 2 && new Set(pairs.map(([at]) => at)).size > 1;
    return { measure, count: pairs.length, ...(varies ? effectOf(pairs.map(([at]) => at), pairs.map(([, value]) => value)) : {}) };
  });
  const tested = found.filter(({ p }) => p !== undefined).sort((one, other) => one.p - other.p);
  let highest = 0;
  tested.forEach((each, rank) => { highest = Math.max(highest, Math.min(1, (tested.length - rank) * each.p)); each.p = highest; }); // Holm
  return found.map(judged);
}

function judged({ measure, count, size, low, high, p }) {
  if (p === undefined) return { measure, count, verdict: "unknown" };
  const narrow = -WORTH[measure] < low && high < WORTH[measure];
  const limited = Number.isFinite(low) && Number.isFinite(high);
  const moved = size > 0 ? "rose" : "fell";
  const verdict = p <= ALPHA && limited ? moved : narrow ? "steady" : "unknown";
  const written = (value) => (measure === "hairs" ? Math.exp(value) : value);
  return { measure, count, verdict, effect: written(size), low: written(low), high: written(high) };
}

/** `{size, low, high, p}` of the slope of `values` on `x`, if every order of the values is equally likely. */
export function effectOf(x, values) {
  const middle = x.reduce((sum, at) => sum + at, 0) / x.length;
  const centred = x.map((at) => at - middle);
  const square = centred.reduce((sum, at) => sum + at * at, 0);
  const slope = (some, order) => order.reduce((sum, from, index) => sum + some[from] * centred[index], 0) / square;
  const all = orders(values.length);
  const ofValues = all.map((order) => slope(values, order)), ofX = all.map((order) => slope(centred, order));
  const size = ofValues[0];
  const scale = Math.max(...ofValues.map(Math.abs), 1e-9);
  const chance = (effect) => {
    const limit = Math.abs(size - effect) * (1 - SLACK) - SLACK * scale;
    return ofValues.filter((value, index) => Math.abs(value - effect * ofX[index]) >= limit).length / all.length;
  };
  return { size, p: chance(0), low: farthest(chance, size, -scale), high: farthest(chance, size, scale) };
}

/** The farthest effect from `size` in the step's direction that is not rejected. */
function farthest(chance, size, step) {
  let reach = step, doublings = 0;
  while (chance(size + reach) > ALPHA) {
    if ((doublings += 1) > DOUBLINGS) return Math.sign(step) * Infinity;
    reach *= 2;
  }
  let near = size, far = size + reach;
  for (let turn = 0; turn < STEPS; turn += 1) {
    const between = (near + far) / 2;
    if (chance(between) <= ALPHA) far = between;
    else near = between;
  }
  return near;
}

/** All orders of a few numbers from 0, or some at random; the given one first. */
function orders(count) {
  const given = [...Array(count).keys()];
  if (count <= 7) return permutations(given);
  const random = generator(23);
  return [given, ...Array.from({ length: MOST_ORDERS - 1 }, () => shuffled(given, random))];
}

function permutations(items) {
  if (items.length < 2) return [items];
  return items.flatMap((first, index) => permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [first, ...rest]));
}

function shuffled(items, random) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** Numbers from 0 to 1 that are the same on every visit (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
