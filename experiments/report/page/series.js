// From points to curves, and what is the same in several of them.

/** Columns that a value of `along` decides: M0 where it is always twice M. */
function decidedBy(along) {
  if (!VARYING.includes(along)) return [];
  const groups = [...groupBy(POINTS, (point) => valueOf(point, along)).values()];
  return VARYING.filter(
      (column) => column !== along && along !== "ef" &&
          groups.every(
              (group) =>
                  group.every((point) => valueOf(point, column) === valueOf(group[0], column))));
}

const keyBy = (columns) => (point) =>
    JSON.stringify(columns.map((column) => valueOf(point, column)));

/**
 * Curves of points that differ in `along` only: [{point, data: [{x, y, xRange, yRange, point}]}].
 */
function curvesAlong(points, along, measure) {
  const fixed = [along, ...decidedBy(along)];
  const columns = VARYING.filter((column) => !fixed.includes(column));
  return [...groupBy(points, keyBy(columns)).values()].map((group) => {
    group.sort((a, b) => Number(valueOf(a, along)) - Number(valueOf(b, along)));
    const data = group.map((point) => ({...measure(point), point}));
    return {point: group[0], data: data.filter(({x, y}) => x !== null && y !== null)};
  });
}

const signature = ({data}) => JSON.stringify(data.map(({x, y}) => [x, y]));

/**
   The columns in which curves differ and that make a difference: recall is the same on every
    store, and so a chart of recall has one curve for all of them.
 */
function tellingColumns(curves, columns) {
  let telling = [...columns];
  let left = curves;
  for (const column of [...columns].reverse()) {
    const others = telling.filter((other) => other !== column);
    const groups = [...groupBy(left, (curve) => keyBy(others)(curve.point)).values()];
    if (groups.every((group) => group.every((curve) => signature(curve) === signature(group[0])))) {
      telling = others;
      left = groups.map((group) => group[0]);
    }
  }
  return telling;
}

/** One curve for each combination of the columns. */
function firstOfEach(curves, columns) {
  return [...groupBy(curves, (curve) => keyBy(columns)(curve.point)).values()].map(
      (group) => group[0]);
}

/** The points that no other beats in both: `better` is {x: 1 | -1, y: 1 | -1}. */
function paretoFront(data, better) {
  const sorted = [...data].sort((a, b) => better.x * (b.x - a.x) || better.y * (b.y - a.y));
  const front = [];
  for (const each of sorted) {
    if (front.length === 0 || better.y * (each.y - front.at(-1).y) > 0) front.push(each);
  }
  return front;
}
