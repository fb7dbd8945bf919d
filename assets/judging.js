// Priorities in the browser: weights, their order, and what people say. Weights go into the address, or, where a session
// is open, to the server with everything else that is said. Nothing here works out a figure.
(function () {
  "use strict";

  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const inSession = () => new URLSearchParams(window.location.search).has("session");

  // What stood there when it was last shown, said back with a change so that nobody's is overwritten unseen.
  let seen = { points: {}, weights: "", entries: {} };

  // In a session one thing is sent at a time, the next once the answer is here: each builds on what the last one left.
  const queue = [];
  let sending = null;

  function say(said) {
    const { setQuery } = window.dash_clientside.dashboard;
    const mix = said.mix === undefined ? {} : { mix: said.mix };
    if (said.kind === "weights" && !inSession()) return setQuery({ weights: said.weights, order: said.order, ...mix });
    setQuery(mix);
    queue.push(said.place ? { kind: "place", ...said.place } : said);
    next();
  }

  function next() {
    if (sending || !queue.length) return;
    sending = { ...queue.shift(), at: Date.now() };
    if (inSession()) {
      if (sending.kind === "weights") sending.seen = seen.weights;
      if (sending.kind === "score") sending.seen = seen.entries[sending.problem + "/" + sending.criterion] || "";
      if (sending.kind === "weight") {
        const before = Object.keys(sending.moved).map((key) => [key, seen.points[key]]);
        sending.weights = written(Object.entries(sending.moved));
        sending.seen = written(before.filter(([, points]) => points !== undefined));
      }
    }
    const mine = sending;
    window.setTimeout(() => sending === mine && unheard(mine.kind), 15000);
    setProps("say", { data: sending });
  }

  function unheard(kind) {
    sending = null;
    queue.length = 0;
    tell(kind, "The dashboard does not answer: your last change may not be saved. Look at what stands here, then try again.");
  }

  function tell(kind, words) {
    const ofWeights = ["weights", "weight", "place"].includes(kind);
    for (const [id, shown] of [["weights-told", ofWeights ? words : ""], ["say-told", ofWeights ? "" : words]]) {
      const told = document.getElementById(id);
      if (told) told.textContent = shown;
    }
  }

  const written = (pairs) => pairs.map(([key, points]) => key + "~" + points).join(",");

  // Sliders: in an address all of them, as it writes them (one at 50 is left out); in a session those that were moved.
  let waiting = null;
  let moved = {};

  function sliderMoved(field, now) {
    moved[field.dataset.weight] = Number(field.value);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(sendMoved, now ? 0 : 250);
  }

  function sendMoved() {
    const taken = moved;
    moved = {};
    waiting = null;
    if (!Object.keys(taken).length) return;
    if (inSession()) {
      const last = queue[queue.length - 1];
      if (last && last.kind === "weight") Object.assign(last.moved, taken);
      else say({ kind: "weight", moved: taken });
      return;
    }
    const all = Object.entries({ ...seen.points, ...taken }).filter(([, points]) => points !== 50);
    seen.points = { ...seen.points, ...taken };
    say({ kind: "weights", weights: written(all), order: "" });
  }

  function formSaid(form) {
    const said = { kind: form.dataset.kind };
    for (const field of form.querySelectorAll("input[type=text], select")) said[field.name] = field.value;
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    if (said.kind === "ranked" || said.kind === "counted") {
      const turned = boxes.filter((box) => box.checked !== box.defaultChecked);
      said.on = turned.filter((box) => box.checked).map((box) => box.value);
      said.off = turned.filter((box) => !box.checked).map((box) => box.value);
      return said;
    }
    for (const box of boxes) {
      said[box.name] = said[box.name] || [];
      if (box.checked) said[box.name].push(box.value);
    }
    return said;
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("input[data-weight]")) sliderMoved(event.target, false);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-weight]")) sliderMoved(event.target, true);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.judge")) return;
    event.preventDefault();
    sent = event.target.dataset.kind;
    say(formSaid(event.target));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.say) say(JSON.parse(button.dataset.say));
    if (button.dataset.action === "to-sliders") document.querySelector("input[data-weight]").focus();
  });

  // Put in where it changed; the focus stays on the same control, what is typed and what is dragged stay as they are.
  let sent = ""; // the kind of form that was sent last: what it holds goes once it was taken

  function put(id, html) {
    const place = document.getElementById(id);
    if (!place || place.put === html) return;
    const held = place.contains(document.activeElement) ? named(document.activeElement) : null;
    const typed = [...place.querySelectorAll("form.judge")].filter((form) => form.dataset.kind !== sent).flatMap(changes);
    sent = "";
    place.put = html;
    place.innerHTML = html;
    const fields = [...place.querySelectorAll("input, select")];
    for (const { name, value, checked } of typed) {
      const field = fields.find((one) => named(one) === name);
      if (field) Object.assign(field, checked === undefined ? { value } : { checked });
    }
    const again = held && [...place.querySelectorAll("button, input, select")].find((one) => named(one) === held);
    if (again) (again.disabled ? again.parentElement.querySelector("button:not(:disabled)") : again).focus();
  }

  function named(control) {
    const form = control.closest("form.judge");
    if (control.dataset.focus || !form) return control.dataset.focus || null;
    return [form.dataset.kind, control.name, control.type === "checkbox" ? control.value : ""].join(" ");
  }

  function changes(form) {
    const made = [];
    for (const field of form.querySelectorAll("input, select")) {
      const name = named(field);
      if (field.type === "checkbox") {
        if (field.checked !== field.defaultChecked) made.push({ name, checked: field.checked });
      } else if (field.matches("select") ? field.selectedIndex > 0 : field.value !== field.defaultValue) {
        made.push({ name, value: field.value });
      }
    }
    return made;
  }

  // In a session others change it, too: looked for while the page is looked at, from what it showed first.
  let heard = null;

  async function listen() {
    if (document.hidden || !inSession() || !document.getElementById("weights")) return;
    try {
      const answer = await fetch("/priorities/said" + window.location.search, { cache: "no-store" });
      if (!answer.ok || heard === null) return;
      const sign = await answer.text();
      if (heard !== sign) setProps("judgement", { data: sign });
      heard = sign;
    } catch (error) {
      return; // the server is stopped or starting again: what is on screen stays
    }
  }
  window.setInterval(listen, 3000);

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.judging = {
    show(shown) {
      const place = document.getElementById("weights-sliders");
      if (!shown || !place) return;
      if (heard === null) heard = shown.sign;
      if (place.keys !== shown.keys) {
        place.keys = shown.keys;
        place.innerHTML = shown.sliders;
      }
      if (!sending && !queue.length) seen = shown.seen; // else the answer on its way brings what is newer
      for (const [key, value] of Object.entries(shown.values)) {
        const field = place.querySelector('input[data-weight="' + key + '"]');
        const mine = key in moved || [sending, ...queue].some((one) => one && one.moved && key in one.moved);
        if (!mine) field.value = value.points;
        field.setAttribute("aria-valuetext", value.share + " of the weight");
        place.querySelector('[data-share="' + key + '"]').textContent = value.share;
      }
      put("weights-how", shown.how);
      put("weights-order", shown.order);
      put("judging-forms", shown.forms);
      document.getElementById("weights-locked").textContent = shown.locked;
      const controls = "#weights input, #weights button, #judging-forms input, #judging-forms select, #judging-forms button";
      for (const one of document.querySelectorAll(shown.locked ? controls : "[data-locked]")) {
        if (one.disabled && !("locked" in one.dataset)) continue; // it has a reason of its own
        one.disabled = Boolean(shown.locked);
        one.toggleAttribute("data-locked", one.disabled);
      }
    },
    done(done) {
      if (!done) return;
      sending = null;
      if (done.seen) seen = done.seen;
      tell(done.kind, done.told);
      if (done.told) sent = "";
      if (!done.told && Object.keys(done.query).length) window.dash_clientside.dashboard.setQuery(done.query);
      next();
    },
  };
})();
