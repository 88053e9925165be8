// Axes. Chart.js draws them linear over transformed numbers, so that log and logit axes are the
// same code with another function and other ticks.

const LINEAR = {
  to: (v) => v,
  ticks: null
};
const LOG = {
  to: (v) => (v > 0 ? Math.log10(v) : null),
  ticks: logTicks
};
const LOGIT = {
  to: (v) => (v > 0 && v < 1 ? Math.log10(v / (1 - v)) : null),
  ticks: logitTicks
};

/** What an axis of this kind ("recall", "cost", "plain") is now. */
function scaleOf(kind) {
  if (kind === "recall") return STATE.recall === "linear" ? LINEAR : LOGIT;
  if (kind === "cost") return STATE.cost === "linear" ? LINEAR : LOG;
  return kind === "log" ? LOG : LINEAR;
}

/** 1, 2, 5 in each decade; 1 alone where there are many decades; more where few. */
function logTicks(low, high) {
  const decades = high - low;
  const steps = decades > 4 ? [1] :
      decades > 1.3         ? [1, 2, 5] :
      decades > 0.5         ? [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9] :
                              null;
  if (!steps) return null;
  const ticks = [];
  for (let decade = Math.floor(low); decade <= high; ++decade) {
    for (const step of steps) ticks.push(step * 10 ** decade);
  }
  return ticks;
}

const LOGIT_TICKS = [
  0.01, 0.02, 0.05, 0.1,  0.2,   0.3,   0.4,   0.5,    0.6,    0.7,    0.8,
  0.9,  0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 0.99999
];

function logitTicks() {
  return LOGIT_TICKS;
}

/** Six or so round numbers from low to high. */
function evenTicks(low, high) {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i)
    ticks.push(i * step);
  return ticks;
}

function tickLabel(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(4))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(4))}k`;
  return String(Number(value.toPrecision(6)));
}

/**
 * How welcome a tick is, 0 first: powers of ten (on a logit axis in the miss share), then fives.
 */
function tickRank(scale, value) {
  const rest = scale === LOGIT ? Math.min(value, 1 - value) : value;
  const digit = Math.round(10 * rest / 10 ** Math.floor(Math.log10(rest) + 1e-9)) / 10;
  const place = [1, 5, 2, 3].indexOf(digit);
  return place < 0 ? 4 : place;
}

/**
   Ticks that keep `gap` (a share of the axis) between them; where two are too close the more
    welcome one stays.
 */
function thinned(ticks, gap) {
  const kept = [];
  for (const tick of [...ticks].sort((a, b) => a.rank - b.rank)) {
    if (kept.every((other) => Math.abs(other.value - tick.value) >= gap)) kept.push(tick);
  }
  return kept.sort((a, b) => a.value - b.value);
}

/** Ticks with labels for an axis between low and high, both transformed. */
function ticksBetween(scale, low, high, gap) {
  if (scale === LINEAR)
    return evenTicks(low, high).map((value) => ({value, label: tickLabel(value)}));
  const values = scale.ticks(low, high) ?? evenTicks(10 ** low, 10 ** high);
  const ticks =
      values
          .map(
              (value) =>
                  ({value: scale.to(value), label: tickLabel(value), rank: tickRank(scale, value)}))
          .filter(
              (tick) =>
                  tick.value !== null && tick.value >= low - 1e-9 && tick.value <= high + 1e-9);
  return thinned(ticks, gap * (high - low));
}

/** Range of transformed numbers with a little air. */
function rangeOf(values, fromZero) {
  let low = Math.min(...values);
  let high = Math.max(...values);
  const air = (high - low) * 0.05 || Math.abs(high) * 0.05 || 0.5;
  low = fromZero && low >= 0 ? 0 : low - air;
  return {low, high: high + air};
}
