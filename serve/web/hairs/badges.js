// Where the badges lie: beyond their roots, apart from each other, in the picture; and which hair a tap means.

import { distance, outward } from "./geometry.js";

const BEYOND_SHAFTS = 2; // so that a badge does not cover a club
const BEYOND_PX = 14; // on the screen, as the following
const APART_PX = 23;
const ROUNDS = 40;
const BADGE_PX = 13;
const REACH_PX = 24;

/**
 * The centre of each hair's badge, `{x, y}` in pixels of the photo, by the hairs' order; `unit` is
 * photo pixels per screen pixel.
 */
export function badgeCentres(hairs, photo, unit) {
  const margin = Math.min(BADGE_PX * unit, photo.width / 2, photo.height / 2);
  const within = (value, length) => Math.min(length - margin, Math.max(margin, value));
  const centres = hairs.map((hair) => usualCentre(hair, photo, unit));
  for (let round = 0, moved = true; moved && round < ROUNDS; round += 1) {
    moved = pushApart(centres, APART_PX * unit);
    for (const centre of centres) Object.assign(centre, { x: within(centre.x, photo.width), y: within(centre.y, photo.height) });
  }
  return centres;
}

/** The hair that a tap at `{x, y}` means: that of the badge below it, or the nearest line or badge. */
export function hairAt(at, hairs, centres, unit) {
  const reached = hairs.map((hair, index) => {
    const toBadge = Math.hypot(at.x - centres[index].x, at.y - centres[index].y);
    const radius = BADGE_PX * unit;
    if (toBadge <= radius) return { hair, far: toBadge - 2 * radius }; // before any line
    return { hair, far: Math.min(toBadge - radius, hair.machine ? distance(at, hair.machine.path) : Infinity) };
  });
  const nearest = reached.sort((a, b) => a.far - b.far)[0];
  return nearest && nearest.far <= REACH_PX * unit ? nearest.hair : null;
}

function usualCentre(hair, photo, unit) {
  const { x, y } = rootOf(hair);
  if (!hair.machine) return { x, y: y - 18 * unit };
  if (hair.end === null) return { x, y };
  const reach = BEYOND_SHAFTS * hair.machine.shaft_px + BEYOND_PX * unit;
  const out = inside(outward(hair.machine, hair.end), { x, y }, photo, reach + BADGE_PX * unit);
  return { x: x + reach * out.x, y: y + reach * out.y };
}

/** The root if it is known, else the middle of the hair. */
export function rootOf({ place, machine }) {
  if (place) return place;
  const [x, y] = machine.path[machine.path.length >> 1];
  return { x, y };
}

/** Turns a direction that would lead out of the picture. */
function inside(out, { x, y }, { width, height }, margin) {
  const ways = [out, { x: -out.y, y: out.x }, { x: out.y, y: -out.x }, { x: -out.x, y: -out.y }];
  const fits = (way) => x + margin * way.x > 0 && x + margin * way.x < width && y + margin * way.y > 0 && y + margin * way.y < height;
  return ways.find(fits) ?? out;
}

/** Moves points that are nearer than `least` away from each other; whether any moved. */
function pushApart(points, least) {
  let moved = false;
  for (let i = 1; i < points.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const [dx, dy] = [points[i].x - points[j].x, points[i].y - points[j].y];
      const far = Math.hypot(dx, dy);
      if (far >= least) continue;
      moved = true;
      const angle = far ? Math.atan2(dy, dx) : i; // points at one place part in any direction
      const [x, y] = [0.51 * (least - far) * Math.cos(angle), 0.51 * (least - far) * Math.sin(angle)];
      points[i] = { x: points[i].x + x, y: points[i].y + y };
      points[j] = { x: points[j].x - x, y: points[j].y - y };
    }
  }
  return moved;
}
