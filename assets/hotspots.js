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
    if (button.dataset.action === "draw") drawing ? stopDrawing() : startDrawing(button);
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

  // ---- Drawing an area: corners are clicked on a sheet over the map; what is drawn goes to the address in metres ----

  const CORNERS = 40;
  const NEAR = 12; // pixels within which a click on the first corner closes the area
  let drawing = null;

  const svg = (name, parts) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(parts)) made.setAttribute(key, value);
    return made;
  };

  function startDrawing(button) {
    const graph = plot();
    if (!graph || !meta()) return;
    const sheet = svg("svg", { class: "sheet", tabindex: "0", role: "application" });
    sheet.setAttribute("aria-label", "Draw an area: click its corners. Enter closes it, Escape leaves.");
    const shape = svg("polyline", { class: "drawn" });
    const hint = Object.assign(document.createElement("p"), { className: "draw-hint" });
    hint.setAttribute("role", "status");
    sheet.append(shape);
    graph.closest(".chart").append(sheet, hint);
    button.setAttribute("aria-pressed", "true");
    drawing = { graph, sheet, shape, hint, button, corners: [], from: String(meta().corner) };
    lay();
    say("Click the corners of the area, then the first one again. Esc leaves.");
    sheet.addEventListener("pointermove", (event) => outline(place(event)));
    sheet.addEventListener("click", (event) => corner(place(event)));
    sheet.addEventListener("keydown", drawingKey);
    sheet.focus({ preventScroll: true });
  }

  function stopDrawing() {
    if (!drawing) return;
    const { sheet, hint, button } = drawing;
    drawing = null;
    sheet.remove();
    hint.remove();
    button.setAttribute("aria-pressed", "false");
  }

  const say = (text) => (drawing.hint.textContent = text);

  function place(event) {
    const box = drawing.sheet.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  // Corners are kept in metres, so the sheet follows the map when it is moved or resized.
  const pixels = ([x, y]) => [drawing.graph._fullLayout.xaxis.d2p(x), drawing.graph._fullLayout.yaxis.d2p(y)];
  const metres = ([x, y]) => [drawing.graph._fullLayout.xaxis.p2d(x), drawing.graph._fullLayout.yaxis.p2d(y)];

  function lay() {
    const { sheet, graph } = drawing;
    const { l, t, w, h } = graph._fullLayout._size;
    sheet.setAttribute("width", w);
    sheet.setAttribute("height", h);
    Object.assign(sheet.style, { left: l + "px", top: t + "px" });
    outline();
  }

  function outline(at) {
    const { sheet, shape, corners } = drawing;
    const points = [...corners.map(pixels), ...(at ? [at] : [])];
    shape.setAttribute("points", points.map((point) => point.map(Math.round).join(",")).join(" "));
    sheet.querySelector(".first")?.remove();
    if (corners.length) {
      const [cx, cy] = points[0];
      sheet.append(svg("circle", { cx, cy, r: NEAR / 2, class: "first" }));
    }
  }

  function corner(at) {
    const { corners } = drawing;
    const far = (other) => Math.hypot(at[0] - other[0], at[1] - other[1]);
    if (corners.length > 2 && far(pixels(corners[0])) <= NEAR) return finishDrawing();
    if (corners.length && far(pixels(corners[corners.length - 1])) < 3) return; // the second of a double click
    corners.push(metres(at));
    outline();
    if (corners.length === CORNERS) return finishDrawing();
    const next = "Click the next corner. Backspace takes the last back, Esc leaves.";
    say(corners.length < 3 ? next : "Click the first corner again, or press Enter, to close the area.");
  }

  function drawingKey(event) {
    const { corners } = drawing;
    if (!["Escape", "Enter", "Backspace"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      const { button } = drawing;
      stopDrawing();
      button.focus();
    } else if (event.key === "Backspace") {
      corners.pop();
      outline();
    } else if (corners.length > 2) finishDrawing();
    else say("An area needs at least three corners.");
  }

  function finishDrawing() {
    const [east, north] = meta().corner;
    const { button, corners } = drawing;
    const area = corners.flatMap(([x, y]) => [x + east, y + north]);
    stopDrawing();
    button.focus();
    setQuery({ area: area.map((metre) => Math.max(0, 10 * Math.round(metre / 10))).join(",") });
    const below = document.querySelector('.panel[data-panel="area_profile"]');
    if (below) below.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
  }

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

  // Names are placed for a usual window; in a smaller one those that would meet a number or a larger ward's name go.
  function thinNames() {
    const graph = plot();
    const named = (graph.layout.annotations || [])
      .map(({ name }, i) => ({ name, part: graph.querySelector(`.annotation[data-index="${i}"]`) }))
      .filter(({ name, part }) => part && /^(ward |number$)/.test(name || ""));
    for (const { part } of named) part.style.visibility = "";
    const boxes = named.map((one) => ({ ...one, box: one.part.getBoundingClientRect() }));
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const kept = boxes.filter(({ name }) => name === "number").map(({ box }) => box);
    for (const { name, part, box } of boxes) {
      if (name === "number") continue;
      if (kept.some((other) => meet(box, other))) part.style.visibility = "hidden";
      else kept.push(box);
    }
  }

  function drawn() {
    thinNames();
    showMonths();
    if (drawing && String(meta()?.corner) === drawing.from) lay();
    else stopDrawing(); // another map: its metres begin elsewhere
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
      if (drawing) lay();
      if (change && ("xaxis.range[0]" in change || "xaxis.range" in change)) writeView(words(view()));
    });
    graph.on("plotly_afterplot", drawn);
    graph.on("plotly_click", ({ points }) => {
      const custom = points[0] && points[0].data.customdata;
      const one = Array.isArray(custom) ? [].concat(custom[points[0].pointNumber] ?? custom[0])[0] : null;
      const choose = (key) => setQuery({ [key]: asked(key) === String(one) ? null : String(one) });
      if (/^\d{1,2}$/.test(String(one))) choose("spot");
      if (/^[EWNS]0[15]\d{6}$/.test(String(one))) choose("area"); // a ward or LSOA of the layer of areas
    });
    drawn();
  }

  new MutationObserver(() => {
    watch();
    if (!document.querySelector(".months")) playing = false;
    if (drawing && !drawing.sheet.isConnected) drawing = null;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
