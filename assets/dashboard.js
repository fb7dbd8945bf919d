// The browser's side of the shell. The address is the one truth for the filters: whatever is chosen is written there by
// setQuery, the only writer, and everything else follows from it. Nothing here works out a figure.
(function () {
  "use strict";

  const SCHEME_KEY = "mantine-color-scheme-value"; // where Mantine looks for it, too
  const narrow = window.matchMedia("(max-width: 760px)");
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const root = document.documentElement;

  // ---- The address --------------------------------------------------------------------------------------------

  // instead: the step before is not kept for Back, as with each notch of a slider.
  function setQuery(changes, instead) {
    const values = new URLSearchParams(window.location.search);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === "") values.delete(key);
      else values.set(key, value);
    }
    const pairs = [...values].map(([k, v]) => encodeURIComponent(k) + "=" + encodeURIComponent(v).replace(/%2C/g, ","));
    const search = pairs.length ? "?" + pairs.join("&") : "";
    if (search === window.location.search) return;
    if (!instead) return setProps("url", { search });
    window.history.replaceState(window.history.state, "", window.location.pathname + search);
    setProps("url", { search, href: window.location.href });
  }

  let walked = false; // the page was changed by a link: its heading takes the focus

  function goTo(href) {
    const target = new URL(href, window.location.href);
    walked = target.pathname !== window.location.pathname;
    setProps("url", { pathname: target.pathname, search: target.search, hash: "" });
  }

  function isOurPage(link) {
    if (link.origin !== window.location.origin || link.hasAttribute("download") || link.target) return false;
    return link.hasAttribute("data-page");
  }

  // ---- Toasts: said once at the foot of the screen, and to screen readers ----------------------------------------

  function toast(text) {
    const box = document.getElementById("toasts");
    if (!box) return;
    const note = document.createElement("div");
    note.className = "toast";
    note.innerHTML = '<span class="icon icon-check" aria-hidden="true"></span>';
    note.append(Object.assign(document.createElement("span"), { textContent: text }));
    box.replaceChildren(note);
    window.setTimeout(() => note.remove(), 6000);
  }

  async function copy(text, said) {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
    } else {
      const field = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    toast(said);
  }

  // ---- Sheets: the menu and the filters on a phone are modal; what is behind them is inert ------------------------

  let sheet = null;

  function openSheet(element, opener) {
    const inert = [];
    for (let node = element; node && node !== document.body; node = node.parentElement) {
      for (const sibling of node.parentElement.children) {
        if (sibling !== node && !sibling.inert && !sibling.classList.contains("backdrop") && sibling.id !== "toasts") {
          sibling.inert = true;
          inert.push(sibling);
        }
      }
    }
    element.setAttribute("data-open", "sheet");
    element.setAttribute("aria-modal", "true");
    sheet = { element, opener, inert, role: element.getAttribute("role") };
    if (element.id === "filters") element.setAttribute("role", "dialog");
    const first = element.querySelector("button:not(:disabled), a[href]");
    if (first) first.focus();
  }

  function closeSheet() {
    if (!sheet) return;
    const { element, opener, inert, role } = sheet;
    sheet = null;
    closeMenu(false);
    for (const node of inert) node.inert = false;
    element.removeAttribute("data-open");
    element.removeAttribute("aria-modal");
    if (element.id === "filters") element.setAttribute("role", role);
    if (opener) opener.focus();
  }

  // ---- The filter bar -------------------------------------------------------------------------------------------

  const openChoice = () => document.querySelector(".choice[data-open]");

  function openMenu(choice) {
    closeMenu(false);
    choice.setAttribute("data-open", "");
    choice.querySelector(".f").setAttribute("aria-expanded", "true");
    const menu = choice.querySelector(".menu");
    const first = narrow.matches
      ? menu.querySelector(".back")
      : menu.querySelector('.opt[aria-pressed="true"], .opt input:checked') || stops(menu)[0];
    if (first) first.focus();
  }

  function closeMenu(giveBackFocus) {
    const choice = openChoice();
    if (!choice) return;
    choice.removeAttribute("data-open");
    const button = choice.querySelector(".f");
    button.setAttribute("aria-expanded", "false");
    if (giveBackFocus) button.focus();
    dropDraft(choice);
  }

  // What was ticked or picked but not applied goes back to what the address says: the state it was delivered in.
  function dropDraft(choice) {
    for (const box of choice.querySelectorAll("input[type=checkbox]")) box.checked = box.defaultChecked;
    for (const option of choice.querySelectorAll("select option")) option.selected = option.defaultSelected;
    const search = choice.querySelector("input[type=search]");
    if (search && search.value) {
      search.value = "";
      showMatches(choice, "");
    }
    showChosen(choice);
  }

  // How many of a list are ticked; nothing ticked cannot be applied.
  function showChosen(choice) {
    const boxes = [...choice.querySelectorAll(".opt input[type=checkbox]")];
    if (!boxes.length) return;
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    choice.querySelector(".count").textContent = chosen.length + " of " + boxes.length + " chosen";
    choice.querySelector("[data-action=apply]").disabled = chosen.length === 0;
    const quick = [...choice.querySelectorAll(".seg button")];
    const wanted = (button) => JSON.parse(button.dataset.values);
    const same = (values) => values.length === chosen.length && values.every((value) => chosen.includes(value));
    const named = quick.find((button) => wanted(button).length && same(wanted(button)));
    for (const button of quick) {
      button.setAttribute("aria-pressed", String(named ? button === named : wanted(button).length === 0));
    }
  }

  function tick(choice, values) {
    for (const box of choice.querySelectorAll(".opt input[type=checkbox]")) box.checked = values.includes(box.value);
    showChosen(choice);
  }

  function stops(menu) {
    const all = menu.querySelectorAll("button.opt:not(:disabled), .opt input, select, input[type=search]");
    return [...all].filter((element) => element.offsetParent !== null);
  }

  function showMatches(choice, text) {
    const wanted = text.trim().toLowerCase();
    for (const option of choice.querySelectorAll(".opt[data-name]")) {
      option.hidden = wanted !== "" && !option.dataset.name.toLowerCase().includes(wanted);
    }
  }

  function applyChoice(choice) {
    const range = choice.querySelectorAll("select");
    const boxes = [...choice.querySelectorAll(".opt input[type=checkbox]")];
    if (boxes.length) {
      const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
      if (!chosen.length) return;
      setQuery({ [choice.dataset.key]: chosen.length === boxes.length ? null : chosen.join(",") });
    } else if (range.length === 2) {
      const [first, last] = [range[0].value, range[1].value].sort();
      setQuery({ [choice.dataset.from]: first, [choice.dataset.to]: last });
    }
    closeMenu(true);
  }

  // ---- Panels ---------------------------------------------------------------------------------------------------

  const view = () => ({
    scheme: root.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light",
    width: narrow.matches ? "narrow" : "wide",
  });

  function setScheme(scheme) {
    try {
      window.localStorage.setItem(SCHEME_KEY, scheme);
    } catch (error) {
      console.info("The colour scheme cannot be remembered: storage is switched off.");
    }
    root.setAttribute("data-mantine-color-scheme", scheme);
    setProps("mantine", { forceColorScheme: scheme });
    setProps("view", { data: { ...view(), scheme } });
    showScheme();
  }

  function showScheme() {
    const dark = view().scheme === "dark";
    for (const button of document.querySelectorAll(".scheme")) button.setAttribute("aria-pressed", String(dark));
  }

  // What the address says of the choices on this page; a value that no choice offers counts as the usual one, as the
  // server takes it.
  function chosen() {
    const offered = new Map();
    const offer = (key, value) => offered.set(key, (offered.get(key) || new Set()).add(value || ""));
    for (const button of document.querySelectorAll("[data-switch] button[data-set]")) {
      for (const [key, value] of Object.entries(JSON.parse(button.dataset.set))) offer(key, value);
    }
    const values = new URLSearchParams(window.location.search);
    for (const [key, known] of offered) if (!known.has(values.get(key) || "")) values.delete(key);
    return values;
  }

  function showSwitches() {
    const values = chosen();
    for (const button of document.querySelectorAll("[data-switch] button[data-set]")) {
      const pairs = Object.entries(JSON.parse(button.dataset.set));
      const on = pairs.every(([key, value]) => (values.get(key) || null) === value);
      button.setAttribute("aria-pressed", String(on));
    }
    for (const field of document.querySelectorAll("select[data-query]")) {
      const value = values.get(field.dataset.query) || "";
      if (field.dataset.other) showOther(field, value);
      field.value = value;
      if (field.selectedIndex < 0) field.value = ""; // not offered: the usual one is shown
    }
    for (const field of document.querySelectorAll("input[data-holds]")) {
      const value = values.get(field.dataset.query) || "";
      field.value = value.includes(field.dataset.holds) ? value : "";
    }
    for (const field of document.querySelectorAll("input[type=range][data-query]")) {
      const asked = values.get(field.dataset.query);
      field.value = asked;
      if (field.value !== asked) field.value = field.dataset.usual; // none asked for, or out of range
      showSlide(field);
    }
    for (const part of document.querySelectorAll("[data-when]")) {
      const when = Object.entries(JSON.parse(part.dataset.when));
      part.hidden = !when.every(([key, wanted]) => wanted.includes(values.get(key) || ""));
    }
    for (const fold of document.querySelectorAll("details.more")) {
      fold.hidden = [...fold.querySelectorAll(".folded > *")].every((part) => part.hidden);
      const changed = [...fold.querySelectorAll("select")].some((field) => field.value && !field.parentElement.hidden);
      fold.querySelector("summary").classList.toggle("set", changed);
    }
  }

  // A value of the address that stands in no list has an option of its own while it lasts.
  function showOther(field, value) {
    const own = field.querySelector("option[data-own]");
    if (own && own.value !== value) own.remove();
    if (value && ![...field.options].some((option) => option.value === value)) {
      const option = Object.assign(document.createElement("option"), { value, textContent: field.dataset.other });
      option.dataset.own = "";
      field.append(option);
    }
  }

  function showSlide(field) {
    const words = field.value + " " + field.dataset.unit;
    field.setAttribute("aria-valuetext", words);
    field.closest(".slide").querySelector("output").textContent = words;
  }

  function closeFolds(except) {
    for (const fold of document.querySelectorAll("details.more[open]")) if (fold !== except) fold.open = false;
  }

  // A picture of a panel: its finding, what is drawn, the figure in light colours, caveats and source, as one PNG.
  let font = null;

  async function embeddedFont() {
    if (!font) {
      const address = document.querySelector('link[data-role="font"]').href;
      const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      font = "@font-face{font-family:'Source Sans 3';font-weight:200 900;src:url(data:font/woff2;base64," + btoa(text) + ")}";
    }
    return font;
  }

  function wrapped(context, text, width) {
    const lines = [];
    let line = "";
    for (const word of text.split(" ")) {
      const longer = line ? line + " " + word : word;
      if (line && context.measureText(longer).width > width) {
        lines.push(line);
        line = word;
      } else {
        line = longer;
      }
    }
    return line ? [...lines, line] : lines;
  }

  async function drawnFigure(drawing, width) {
    const { data, layout } = drawing.figure;
    const height = drawing.height;
    const sized = { ...layout, width, height, autosize: false };
    const address = await window.Plotly.toImage({ data, layout: sized }, { format: "svg", width, height });
    const svg = decodeURIComponent(address.slice(address.indexOf(",") + 1));
    const styled = svg.replace(/>/, "><style>" + (await embeddedFont()) + "</style>");
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(styled);
    await image.decode();
    await new Promise((done) => window.setTimeout(done, 60)); // the embedded font is read after the picture is decoded
    return image;
  }

  async function picture(panelId, button) {
    const answer = await fetch("/figure/" + encodeURIComponent(panelId) + ".json" + window.location.search);
    if (!answer.ok) throw new Error("no picture: " + answer.status);
    const drawing = await answer.json();
    const chart = button.closest(".panel").querySelector(".chart");
    const width = Math.max(680, Math.round(chart.clientWidth) || 0);
    const image = await drawnFigure(drawing, width);
    const margin = 28;
    const scale = 2;
    const family = "'Source Sans 3', system-ui, Arial, sans-serif";
    const styles = {
      finding: { font: "650 24px " + family, line: 30, colour: drawing.ink.text },
      sub: { font: "400 16px " + family, line: 22, colour: drawing.ink.quiet },
      note: { font: "400 14px " + family, line: 20, colour: drawing.ink.quiet },
    };
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const block = (text, style) => {
      context.font = styles[style].font;
      return wrapped(context, text, width).map((line) => ({ line, style }));
    };
    const above = [...block(drawing.finding, "finding"), ...block(drawing.subtitle, "sub")];
    const below = drawing.notes.flatMap((note) => block(note, "note"));
    const depth = (lines) => lines.reduce((sum, { style }) => sum + styles[style].line, 0);
    canvas.width = (width + 2 * margin) * scale;
    canvas.height = (depth(above) + drawing.height + depth(below) + 2 * margin + 32) * scale;
    context.scale(scale, scale);
    context.fillStyle = drawing.ink.surface;
    context.fillRect(0, 0, canvas.width, canvas.height);
    let y = margin;
    const write = (lines) => {
      for (const { line, style } of lines) {
        context.font = styles[style].font;
        context.fillStyle = styles[style].colour;
        context.textBaseline = "middle";
        context.fillText(line, margin, y + styles[style].line / 2);
        y += styles[style].line;
      }
    };
    write(above);
    y += 14;
    context.drawImage(image, margin, y, width, drawing.height);
    y += drawing.height + 18;
    write(below);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: drawing.file });
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    toast("Picture saved: " + drawing.file);
  }

  // ---- Actions: one listener for every button that says what it does ----------------------------------------------

  const slotPart = (type, button) => {
    const { panel, kind } = button.closest(".panel").dataset;
    return { type, kind, panel };
  };

  const actions = {
    table(button) {
      const on = button.getAttribute("aria-pressed") !== "true";
      setProps(slotPart("panel-table", button), { data: on });
    },
    picture(button) {
      button.setAttribute("aria-busy", "true");
      picture(button.dataset.panel, button)
        .catch((error) => {
          console.warn(error);
          toast("The picture could not be made. The table and the CSV hold the same figures.");
        })
        .finally(() => button.removeAttribute("aria-busy"));
    },
    retry: (button) => setProps(slotPart("panel-retry", button), { data: Date.now() }),
    copy: (button) => copy(button.dataset.text, "Details copied"),
    link: () => copy(window.location.href, "Link copied: it holds the choices made here"),
    scheme: () => setScheme(view().scheme === "dark" ? "light" : "dark"),
    reset() {
      closeMenu(false);
      if (window.location.search) setProps("url", { search: "" });
    },
    clear: (button) => tick(button.closest(".choice"), []),
    fill(button) {
      const values = JSON.parse(button.dataset.values);
      tick(button.closest(".choice"), values);
      if (!values.length) button.closest(".menu").querySelector(".opt input").focus();
    },
    apply: (button) => applyChoice(button.closest(".choice")),
    "close-menu": () => closeMenu(true),
    "open-filters": (button) => openSheet(document.getElementById("filters"), button),
    "open-pages": (button) => openSheet(document.getElementById("rail"), button),
    "close-sheet": () => closeSheet(),
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("a[href], button");
    const choice = openChoice();
    if (choice && !choice.contains(event.target)) closeMenu(false);
    closeFolds(event.target.closest("details.more"));
    if (event.target.classList.contains("backdrop")) return closeSheet();
    if (!target) return;
    if (target.tagName === "A") {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button || !isOurPage(target)) return;
      event.preventDefault();
      closeSheet();
      goTo(target.href);
    } else if (target.classList.contains("f")) {
      const own = target.closest(".choice");
      if (own === choice) closeMenu(true);
      else openMenu(own);
    } else if (target.dataset.set) {
      setQuery(JSON.parse(target.dataset.set));
      if (target.closest(".menu")) closeMenu(true);
    } else if (actions[target.dataset.action]) {
      actions[target.dataset.action](target);
    }
  });

  document.addEventListener("keydown", (event) => {
    const choice = openChoice();
    if (event.key === "Escape") {
      const fold = event.target.closest("details.more[open]");
      if (fold) {
        fold.open = false;
        fold.querySelector("summary").focus();
        return;
      }
      if (choice) closeMenu(true);
      else closeSheet();
      return;
    }
    if (!choice || !choice.querySelector(".menu").contains(event.target)) return;
    const typing = event.target.matches("input[type=search]");
    if (event.target.matches("select") || (typing && event.key !== "ArrowDown")) return;
    const places = stops(choice.querySelector(".menu"));
    const at = places.indexOf(event.target);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: places.length - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      if (places.length) places[(next + places.length) % places.length].focus();
    } else if (event.key === "Enter" && event.target.matches("input[type=checkbox]")) {
      event.preventDefault();
      applyChoice(choice);
    }
  });

  document.addEventListener("focusout", (event) => {
    const choice = openChoice();
    if (choice && event.relatedTarget && choice.contains(event.target) && !choice.contains(event.relatedTarget)) closeMenu(false);
  });

  document.addEventListener("change", (event) => {
    const key = event.target.dataset && event.target.dataset.query;
    const { usual } = event.target.dataset;
    if (event.target.matches("input[data-holds]")) {
      return setQuery({ [key]: event.target.value.trim().replace(/[;,\s]+/g, ",") });
    }
    if (key) setQuery({ [key]: event.target.value === usual ? null : event.target.value }, usual !== undefined);
    if (event.target.matches(".opt input[type=checkbox]")) showChosen(event.target.closest(".choice"));
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches("input[type=range][data-query]")) showSlide(event.target);
    const choice = event.target.closest(".choice");
    if (choice && event.target.matches("input[type=search]")) showMatches(choice, event.target.value);
  });

  narrow.addEventListener("change", () => {
    closeSheet();
    setProps("view", { data: view() });
  });

  // ---- On paper: charts are drawn again for the page's width and the height they ask for, so that nothing is cut off ----

  const PAPER = 900; // pixels: z_print.css lays them between the margins of an A4 page
  let drawnOnPaper = [];

  window.addEventListener("beforeprint", () => {
    drawnOnPaper = [...document.querySelectorAll(".js-plotly-plot")].filter((plot) => plot.checkVisibility());
    for (const plot of drawnOnPaper) {
      const height = parseFloat(plot.closest(".dash-graph").style.minHeight);
      window.Plotly.relayout(plot, { autosize: false, width: PAPER, height });
    }
  });
  window.addEventListener("afterprint", () => {
    for (const plot of drawnOnPaper) window.Plotly.relayout(plot, { autosize: true, width: null, height: null });
    drawnOnPaper = [];
  });

  // ---- A new snapshot: looked for every few seconds while the page is looked at -----------------------------------

  let snapshot = null;

  async function lookForNewSnapshot() {
    if (document.hidden || !snapshot) return;
    let found;
    try {
      const answer = await fetch("/snapshot", { cache: "no-store" });
      if (!answer.ok) return;
      found = (await answer.text()).trim();
    } catch (error) {
      return; // the server is stopped or starting again: the figures on screen stay
    }
    if (found && found !== snapshot) {
      setProps("snapshot", { data: found });
      toast("New data has been loaded: the figures now come from it");
    }
  }
  window.setInterval(lookForNewSnapshot, 4000);

  // ---- A reason that several panels share is said once, above them, and their frames become short -----------------

  function sayOnce() {
    const panels = [...document.querySelectorAll("#page-content .slot:not(.maybe) > .panel[data-panel]")];
    const reasons = panels.map((panel) => (panel.texts && panel.texts.reason) || "");
    const shared = reasons.filter((reason, index) => reason && reasons.indexOf(reason) !== index);
    panels.forEach((panel, index) => {
      const once = shared.includes(reasons[index]);
      if (once || panel.hasAttribute("data-said")) panel.querySelector("header").innerHTML = panel.texts.header;
      if (once) panel.querySelector("h2").textContent = panel.texts.title;
      panel.toggleAttribute("data-said", once);
    });
    const place = document.getElementById("said-once");
    const said = [...new Set(shared)].join("");
    if (place.said !== said) place.innerHTML = place.said = said;
  }

  // ---- What Dash calls ------------------------------------------------------------------------------------------

  const same = () => window.dash_clientside.no_update;

  window.dashboardTools = { toast, copy, actions, setQuery }; // for the files beside this one

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.dashboard = {
    setQuery, // for the other scripts: the address has one writer
    start(snapshotId) {
      const first = snapshot === null;
      snapshot = snapshotId;
      window.setTimeout(showScheme, 0);
      return first ? [view(), view().scheme] : [same(), same()];
    },
    // Links to the pages carry the filters; the current one says so.
    links(pathname, search, ids) {
      const paths = ids.map((id) => id.path);
      return [paths.map((path) => path + (search || "")), paths.map((path) => (path === pathname ? "page" : null))];
    },
    arrive(page) {
      if (!page) return;
      window.setTimeout(sayOnce, 0);
      document.title = page.title;
      if (walked) {
        walked = false;
        window.scrollTo(0, 0);
        document.getElementById("page-title").focus({ preventScroll: true });
      }
    },
    switches: () =>
      window.setTimeout(() => {
        showSwitches();
        window.dispatchEvent(new Event("dashboard:address"));
      }, 0),
    // What the filter bar says for this address.
    bar(said) {
      if (!said) return;
      const put = (selector, html) => (document.querySelector(selector).innerHTML = html);
      for (const [name, choice] of Object.entries(said.choices)) {
        const button = document.getElementById("filter-" + name);
        const value = button.querySelector(".val");
        value.textContent = value.title = choice.words;
        button.className = choice.off ? "f off" : choice.changed ? "f set" : "f";
        button.disabled = choice.off;
        put("#filter-" + name + "-menu", choice.menu);
        showChosen(button.closest(".choice"));
      }
      put("#filters-phone .what", said.phone);
      put("#notices", said.notices);
      document.getElementById("filters-show").textContent = said.show;
      document.getElementById("filters-reset").disabled = said.start;
      document.getElementById("print-line").textContent = said.paper;
      document.getElementById("filters-place").className = said.empty ? "is-empty" : "";
    },
    // What a panel says: put in where it changed. Its frame's class comes with it, so words and figure arrive together.
    words(texts, id) {
      const panel = document.querySelector('.panel[data-panel="' + id.panel + '"]');
      if (!panel || !texts) return same();
      if (panel.texts === texts) return texts.classes;
      panel.texts = texts;
      const put = (selector, html) => {
        const place = panel.querySelector(selector);
        if (place) place.innerHTML = html;
      };
      put("header", texts.header);
      put(".view", texts.view);
      put(".caveats", texts.caveats);
      put(".source", texts.source);
      panel.querySelector("[data-action=csv]").href = texts.csv;
      panel.querySelector("[data-action=present]").dataset.query = texts.query || "";
      put(".formats", texts.formats);
      panel.querySelector("[data-action=table]").setAttribute("aria-pressed", String(texts.table));
      const chart = panel.querySelector(".chart");
      if (chart) {
        chart.setAttribute("role", texts.role);
        chart.setAttribute("aria-label", texts.label);
      }
      sayOnce();
      window.setTimeout(showSwitches, 0);
      return texts.classes;
    },
    // A panel's own choices: put in once, so they keep the focus.
    choices(slot, id) {
      const place = document.querySelector('.panel[data-panel="' + id.panel + '"] .choose');
      if (place) place.innerHTML = slot.choose;
      window.setTimeout(showSwitches, 0);
      return same();
    },
    // A click on a ward in a chart or map: looked at by all panels; a second click lets go.
    focus(clicks, page) {
      const none = clicks.map(() => null);
      const click = clicks.find((one) => one && one.points && one.points.length);
      if (!click || !page || !page.focus) return click ? none : clicks.map(same);
      const point = click.points[0];
      const custom = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
      const code = [custom, point.location, point.id].find((value) => typeof value === "string" && page.focus.includes(value));
      if (code) {
        const now = new URLSearchParams(window.location.search).get("focus");
        setQuery({ focus: now === code ? null : code });
      }
      return none;
    },
  };
})();
