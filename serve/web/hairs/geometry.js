// Positions and directions along a hair's path, in pixels of the upright photo.

/** The outward direction of the end `index` of a hair, as a unit vector; path[0] is at ends[0]. */
export function outward({ path, shaft_px }, index) {
  const from = index === 0 ? path : [...path].reverse();
  const [x, y] = from[0];
  const back = from.find((point) => Math.hypot(point[0] - x, point[1] - y) > 4 * shaft_px) ?? from.at(-1);
  return unit(x - back[0], y - back[1]);
}

/** The distance from a point to a path of [x, y]. */
export function distance({ x, y }, path) {
  let least = Infinity;
  for (let i = 1; i < path.length; i += 1) least = Math.min(least, toPiece(x, y, path[i - 1], path[i]));
  return least;
}

/** An outline around a path at distance `gap`, as the data of an SVG path. */
export function corridor(path, gap) {
  const sides = [1, -1].map((side) => path.map((point, i) => aside(path, point, i, side * gap)));
  const [left, right] = [sides[0].map(pair), sides[1].reverse().map(pair)];
  const round = `A${gap} ${gap} 0 0 0`;
  return `M${left.join(" ")} ${round} ${right[0]} L${right.join(" ")} ${round} ${left[0]}Z`;
}

function aside(path, [x, y], i, gap) {
  const [before, next] = [path[Math.max(0, i - 2)], path[Math.min(path.length - 1, i + 2)]];
  const along = unit(next[0] - before[0], next[1] - before[1]);
  return [x - along.y * gap, y + along.x * gap];
}

function unit(x, y) {
  const length = Math.hypot(x, y) || 1;
  return { x: x / length, y: y / length };
}

function toPiece(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

function pair([x, y]) {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}
