// A figure on the page: heading, choices, key, canvas, caption, table.

const charts = new Map();

/** The columns that a figure's points differ in. */
function figureColumns(figure) {
  const along = figure.along?.() ?? (figure.noLines || figure.choice ? "" : "ef");
  const fixed = [along, ...decidedBy(along)];
  const left = VARYING.filter((column) => !fixed.includes(column));
  return figure.choice?.().name === "ef" ? left.filter((column) => column !== "ef") : left;
}

function choiceControl({label, name, options, value}) {
  return select(label, options, value, (chosen) => {
    STATE[name] = chosen;
    showAll();
  });
}

function rangeCell(value, bounds) {
  if (!bounds) return numberCell(value);
  return {
    text: `${format(value)}  [${format(bounds[0])}, ${format(bounds[1])}]`,
    title: `${value} [${bounds.join(", ")}]`
  };
}

function curvesTable(figure, curves, channels) {
  const named = [...channels.map(({column}) => column)];
  if (VARYING.includes("ef") && !named.includes("ef") && !figure.noLines) named.push("ef");
  const columns = [
    ...named.map((name) => ({name, text: true})), {name: figure.x.title}, {name: figure.y.title}
  ];
  const rows = curves.flatMap(
      ({data}) => data.map(
          (item) =>
              [...named.map((name) => columnCell(item.point, name)),
               rangeCell(item.x, item.xRange),
               rangeCell(item.y, item.yRange),
  ]));
  return table(columns, rows, figure.title);
}

function columnCell(point, column) {
  const text = valueOf(point, column);
  return column === "view" && text === "frozen" ? {text: "", badge: frozenBadge()} : text;
}

const note = (text) => element("span", {class: "faint"}, text);

/** What the reader must know about this figure's curves. */
function notesOf(figure, curves, canvas) {
  const notes = [];
  if (figure.better) {
    const front = element("i", {}, swatch("dash", {dash: 0}), "Pareto front of what is shown");
    front.querySelector("path").setAttribute("stroke", css("--front"));
    front.querySelector("path").setAttribute("stroke-width", "8");
    notes.push(front);
  }
  if (figure.speed && curves.some(({point}) => isFrozen(point))) {
    notes.push(element("i", {}, frozenBadge(), note("speed does not depend on store and codec")));
  }
  const states = [...new Set(curves.map(({point}) => cacheOf(point.record)).filter(Boolean))];
  if (figure.speed && states.length > 0)
    notes.push(element("i", {}, ...states.map((state) => badge(`cache: ${state}`, ""))));
  const missing =
      curves.reduce((total, {data}) => total + data.length, 0) - Number(canvas.dataset.points);
  if (missing > 0)
    notes.push(note(`${missing} points at 0 have no place on a log axis: see the table`));
  return notes;
}

/** Fills a figure with what is shown now: what was hidden takes no colour and no marker. */
function showFigure(figure, place) {
  const all = figure.curves(shownPoints());
  const columns = tellingColumns(all, figureColumns(figure));
  const channels = assignChannels(columns, shownPoints(), !figure.noLines);
  const named = channels.map(({column}) => column);
  const curves = firstOfEach(all, columns.includes("seed") ? [...named, "seed"] : named);
  const canvas = element(
      "canvas",
      {role: "img", id: `canvas-${figure.id}`, "aria-label": `${figure.title}: ${figure.caption}`});
  const box = element("div", {class: "canvas"}, canvas);
  const heading = element("header", {}, element("h3", {}, figure.title));
  if (figure.choice) heading.append(choiceControl(figure.choice()));
  place.replaceChildren(heading, box);
  const chart = drawCurves(canvas, figure, curves, channels);
  if (!chart)
    box.append(element("div", {class: "empty"}, "nothing to draw among the points shown"));
  canvas.hidden = !chart;
  const points = curves.map(({point}) => point);
  heading.after(keyOf(channels, points, notesOf(figure, curves, canvas)));
  place.append(
      element("figcaption", {}, figure.caption),
      element(
          "details", {}, element("summary", {}, "The numbers"),
          curvesTable(figure, curves, channels)));
  return chart;
}

function showSizes(place) {
  const bars = sizeBars(shownPoints());
  const canvas = element(
      "canvas", {role: "img", id: "canvas-sizes", "aria-label": "Where the bytes of a store go"});
  const box = element("div", {class: "canvas"}, canvas);
  box.style.height = `${110 + 24 * bars.length}px`;
  place.replaceChildren(element("header", {}, element("h3", {}, "Where the bytes go")), box);
  const chart = drawSizes(canvas, bars);
  place.append(
      element(
          "figcaption", {},
          "Page overhead is what pages take beyond the records in them; other is the rest of the ",
          "store: ids, meta, free pages, logs. Compressed records can take less than their ",
          "payload, which is what the first three parts show."),
      element("details", {}, element("summary", {}, "The numbers"), sizeTable(bars)));
  return chart;
}

const hasData = (figure) => figure.curves(POINTS).some(({data}) => data.length > 0);

function makeFigures() {
  const section = document.getElementById("figures");
  const views = FIGURES.filter((figure) => !figure.optional || hasData(figure)).map((figure) => {
    const place = element("figure", {id: figure.id});
    section.append(place);
    return {place, show: () => showFigure(figure, place)};
  });
  const sizes = element("figure", {id: "sizes", class: "wide"});
  section.append(sizes);
  views.push({place: sizes, show: () => showSizes(sizes)});
  return views;
}

function redrawFigures(views) {
  for (const {place, show} of views) {
    charts.get(place)?.destroy();
    const open = place.querySelector("details")?.open ?? false;
    charts.set(place, show());
    place.querySelector("details").open = open;
  }
}
