// Priorities in the browser: weights, their order, and what people say. Weights go into the address, or, where a session
// is open, to the server with everything else that is said. Nothing here works out a figure.
(function () {
  "use strict";

  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const inSession = () => new URLSearchParams(window.location.search).has("session");
  const quick = (said) => said.kind === "weights" && !inSession();

  function say(said) {
    const { setQuery } = window.dash_clientside.dashboard;
    const mix = said.mix === undefined ? {} : { mix: said.mix };
    if (quick(said)) return setQuery({ weights: said.weights, order: said.order, ...mix });
    setQuery(mix);
    setProps("say", { data: { ...said, at: Date.now() } });
  }

  // All sliders as the address writes them; a slider at 50 is what an address without it means.
  function weights() {
    const moved = [...document.querySelectorAll("input[data-weight]")].filter((field) => field.value !== "50");
    return moved.map((field) => field.dataset.weight + "~" + field.value).join(",");
  }

  let waiting = null;

  function sliderMoved(now) {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => say({ kind: "weights", weights: weights(), order: "" }), now ? 0 : 250);
  }

  function formSaid(form) {
    const said = { kind: form.dataset.kind };
    for (const field of form.querySelectorAll("input[type=text], select")) said[field.name] = field.value;
    const taken = form.dataset.kind === "ranked" || form.dataset.kind === "counted";
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      said[box.name] = said[box.name] || [];
      if (box.checked !== taken) said[box.name].push(box.value);
    }
    return said;
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("input[data-weight]")) sliderMoved(false);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-weight]")) sliderMoved(true);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.judge")) return;
    event.preventDefault();
    say(formSaid(event.target));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.say) say(JSON.parse(button.dataset.say));
    if (button.dataset.action === "to-sliders") document.querySelector("input[data-weight]").focus();
  });

  // Put in where it changed; the focus stays on the same control, what is typed and what is dragged stay as they are.
  function put(id, html) {
    const place = document.getElementById(id);
    if (!place || place.put === html) return;
    const held = place.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    place.put = html;
    place.innerHTML = html;
    const again = held && [...place.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === held);
    if (again) (again.disabled ? again.parentElement.querySelector("button:not(:disabled)") : again).focus();
  }

  // In a session others change it, too: looked for while the page is looked at.
  let heard = null;

  async function listen() {
    if (document.hidden || !inSession() || !document.getElementById("weights")) return;
    try {
      const answer = await fetch("/priorities/said" + window.location.search, { cache: "no-store" });
      if (!answer.ok) return;
      const sign = await answer.text();
      if (heard !== null && heard !== sign) setProps("judgement", { data: sign });
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
      if (place.keys !== shown.keys) {
        place.keys = shown.keys;
        place.innerHTML = shown.sliders;
      }
      for (const [key, value] of Object.entries(shown.values)) {
        const field = place.querySelector('input[data-weight="' + key + '"]');
        if (field !== document.activeElement || !waiting) field.value = value.points;
        field.setAttribute("aria-valuetext", value.share + " of the weight");
        place.querySelector('[data-share="' + key + '"]').textContent = value.share;
      }
      waiting = null;
      put("weights-how", shown.how);
      put("weights-order", shown.order);
      put("judging-forms", shown.forms);
    },
    done(done) {
      if (!done) return;
      const told = document.getElementById("say-told");
      if (told) told.textContent = done.told;
      if (!done.told && Object.keys(done.query).length) window.dash_clientside.dashboard.setQuery(done.query);
    },
  };
})();
