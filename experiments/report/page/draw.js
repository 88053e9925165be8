// A figure's curves as a Chart.js chart.

/** Recall 1 has no place on a logit axis: it is drawn half a missed neighbour below. */
function placed(kind, value, point) {
  if (kind !== "recall" || value === null || STATE.recall === "linear") return value;
  const half =
      0.5 / Math.max(1, (point.record.dataset?.queries ?? 1000) * (point.record.config.k ?? 10));
  return Math.min(Math.max(value, half), 1 - half);
}

function toScreen(figure, item) {
  const range = (axis, bounds) =>
      bounds?.map((bound) => scaleOf(axis.kind).to(placed(axis.kind, bound, item.point)));
  return {
    x: scaleOf(figure.x.kind).to(placed(figure.x.kind, item.x, item.point)),
    y: scaleOf(figure.y.kind).to(placed(figure.y.kind, item.y, item.point)),
    xRange: range(figure.x, item.xRange),
    yRange: range(figure.y, item.yRange),
    item,
  };
}

const isDrawn = ({x, y}) => Number.isFinite(x) && Number.isFinite(y);

/** Whiskers from the lowest to the highest value of a point. */
const intervals = {
  id: "intervals",
  beforeDatasetsDraw(chart) {
    const {ctx, scales, chartArea} = chart;
    ctx.save();
    ctx.beginPath();
    ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
    ctx.clip();
    ctx.lineWidth = 1;
    ctx.globalAlpha = 0.55;
    for (const dataset of chart.data.datasets) {
      ctx.strokeStyle = dataset.borderColor;
      for (const {x, y, xRange, yRange} of dataset.data) {
        const [left, top] = [scales.x.getPixelForValue(x), scales.y.getPixelForValue(y)];
        ctx.beginPath();
        if (xRange?.every(Number.isFinite)) {
          ctx.moveTo(scales.x.getPixelForValue(xRange[0]), top);
          ctx.lineTo(scales.x.getPixelForValue(xRange[1]), top);
        }
        if (yRange?.every(Number.isFinite)) {
          ctx.moveTo(left, scales.y.getPixelForValue(yRange[0]));
          ctx.lineTo(left, scales.y.getPixelForValue(yRange[1]));
        }
        ctx.stroke();
      }
    }
    ctx.restore();
  },
};

/** `gap`: the least distance of ticks, as a share of the axis. */
function axisOptions(axis, values, gap) {
  const scale = scaleOf(axis.kind);
  const {low, high} =
      rangeOf(values, axis.kind === "share" || (scale === LINEAR && axis.kind === "cost"));
  const ticks = ticksBetween(scale, low, high, gap);
  return {
    type: "linear",
    min: low,
    max: high,
    title: {display: true, text: axis.title, color: css("--text")},
    grid: {color: css("--grid"), borderColor: css("--line")},
    afterBuildTicks: (built) => {
      built.ticks = ticks.map(({value}) => ({value}));
    },
    ticks: {
      color: css("--faint"),
      maxRotation: 0,
      autoSkip: false,
      callback: (value) => ticks.find((tick) => tick.value === value)?.label,
    },
  };
}

/** What a hover says: the point's columns, then its numbers. */
function hoverLines(figure, item) {
  const {point} = item;
  const lines = VARYING.map((column) => `${column}: ${valueOf(point, column)}`);
  const range = (bounds) => (bounds ? `  [${format(bounds[0])} .. ${format(bounds[1])}]` : "");
  lines.push(`${figure.x.title}: ${format(item.x)}${range(item.xRange)}`);
  lines.push(`${figure.y.title}: ${format(item.y)}${range(item.yRange)}`);
  if (cacheOf(point.record)) lines.push(`cache: ${cacheOf(point.record)}`);
  if (figure.speed && isFrozen(point)) lines.push("frozen: store and codec do not matter");
  return lines;
}

function frontDataset(figure, drawn) {
  const front = paretoFront(drawn, figure.better);
  return {
    data: front.map(({x, y}) => ({x, y})),
    label: "Pareto front",
    borderColor: css("--front"),
    borderWidth: 9,
    pointRadius: 0,
    pointHitRadius: 0,
    pointHoverRadius: 0,
    showLine: true,
    order: 1,
    isFront: true,
  };
}

/** Draws curves into a canvas and returns the chart; the number of points is left on the canvas. */
function drawCurves(canvas, figure, curves, channels) {
  const datasets =
      curves.map((curve) => ({
                   ...datasetStyle(styleOf(curve.point, channels)),
                   ...(figure.smallMarkers ? {pointRadius: 1.8} : {}),
                   data: curve.data.map((item) => toScreen(figure, item)).filter(isDrawn),
                   showLine: !figure.noLines,
                   order: 0,
                 }));
  const drawn = datasets.flatMap(({data}) => data);
  canvas.dataset.points = String(drawn.length);
  canvas.dataset.series = String(datasets.length);
  if (drawn.length === 0) return null;
  if (figure.better) datasets.push(frontDataset(figure, drawn));
  return new Chart(canvas, {
    type: "scatter",
    data: {datasets},
    plugins: [intervals],
    options: {
      ...commonOptions(),
      parsing: false,
      scales: {
        x: axisOptions(figure.x, drawn.map(({x}) => x), 0.1),
        y: axisOptions(figure.y, drawn.map(({y}) => y), 0.055),
      },
      plugins: {
        legend: {display: false},
        tooltip: {
          ...tooltipColours(),
          filter: ({dataset}) => !dataset.isFront,
          callbacks: {label: ({raw}) => hoverLines(figure, raw.item)},
        },
      },
    },
  });
}

const commonOptions = () => ({animation: false, responsive: true, maintainAspectRatio: false});

const tooltipColours = () => ({
  backgroundColor: css("--panel"),
  titleColor: css("--text"),
  bodyColor: css("--text"),
  borderColor: css("--line"),
  borderWidth: 1,
  displayColors: false,
});
