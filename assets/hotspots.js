// The map of Hotspots: its buttons, moving it, the numbered places, and its months one after the other. The view and the
// month stand in the address, so the map keeps them whatever else is chosen. Nothing here works out a figure.
(function () {
  "use strict";

  const STEP = 1.6;
  const SMALLEST = 400; // metres across
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const setQuery = (changes, instead) => window.dash_clientside.dashboard.setQuery(changes, instead);
  const asked = (key) => new URLSearchParams(window.location.search).get(key);
  const plot = () => document.querySelector('.panel[data-panel="hotspot_map"] .js-plotly-plot');
  const meta = () => ((plot() || {}).layout || {}).meta;

  // ---- The view -------------------------------------------------------------------------------------------------

  let writing = null;

  function writeView(at) {
    window.clearTimeout(writing);
    writing = window.setTimeout(() => setQuery({ at }, true), 350);
  }

  function view() {
    const { xaxis, yaxis } = plot()._fullLayout;
    const [[west, east], [south, north]] = [xaxis.range, yaxis.range];
    return { x: (west + east) / 2, y: (south + north) / 2, width: east - west, height: north - south };
  }

  const words = ({ x, y, width }) => {
    const [east, north] = meta().corner;
    return [x + east, y + north, width].map(Math.round).join(",");
  };

  function show({ x, y, width, height }) {
    const [wide, tall] = meta().whole;
    const cx = Math.min(Math.max(x, 0), wide);
    const cy = Math.min(Math.max(y, 0), tall);
    window.Plotly.relayout(plot(), {
      "xaxis.range": [cx - width / 2, cx + width / 2],
      "yaxis.range": [cy - height / 2, cy + height / 2],
    });
  }

  function zoom(kind) {
    if (!meta()) return;
    if (kind === "all") return setQuery({ at: null }, true);
    const now = view();
    const factor = kind === "in" ? 1 / STEP : STEP;
    const width = now.width * factor;
    if (width < SMALLEST) return;
    if (width > 1.6 * Math.max(...meta().whole)) return setQuery({ at: null }, true);
    show({ ...now, width, height: now.height * factor });
  }

  function move(right, up) {
    if (!meta()) return;
    const now = view();
    show({ ...now, x: now.x + (right * now.width) / 5, y: now.y + (up * now.height) / 5 });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.action === "zoom") zoom(button.dataset.zoom);
    if (button.dataset.action === "play") play();
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.closest(".mapctl")) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const kind = { "+": "in", "=": "in", "-": "out", Home: "all" }[event.key];
    if (!way && !kind) return;
    event.preventDefault();
    if (way) move(...way);
    else zoom(kind);
  });

  // ---- Months ---------------------------------------------------------------------------------------------------

  let playing = false;
  let next = null;

  function showMonths() {
    const box = document.querySelector(".months");
    const known = meta();
    if (!box || !known || !known.months) return;
    const bar = box.querySelector("input");
    const at = known.months.findIndex(([month]) => month === asked("only")) + 1;
    bar.max = known.months.length;
    if (document.activeElement !== bar || playing) bar.value = at;
    sayMonth(box, Number(bar.value));
    box.classList.toggle("all", at === 0);
  }

  function sayMonth(box, at) {
    const said = at ? meta().months[at - 1][1] : meta().all;
    box.querySelector("output").textContent = said;
    box.querySelector("input").setAttribute("aria-valuetext", said);
  }

  function showPlaying() {
    const button = document.querySelector("[data-action=play]");
    if (!button) return;
    const label = playing ? "Pause" : still.matches ? "Next month" : "Play the months";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.querySelector(".icon").className = "icon icon-" + (playing ? "pause" : "play");
  }

  function stop() {
    playing = false;
    window.clearTimeout(next);
    showPlaying();
  }

  const goTo = (at) => setQuery({ only: at ? meta().months[at - 1][0] : null }, true);

  function step() {
    const { months } = meta();
    const at = months.findIndex(([month]) => month === asked("only")) + 1;
    goTo(at === months.length ? (playing ? 0 : 1) : at + 1);
    return at < months.length;
  }

  // Where less motion is asked for, a press is one month; else months follow each other, each when the last is drawn.
  function play() {
    if (!meta() || !meta().months) return;
    if (playing) return stop();
    if (still.matches) return void step();
    playing = true;
    if (asked("only") === meta().months[meta().months.length - 1][0]) goTo(1);
    else step();
    showPlaying();
  }

  function drawn() {
    showMonths();
    if (!playing) return;
    window.clearTimeout(next);
    next = window.setTimeout(() => {
      if (!playing || !plot() || document.hidden) return stop();
      if (!step()) stop();
    }, 1100);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-months]")) sayMonth(event.target.closest(".months"), Number(event.target.value));
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-months]")) return;
    stop();
    goTo(Number(event.target.value));
  });

  // ---- The plot: watched from its first drawing on ---------------------------------------------------------------

  function watch() {
    const graph = plot();
    if (!graph || !graph.on || graph.watched === graph.on) return; // a new drawing forgets who listened to the last
    graph.watched = graph.on;
    graph.on("plotly_relayout", (change) => {
      if (change && ("xaxis.range[0]" in change || "xaxis.range" in change)) writeView(words(view()));
    });
    graph.on("plotly_afterplot", drawn);
    graph.on("plotly_click", ({ points }) => {
      const custom = points[0] && points[0].data.customdata;
      const one = Array.isArray(custom) ? [].concat(custom[points[0].pointNumber] ?? custom[0])[0] : null;
      if (/^\d{1,2}$/.test(String(one))) setQuery({ spot: asked("spot") === String(one) ? null : String(one) });
    });
    drawn();
  }

  new MutationObserver(() => {
    watch();
    if (!document.querySelector(".months")) playing = false;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
