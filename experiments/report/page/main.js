// Puts the page together and redraws it when something is chosen.

let figureViews = [];

/**
 * Counts the pixels that a chart has drawn, where the address asks for it: `check` is for tests.
 */
function countInk() {
  for (const canvas of document.querySelectorAll("figure canvas:not([hidden])")) {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let ink = 0;
    for (let i = 3; i < data.length; i += 4) ink += data[i] > 0 ? 1 : 0;
    canvas.dataset.ink = String(ink);
  }
}

function showAll() {
  applyTheme();
  showVerdicts();
  redrawFigures(figureViews);
  document.body.dataset.shown = String(shownPoints().length);
  writeState();
}

/** Paper is white, whatever the screen. */
function printed(isPrinting) {
  document.documentElement.dataset.theme = isPrinting || !isDark() ? "light" : "dark";
  redrawFigures(figureViews);
  for (const chart of charts.values()) chart?.resize();
}

function start() {
  const isCheck = location.hash.split(/[#&]/).includes("check");
  readState();
  applyTheme();
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  showRun();
  makeControls();
  figureViews = makeFigures();
  showAll();
  if (isCheck) countInk();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showAll);
  window.addEventListener("beforeprint", () => printed(true));
  window.addEventListener("afterprint", () => printed(false));
}

start();
