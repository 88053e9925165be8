// The charts: what each shows, of which points.

const numbersOf = (column) => [...new Set(POINTS.map((point) => valueOf(point, column)))];
const K = numbersOf("k").length === 1 ? `recall@${numbersOf("k")[0]}` : "recall@k";

const axes = {
  recall: {title: `${K} (share of true neighbours found)`, kind: "recall"},
  qps: {title: "queries per second (1/s)", kind: "cost"},
  linkBits: {title: "link bits per vector (values and keys)", kind: "cost"},
  linkBytes: {title: "link bytes per vector (values and keys)", kind: "cost"},
  distances: {title: "distances per query", kind: "cost"},
  gets: {title: "store gets per query", kind: "cost"},
  bytes: {title: "bytes read from the store per query (B)", kind: "cost"},
  latency: {title: "latency of a query (µs)", kind: "cost"},
  share: {title: "share of queries that took no longer", kind: "share"},
  degree: {title: "links of an item", kind: "share"},
  items: {title: "items", kind: "cost"},
};

function linkBytesPerVector({links, dataset}) {
  if (typeof links?.value_bytes !== "number" || !dataset?.n) return null;
  return (links.value_bytes + (links.key_bytes ?? 0)) / dataset.n;
}

function linkBits({record}) {
  const bytes = linkBytesPerVector(record);
  return bytes === null ? null : 8 * bytes;
}

const recallOf = ({record, queries}) =>
    ({value: numberAt(record, "recall.strict"), range: queries?.recall});

function rangeOfQps({record: {qps}}) {
  return typeof qps?.min === "number" && typeof qps?.max === "number" ? [qps.min, qps.max] :
                                                                        undefined;
}

/** A figure of recall on the x axis against one number of the records. */
function against(path, axis, more) {
  return {
    x: axes.recall,
    y: axis,
    better: {x: 1, y: -1},
    curves: (points) => curvesAlong(points, "ef", (point) => ({
                                                    x: recallOf(point).value,
                                                    xRange: recallOf(point).range,
                                                    y: numberAt(point.record, path),
                                                  })),
    ...more,
  };
}

/**
 * The column that a curve of the headline figure follows: graphs of growing degree if there are
 * any.
 */
const degreeColumn = () => (VARYING.includes("M") ? "M" : "ef");

function efOfFigures() {
  const efs = valuesOf(POINTS, "ef");
  return efs.includes(STATE.ef) ? STATE.ef : efs[Math.floor((efs.length - 1) / 2)];
}

function targetOfFigures() {
  const targets = DATA.targets.map(String);
  return targets.includes(STATE.target) ? STATE.target : targets[Math.floor(targets.length / 2)];
}

function equalRecallCurves(points) {
  const shown = new Set(points);
  const place = DATA.targets.map(String).indexOf(targetOfFigures());
  return DATA.curves
      .map(({points: places, at}) => {
        const point = POINTS[places[0]];
        const bytes = linkBytesPerVector(point.record);
        const qps = at[place]?.qps ?? null;
        const data = bytes === null || qps === null ? [] : [{x: bytes, y: qps, point}];
        return {point, data, isShown: places.some((i) => shown.has(POINTS[i]))};
      })
      .filter((curve) => curve.isShown);
}

function latencyCurves(points) {
  return points.filter((point) => valueOf(point, "ef") === efOfFigures()).map((point) => {
    const latency = point.record.latency_us ?? {};
    const quantiles = point.queries?.latency?.length > 0 ? point.queries.latency : [
      [0.5, latency.p50], [0.95, latency.p95], [0.99, latency.p99]
    ].filter(([, value]) => value > 0);
    return {point, data: quantiles.map(([share, value]) => ({x: value, y: share, point}))};
  });
}

const levelsOf = (point) => point.record.graph?.degrees ?? [];
const graphKey = (point) =>
    `${point.directory} ${point.record.dataset?.hash} ${point.record.graph_digest}`;

function allLevels() {
  const levels =
      new Set(POINTS.flatMap((point) => levelsOf(point).map(({level}) => String(level))));
  return levels.size > 0 ? [...levels].sort((a, b) => a - b) : ["0"];
}

const levelOfFigures = () => (allLevels().includes(STATE.level) ? STATE.level : allLevels()[0]);

function degreeCurves(histogram) {
  return (points) => [...groupBy(points, graphKey).values()].map((group) => {
    const point = group.find((each) => levelsOf(each).length > 0) ?? group[0];
    const level = levelsOf(point).find((each) => String(each.level) === levelOfFigures());
    const counts = level?.[histogram] ?? [];
    return {
      point,
      data: counts.map((count, degree) => ({x: degree, y: count, point})).filter(({y}) => y > 0)
    };
  });
}

const efChoice = () =>
    ({label: "ef", name: "ef", options: valuesOf(POINTS, "ef"), value: efOfFigures()});
const targetChoice = () => ({
  label: "recall",
  name: "target",
  options: DATA.targets.map(String),
  value: targetOfFigures(),
});
const levelChoice = () =>
    ({label: "level", name: "level", options: allLevels(), value: levelOfFigures()});

const FIGURES = [
  {
    id: "recall-link-bits",
    title: "Recall against link size",
    caption:
        "What a graph finds for the bits that its links take, without pages. Up and left is " +
        "better. The bars are 95 % intervals over queries, where these were recorded.",
    x: axes.linkBits,
    y: axes.recall,
    better: {x: -1, y: 1},
    along: degreeColumn,
    curves: (points) => curvesAlong(points, degreeColumn(), (point) => ({
                                                              x: linkBits(point),
                                                              y: recallOf(point).value,
                                                              yRange: recallOf(point).range,
                                                            })),
  },
  against("qps.median", axes.qps, {
    id: "recall-qps",
    title: "Recall against speed",
    caption:
        "Median of the repetitions, with bars from the slowest to the fastest. Up and " +
        "right is better.",
    better: {x: 1, y: 1},
    speed: true,
    curves: (points) => curvesAlong(points, "ef", (point) => ({
                                                    x: recallOf(point).value,
                                                    xRange: recallOf(point).range,
                                                    y: numberAt(point.record, "qps.median"),
                                                    yRange: rangeOfQps(point),
                                                  })),
  }),
  {
    id: "qps-link-bytes",
    title: "Speed against link size at equal recall",
    caption:
        "Each curve read at one recall, between its measured points; curves that do not reach it " +
        "are left out. Up and left is better.",
    x: axes.linkBytes,
    y: axes.qps,
    better: {x: -1, y: 1},
    speed: true,
    noLines: true,
    choice: targetChoice,
    curves: equalRecallCurves,
  },
  against("work.distances", axes.distances, {
    id: "recall-distances",
    title: "Recall against distances",
    caption: "Work that no clock can blur: distances computed per query. Down and right is better.",
  }),
  against("work.gets", axes.gets, {
    id: "recall-gets",
    title: "Recall against store gets",
    caption: "Records fetched from the store per query. A frozen view fetches none.",
  }),
  against("work.bytes", axes.bytes, {
    id: "recall-bytes",
    title: "Recall against bytes read",
    caption: "Bytes of the values fetched per query. A frozen view reads none.",
  }),
  {
    id: "latency",
    title: "Latency",
    caption:
        "Share of queries that took no longer, each query by the median of its repetitions. Left " +
        "is better. Without per-query rows the curve has three points: p50, p95, p99.",
    x: axes.latency,
    y: axes.share,
    speed: true,
    smallMarkers: true,
    choice: efChoice,
    curves: latencyCurves,
  },
  {
    id: "degrees-out",
    title: "Out-degrees",
    caption: "Items by the number of their links, per graph.",
    x: axes.degree,
    y: axes.items,
    choice: levelChoice,
    smallMarkers: true,
    curves: degreeCurves("out_histogram"),
    optional: true,
  },
  {
    id: "degrees-in",
    title: "In-degrees",
    caption:
        "Items by the number of links that lead to them, per graph. Items without " +
        "any cannot be found.",
    x: {title: "links to an item", kind: "share"},
    y: axes.items,
    choice: levelChoice,
    smallMarkers: true,
    curves: degreeCurves("in_histogram"),
    optional: true,
  },
];
