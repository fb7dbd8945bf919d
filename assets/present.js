// Present: one finding a screen, by keyboard. The agenda comes from the address; nothing here works out a figure.
(function () {
  "use strict";

  const AXIS = 13.5; // the smallest type of a chart on a page, in pixels …
  const SMALLEST = 26; // … and on the projector
  const ZOOM = SMALLEST / AXIS;
  const TIGHTEST = 0.62; // of its height on a page: a chart with less room gives way to its table
  const STAGE = [1920, 1080];
  const by = (id) => document.getElementById(id);
  const make = (tag, classes, text) => {
    const made = document.createElement(tag);
    if (classes) made.className = classes;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const MARKS = { up: "up", down: "down", flat: "flat" };

  let agenda = [];
  let at = 0;
  let asTable = false;
  const kept = new Map();

  // ---- The stage: scaled as a whole where there is room for it, a page that reads down where there is not ----------

  const fixed = () => window.innerWidth >= 900 && window.innerWidth > window.innerHeight;

  function fit() {
    const whole = fixed();
    document.body.classList.toggle("fixed", whole);
    const stage = by("stage");
    if (!whole) return stage.removeAttribute("style");
    const scale = Math.min(window.innerWidth / STAGE[0], window.innerHeight / STAGE[1]);
    const left = (window.innerWidth - STAGE[0] * scale) / 2;
    const top = (window.innerHeight - STAGE[1] * scale) / 2;
    stage.style.transform = "translate(" + left + "px," + top + "px) scale(" + scale + ")";
  }

  // ---- One screen ------------------------------------------------------------------------------------------------

  async function ask(index) {
    const { panel, query } = agenda[index];
    const narrow = window.innerWidth < 760;
    const key = index + (narrow ? "n" : "");
    if (!kept.has(key)) {
      const address = "/present/screen.json?panel=" + encodeURIComponent(panel) + (query ? "&" + query : "") + (narrow ? "&narrow=1" : "");
      const asked = fetch(address).then((answer) => {
        if (!answer.ok) throw new Error("HTTP " + answer.status);
        return answer.json();
      });
      asked.catch(() => kept.delete(key));
      kept.set(key, asked);
    }
    return kept.get(key);
  }

  function number(kind, text) {
    const line = make("p", "n " + (kind === "up" || kind === "down" ? kind : ""));
    if (MARKS[kind]) line.append(make("span", "icon icon-" + MARKS[kind] + " icon-mark"));
    line.append(text);
    return line;
  }

  function tooTall(said) {
    const chart = document.querySelector(".chart");
    return fixed() && chart && !said.is_map && said.table && chart.clientHeight / ZOOM < TIGHTEST * said.height;
  }

  function parts(said, wanted) {
    const tabled = (wanted || said.opens_as_table) && said.table && !said.message;
    const head = make("header");
    const kicker = tabled ? said.kicker_of_table : said.kicker;
    if (kicker) head.append(make("p", "kicker", kicker));
    head.append(make("h1", "", said.finding));
    const body = make("div", "body");
    if (said.message) body.append(make("p", "message", said.message));
    else if (tabled) {
      const box = make("div", "tabled");
      box.innerHTML = said.table;
      body.append(box);
    } else if (said.cards.length) {
      const cards = make("div", "cards");
      for (const card of said.cards) {
        const one = make("div");
        one.append(make("p", "label " + card.kind, card.label), number(card.kind, card.number), make("p", "w", card.words), make("p", "q", card.note));
        cards.append(one);
      }
      body.append(cards);
      if (said.cards_left) body.append(make("p", "said", "The first " + said.cards.length + " of " + (said.cards.length + said.cards_left) + " are shown; T shows the table"));
    } else {
      if (said.figures.length) {
        body.classList.add("with-figures");
        const figures = make("div", "figures" + (said.figures.length > 2 ? " many" : ""));
        for (const figure of said.figures) {
          const one = make("div");
          one.append(number(figure.kind, figure.number), make("p", "w", figure.words), make("p", "q", figure.note));
          figures.append(one);
        }
        body.append(figures);
      }
      if (said.figure) {
        const chart = make("figure", "chart");
        chart.setAttribute("role", "img");
        chart.setAttribute("aria-label", said.alt);
        chart.append(make("div"));
        body.append(chart);
      }
    }
    const source = make("footer", "source");
    for (const note of said.notes) source.append(make("p", "", note));
    return [head, body, source];
  }

  // One line below a table that goes on below the screen, or stands where a chart had too little room.
  function sayOfTable(said, gaveWay) {
    const table = document.querySelector(".tabled");
    if (!table || !fixed()) return;
    const line = make("p", "said", "Drawn, it would be too small to read here: its figures");
    const body = table.parentElement;
    body.append(line);
    endAtARow(table);
    if (longTable()) line.textContent = "Too many rows for one screen: the first are shown, ↓ reads on";
    else if (!gaveWay) line.textContent = "";
    if (said.columns_left) line.textContent += (line.textContent ? ". " : "") + "The page and its CSV have more columns";
    if (!line.textContent) line.remove();
  }

  // No row is cut in half: the table ends below the last that fits.
  function endAtARow(box) {
    const room = box.clientHeight;
    if (box.scrollHeight <= room + 2) return;
    const bottoms = [...box.querySelectorAll("tr")].map((row) => row.offsetTop + row.offsetHeight);
    const whole = Math.max(0, ...bottoms.filter((bottom) => bottom <= room));
    if (whole > room / 2) box.style.height = whole + "px";
  }

  function longTable() {
    const table = fixed() && document.querySelector(".tabled");
    return table && table.scrollHeight > table.clientHeight + 2 ? table : null;
  }

  function draw(said) {
    const chart = document.querySelector(".chart");
    if (!chart) return Promise.resolve();
    const inside = chart.firstChild;
    const whole = fixed();
    const zoom = whole ? ZOOM : 1;
    const width = Math.floor(chart.clientWidth / zoom);
    const room = whole ? Math.floor(chart.clientHeight / zoom) : said.height;
    const height = whole && !said.is_map ? Math.min(room, Math.max(180, Math.round(said.height * 1.3))) : room;
    inside.style.width = width + "px";
    inside.style.height = height + "px";
    inside.style.transform = "scale(" + zoom + ")";
    const layout = { ...said.figure.layout, width, height, autosize: false };
    return window.Plotly.newPlot(inside, said.figure.data, layout, { staticPlot: true, displayModeBar: false, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", topojsonURL: "/never-fetched/" });
  }

  async function show(index, remember) {
    at = Math.max(0, Math.min(agenda.length - 1, index));
    const place = at;
    const screen = by("screen");
    document.querySelector(".pager").textContent = at + 1 + " of " + agenda.length;
    if (remember) window.history.replaceState(null, "", address(at));
    let said;
    try {
      said = await ask(at);
    } catch (error) {
      if (place !== at) return;
      screen.replaceChildren(make("h1", "", agenda[at].title), make("p", "problem", "This screen could not be worked out. The others are not affected; R tries again."));
      return;
    }
    if (place !== at) return; // somebody went on meanwhile
    await document.fonts.ready;
    const table = document.querySelector('[data-go="table"]');
    table.hidden = !said.table || said.opens_as_table;
    table.setAttribute("aria-pressed", String(asTable));
    document.title = at + 1 + ". " + said.finding;
    screen.className = said.is_map && said.figure && !asTable ? "screen with-map" : "screen";
    screen.replaceChildren(...parts(said, asTable));
    const gaveWay = tooTall(said);
    if (gaveWay) screen.replaceChildren(...parts(said, true));
    sayOfTable(said, gaveWay);
    await draw(said);
    screen.dataset.shown = String(at + 1);
    if (at + 1 < agenda.length) ask(at + 1).catch(() => {});
  }

  function address(index) {
    const values = new URLSearchParams(window.location.search);
    if (index) values.set("n", String(index + 1));
    else values.delete("n");
    const search = values.toString();
    return window.location.pathname + (search ? "?" + search : "");
  }

  function go(index) {
    if (index === at || index < 0 || index >= agenda.length) return;
    asTable = false;
    show(index, true);
  }

  // ---- The list of screens ---------------------------------------------------------------------------------------

  async function openList() {
    const list = by("list");
    const rows = list.querySelector("ol");
    rows.replaceChildren(
      ...agenda.map((one, index) => {
        const row = make("li");
        const button = make("button");
        button.type = "button";
        button.append(make("b", "", String(index + 1)), make("span", "", one.title));
        if (index === at) button.setAttribute("aria-current", "true");
        button.addEventListener("click", () => {
          list.close();
          go(index);
        });
        row.append(button);
        return row;
      })
    );
    list.showModal();
    (rows.querySelector("[aria-current]") || rows.querySelector("button")).focus();
    for (let index = 0; index < agenda.length && list.open; index++) {
      const said = await ask(index).catch(() => null);
      if (said) rows.children[index].querySelector("span").textContent = said.finding;
    }
  }

  // ---- Keys ------------------------------------------------------------------------------------------------------

  function black(on) {
    by("black").hidden = !on;
    if (on) by("black").querySelector("button").focus();
    else by("screen").focus({ preventScroll: true });
  }

  async function leave() {
    const said = agenda.length ? await ask(at).catch(() => null) : null;
    window.location.assign(said ? said.page + (said.query ? "?" + said.query : "") : "/");
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(() => {});
  }

  const doings = {
    back: () => go(at - 1),
    on: () => go(at + 1),
    list: openList,
    table() {
      if (document.querySelector('[data-go="table"]').hidden) return;
      asTable = !asTable;
      show(at, false);
    },
    black: () => black(true),
    leave,
  };

  const KEYS = {
    ArrowRight: doings.on, ArrowDown: doings.on, PageDown: doings.on, " ": doings.on, n: doings.on,
    ArrowLeft: doings.back, ArrowUp: doings.back, PageUp: doings.back, Backspace: doings.back, p: doings.back,
    Home: () => go(0), End: () => go(agenda.length - 1),
    j: doings.list, t: doings.table, b: doings.black, ".": doings.black, f: fullScreen, r: () => show(at, false), Escape: doings.leave,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!by("black").hidden) {
      event.preventDefault();
      return black(false);
    }
    if (by("list").open) {
      const rows = [...by("list").querySelectorAll("li button")];
      const here = rows.indexOf(document.activeElement);
      const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
      if (next !== undefined) {
        event.preventDefault();
        rows[(next + rows.length) % rows.length].focus();
      } else if (event.key === "j") by("list").close();
      return;
    }
    const table = longTable();
    if (table && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      return table.scrollBy(0, (event.key === "ArrowDown" ? 0.6 : -0.6) * table.clientHeight);
    }
    if (event.key === " " && event.target.closest("button")) return;
    const does = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("#black")) return black(false);
    const button = event.target.closest("[data-go]");
    if (button) doings[button.dataset.go]();
  });

  let waiting = 0;
  window.addEventListener("resize", () => {
    fit();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => agenda.length && show(at, false), 150);
  });

  async function start() {
    fit();
    const answer = await fetch("/present/agenda.json" + window.location.search);
    if (!answer.ok) throw new Error("HTTP " + answer.status);
    const said = await answer.json();
    agenda = said.screens;
    const screen = by("screen");
    if (!agenda.length) {
      screen.replaceChildren(make("h1", "", "No screen to show"), ...said.said.map((line) => make("p", "message", line)));
      return;
    }
    const asked = Number(new URLSearchParams(window.location.search).get("n"));
    await show(Number.isInteger(asked) && asked > 0 ? asked - 1 : 0, false);
    screen.focus({ preventScroll: true });
  }

  start().catch((error) => {
    console.warn(error);
    by("screen").replaceChildren(make("h1", "", "The presentation could not be opened"), make("p", "problem", "The dashboard does not answer. Try again in a moment."));
  });
})();
