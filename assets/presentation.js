// The agenda of the presentation: kept in this browser, shared by its address. "Add to presentation" below every panel
// puts the panel on it with the choices of that moment.
(function () {
  "use strict";

  const KEY = "presentation-agenda";
  const { toast, copy, actions } = window.dashboardTools;

  function read() {
    try {
      const kept = JSON.parse(window.localStorage.getItem(KEY) || "[]");
      return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
    } catch (error) {
      return [];
    }
  }

  function write(screens) {
    try {
      window.localStorage.setItem(KEY, JSON.stringify(screens));
    } catch (error) {
      toast("The agenda cannot be kept: storage is switched off in this browser.");
    }
    render();
  }

  const search = (screens) => (screens.length ? "?" + screens.map((one) => "screen=" + encodeURIComponent(one)).join("&") : "");

  // What the address leaves out as usual (the last 12 months, say) is written out: later data must not change a screen.
  function asShown(button) {
    const query = new URLSearchParams(button.dataset.query);
    for (const [key, value] of new URLSearchParams(window.location.search)) query.set(key, value);
    return button.dataset.panel + (query.size ? "?" + query.toString().replaceAll("%2C", ",") : "");
  }

  function add(button) {
    const screens = read();
    const screen = asShown(button);
    if (screens.includes(screen)) return toast("It is on the agenda already, shown as it is now.");
    write([...screens, screen]);
    toast("Added: " + screens.concat(screen).length + " on the agenda. See Present.");
  }

  // ---- Agendas saved by name: kept by the dashboard, for everybody who uses it ----------------------------------

  const say = (words) => {
    const place = document.getElementById("agenda-said");
    if (place) place.textContent = words;
  };

  async function ask(address, options) {
    const answer = await fetch(address, options).catch(() => null);
    if (!answer) throw new Error("The dashboard does not answer. Try again in a moment.");
    if (!answer.ok) throw new Error((await answer.text()).trim());
    return answer.json();
  }

  async function listSaved() {
    const place = document.getElementById("agenda-saved");
    if (!place) return;
    try {
      const saved = await ask("/present/agendas.json");
      place.replaceChildren(...saved.map(savedRow));
    } catch (error) {
      say(error.message);
    }
  }

  function savedRow(agenda) {
    const line = document.createElement("li");
    const open = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: agenda.name });
    open.title = "Open: " + agenda.screens.length + " screens";
    open.addEventListener("click", () => {
      write(agenda.screens);
      document.getElementById("agenda-name").value = agenda.name;
      say("“" + agenda.name + "” is open.");
    });
    const remove = doing("Delete " + agenda.name, "close", false, async () => {
      try {
        await ask("/present/agendas/" + encodeURIComponent(agenda.id) + ".json", { method: "DELETE", headers: { "X-Dashboard": "1" } });
        say("“" + agenda.name + "” is deleted. What is on the agenda above stays.");
      } catch (error) {
        say(error.message);
      }
      listSaved();
    });
    line.append(open, remove);
    return line;
  }

  async function save() {
    const name = document.getElementById("agenda-name").value.trim();
    if (!name) return say("Give the agenda a name first.");
    try {
      const usual = async () => (await ask("/present/agenda.json" + window.location.search)).screens.map((one) => one.panel + (one.query ? "?" + one.query : ""));
      const screens = read().length ? read() : await usual();
      const saved = await ask("/present/agendas.json", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Dashboard": "1" },
        body: JSON.stringify({ name, screens }),
      });
      say("“" + saved.name + "” is saved: " + saved.screens.length + " screens.");
    } catch (error) {
      say(error.message);
    }
    listSaved();
  }

  // ---- The list on the page --------------------------------------------------------------------------------------

  let drawn = null; // what the list shows, to draw again only where it changed

  async function render() {
    const place = document.getElementById("agenda");
    if (!place) return (drawn = null);
    const own = read();
    const address = search(own) || window.location.search;
    document.getElementById("agenda-start").href = "/present" + address;
    const sub = document.querySelector(".agenda-sub");
    sub.textContent = own.length
      ? "Your own, kept in this browser; each screen keeps its choices."
      : "The usual one, with the choices above. Add panels to make your own.";
    document.querySelector("[data-action=agenda-reset]").disabled = !own.length;
    if (drawn === address && place.firstChild) return;
    drawn = address;
    let said;
    try {
      const answer = await fetch("/present/agenda.json" + address);
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      said = await answer.json();
    } catch (error) {
      place.textContent = "The agenda could not be read. Try again in a moment.";
      drawn = null;
      return;
    }
    if (drawn !== address) return;
    const list = document.createElement("ol");
    said.screens.forEach((screen, index) => list.append(row(screen, index, said.screens.length, own.length > 0)));
    const notes = said.said.map((line) => Object.assign(document.createElement("p"), { className: "caveat", textContent: line }));
    place.replaceChildren(list, ...notes);
    said.screens.forEach(async (screen, index) => {
      const query = "panel=" + encodeURIComponent(screen.panel) + (screen.query ? "&" + screen.query : "");
      const answer = await fetch("/present/screen.json?" + query).catch(() => null);
      if (!answer || !answer.ok || !list.children[index]) return;
      const made = await answer.json();
      list.children[index].querySelector(".finding").textContent = made.finding;
      list.children[index].querySelector(".drawn").textContent = made.kicker;
    });
  }

  function row(screen, index, count, own) {
    const line = document.createElement("li");
    const words = document.createElement("div");
    const finding = Object.assign(document.createElement("span"), { className: "finding", textContent: screen.title });
    words.append(finding, Object.assign(document.createElement("span"), { className: "drawn" }));
    line.append(words);
    if (own) {
      line.append(
        doing("Earlier", "up", index === 0, () => move(index, index - 1)),
        doing("Later", "down", index === count - 1, () => move(index, index + 1)),
        doing("Remove", "close", false, () => write(read().filter((_, at) => at !== index)))
      );
    }
    return line;
  }

  function doing(words, icon, off, does) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn icon-only", disabled: off, title: words });
    button.setAttribute("aria-label", words);
    button.append(Object.assign(document.createElement("span"), { className: "icon icon-" + icon }));
    button.addEventListener("click", does);
    return button;
  }

  function move(from, to) {
    const screens = read();
    screens.splice(to, 0, ...screens.splice(from, 1));
    write(screens);
  }

  Object.assign(actions, {
    present: add,
    "agenda-link": () => copy(window.location.origin + "/present" + (search(read()) || window.location.search), "Link copied: it opens these screens"),
    "agenda-reset": () => write([]),
    "agenda-save": save,
  });

  window.addEventListener("storage", (event) => event.key === KEY && render());
  let met = null; // the list the page was opened with
  new MutationObserver(() => {
    const place = document.getElementById("agenda");
    if (place === met) return;
    met = place;
    drawn = null;
    render();
    listSaved();
  }).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("dashboard:address", render);
})();
