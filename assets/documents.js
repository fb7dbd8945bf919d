// The assessment's page: commentary that two people cannot overwrite for each other, findings, and files in the making.
(function () {
  "use strict";

  const { toast, actions } = window.dashboardTools;
  const HEADERS = { "Content-Type": "application/json", "X-Dashboard": "1" };
  const kept = new Map(); // section → { text, version } as the server has it
  let met = null; // the sections the page was opened with
  let asked = null; // the address the findings are from
  let opened = ""; // the address the commentary is of: what is saved belongs to its session, whatever the address is now

  const made = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const section = (key) => document.querySelector('[data-section="' + key + '"]');
  const field = (key) => document.getElementById("commentary-" + key);
  const say = (key, words) => {
    const place = document.getElementById("status-" + key);
    if (place) place.textContent = words;
  };
  const CLOCK = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" };
  const day = (text) => (text ? "on " + new Date(text).toLocaleString("en-GB", CLOCK) : "");

  async function ask(address, options) {
    const answer = await fetch(address, options).catch(() => null);
    if (!answer) throw new Error("The dashboard does not answer. What you wrote is still here; try again.");
    if (!answer.ok) throw new Error((await answer.text()).trim() || "HTTP " + answer.status);
    return answer.json();
  }

  const post = (address, body) => ask(address, { method: "POST", headers: HEADERS, body: JSON.stringify({ query: window.location.search, ...body }) });

  // ---- Commentary ------------------------------------------------------------------------------------------------

  const changed = (key) => field(key) && kept.has(key) && field(key).value !== kept.get(key).text;

  function show(key, held) {
    kept.set(key, held);
    const written = held.text ? "Saved " + day(held.changed) + ", version " + held.version + "." : "Nothing written yet.";
    say(key, changed(key) ? "Not saved yet." : written);
    section(key).querySelector("[data-action=commentary-save]").disabled = !changed(key);
    fit(field(key));
  }

  function fit(area) {
    area.style.height = "auto";
    area.style.height = Math.max(area.scrollHeight + 2, 84) + "px";
  }

  // One save of a text at a time: leaving the field by a click on Save asks twice.
  const underWay = new Map();

  async function save(key) {
    if (underWay.has(key)) {
      await underWay.get(key);
      if (!changed(key) || section(key).querySelector(".conflict").firstChild) return;
    }
    const saving = sent(key);
    underWay.set(key, saving);
    await saving;
    if (underWay.get(key) === saving) underWay.delete(key);
  }

  async function sent(key) {
    const text = field(key).value;
    say(key, "Saving …");
    try {
      const answer = await post("/assessment/commentary/" + key + ".json", { text, version: kept.get(key).version, query: opened });
      if (answer.theirs) return conflict(key, answer);
      if (field(key).value === text) field(key).value = answer.text;
      section(key).querySelector(".conflict").replaceChildren();
      show(key, answer);
      findings(true);
    } catch (error) {
      say(key, error.message);
    }
  }

  // Somebody else saved: both texts stand side by side, and the person decides.
  function conflict(key, answer) {
    say(key, "Not saved: somebody else saved in the meantime. Both texts stand below.");
    const place = section(key).querySelector(".conflict");
    const mine = () => {
      kept.set(key, answer.theirs);
      save(key);
    };
    const theirs = () => {
      field(key).value = answer.theirs.text;
      place.replaceChildren();
      show(key, answer.theirs);
    };
    const both = () => {
      field(key).value = answer.theirs.text + "\n\n" + field(key).value;
      kept.set(key, answer.theirs);
      save(key);
    };
    const button = (words, does) => {
      const one = made("button", { type: "button", className: "btn", textContent: words });
      one.addEventListener("click", does);
      return one;
    };
    place.replaceChildren(
      made("h3", { textContent: "What the other person saved " + day(answer.theirs.changed) }),
      made("p", { className: "theirs", textContent: answer.theirs.text || "(nothing: the text was taken out)" }),
      made("div", { className: "saving" }, button("Keep both", both), button("Keep mine", mine), button("Take theirs", theirs))
    );
  }

  const session = (search) => new URLSearchParams(search).get("session") || "";

  async function open() {
    const search = window.location.search;
    try {
      const answer = await ask("/assessment/commentary.json" + search);
      opened = search;
      Object.entries(answer.sections).forEach(([key, held]) => {
        if (!field(key)) return;
        if (!changed(key)) field(key).value = held.text;
        field(key).disabled = false;
        show(key, held);
      });
      const whose = document.getElementById("assessment-whose");
      whose.textContent = answer.session ? " It is kept with the workshop “" + answer.session_name + "”." : "";
      earlier(answer.earlier);
    } catch (error) {
      document.querySelectorAll("[data-section]").forEach((one) => say(one.dataset.section, error.message));
    }
  }

  function earlier(list) {
    const place = document.getElementById("since-place");
    const chosen = place.firstChild ? place.firstChild.value : "";
    const none = list.length ? "Nothing to compare with" : "Nothing to compare with yet";
    const options = [{ id: "", name: none }, ...list].map((one) => made("option", { value: one.id, textContent: one.name, selected: one.id === chosen }));
    place.replaceChildren(made("select", { id: "assessment-since" }, ...options));
  }

  // ---- Findings --------------------------------------------------------------------------------------------------

  async function findings(again) {
    const search = window.location.search;
    if (!document.getElementById("assessment") || (asked === search && !again)) return;
    asked = search;
    const places = document.querySelectorAll("[data-section] .found");
    places.forEach((place) => place.firstChild || place.append(made("p", { className: "caveat", textContent: "Working out the findings …" })));
    try {
      const answer = await ask("/assessment/findings.json" + search);
      if (asked !== search) return;
      Object.entries(answer.sections).forEach(([key, found]) => section(key) && section(key).querySelector(".found").replaceChildren(...lines(found)));
      const caution = section("summary").querySelector(".found");
      answer.said.forEach((words) => caution.append(made("p", { className: "notice unknown", textContent: words })));
    } catch (error) {
      asked = null;
      places.forEach((place) => place.replaceChildren());
      if (section("summary")) section("summary").querySelector(".found").replaceChildren(made("p", { className: "caveat", textContent: error.message }));
    }
  }

  function lines(found) {
    const out = found.said.map((words) => made("p", { className: "caveat", textContent: words }));
    if (found.absent) out.push(made("p", { className: "notice unknown", textContent: found.absent + " " + found.to_do }));
    const items = found.findings.map((one) => {
      const link = made("a", { href: one.path + window.location.search, textContent: one.finding });
      link.dataset.page = "";
      return made("li", {}, one.path ? link : one.finding, one.summary ? made("span", { className: "chip", textContent: "in the summary" }) : "");
    });
    if (items.length) out.push(made("ul", {}, ...items));
    if (found.nothing.length) {
      const list = made("ul", {}, ...found.nothing.map((words) => made("li", { textContent: words })));
      out.push(made("details", {}, made("summary", { textContent: found.nothing.length + " with nothing to show" }), list));
    }
    return out;
  }

  // ---- Files -----------------------------------------------------------------------------------------------------

  let running = false;

  function progress(job) {
    const share = Math.round(job.share * 100);
    const bar = document.getElementById("assessment-progress");
    if (!bar) return;
    bar.setAttribute("aria-valuenow", share);
    bar.firstChild.style.width = share + "%";
    const doing = document.getElementById("assessment-doing");
    const words = job.state === "ready" ? "Ready: " + job.name : job.state === "failed" ? "Not made." : job.what + " …";
    if (doing.textContent !== words) doing.textContent = words;
    document.getElementById("assessment-job").className = "job " + job.state;
  }

  async function build(button) {
    if (running) return toast("One document is in the making already.");
    const unsaved = [...kept.keys()].filter(changed);
    if (unsaved.length) await Promise.all(unsaved.map(save));
    if ([...kept.keys()].some(changed)) return toast("Commentary is not saved: look at the marked sections first.");
    running = true;
    const place = document.getElementById("assessment-made");
    place.replaceChildren();
    const since = document.getElementById("assessment-since");
    try {
      let job = await post("/assessment/build.json", { kind: button.dataset.kind, since: since ? since.value : "" });
      while (job.state === "waiting" || job.state === "running") {
        progress(job);
        await new Promise((wait) => window.setTimeout(wait, 400));
        job = await ask("/assessment/job/" + job.id + ".json");
      }
      progress(job);
      const notes = job.said.map((words) => made("p", { className: "caveat", textContent: words }));
      if (job.state === "ready") {
        const link = made("a", { href: "/assessment/file/" + job.id, className: "btn with-icon icon-download", textContent: "Save " + job.name });
        link.setAttribute("download", job.name);
        place.replaceChildren(link, ...notes);
        link.click();
      } else place.replaceChildren(...notes);
    } catch (error) {
      progress({ state: "failed", share: 0 });
      place.replaceChildren(made("p", { className: "caveat", textContent: error.message }));
    }
    running = false;
  }

  async function keep() {
    const said = document.getElementById("keep-said");
    const name = document.getElementById("keep-name").value.trim();
    if (!name) return (said.textContent = "Give it a name first.");
    said.textContent = "Keeping …";
    try {
      const answer = await post("/assessment/keep.json", { name });
      said.textContent = "Kept as “" + answer.name + "”, " + answer.period + ".";
      open();
    } catch (error) {
      said.textContent = error.message;
    }
  }

  Object.assign(actions, {
    "assessment-build": build,
    "assessment-keep": keep,
    "commentary-save": (button) => save(button.closest("[data-section]").dataset.section),
  });

  document.addEventListener("input", (event) => {
    if (!event.target.classList.contains("commentary")) return;
    const key = event.target.closest("[data-section]").dataset.section;
    fit(event.target);
    say(key, changed(key) ? "Not saved yet." : "");
    section(key).querySelector("[data-action=commentary-save]").disabled = !changed(key);
  });
  document.addEventListener("focusout", (event) => {
    if (!event.target.classList || !event.target.classList.contains("commentary")) return;
    const key = event.target.closest("[data-section]").dataset.section;
    if (changed(key) && !section(key).querySelector(".conflict").firstChild) save(key);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...kept.keys()].some(changed)) event.preventDefault();
  });
  new MutationObserver(() => {
    const place = document.getElementById("assessment");
    if (place === met) return;
    met = place;
    asked = null;
    kept.clear();
    if (!place) return;
    open();
    findings();
  }).observe(document.body, { childList: true, subtree: true });
  // Another session has texts of its own: what is not saved yet is saved where it belongs, then they come.
  async function moved() {
    findings();
    if (!document.getElementById("assessment") || session(opened) === session(window.location.search)) return;
    await Promise.all([...kept.keys()].filter(changed).map(save));
    if ([...kept.keys()].some(changed)) return toast("Commentary of the other session is not saved: look at the marked sections first.");
    kept.clear();
    open();
  }
  window.addEventListener("dashboard:address", moved);
})();
