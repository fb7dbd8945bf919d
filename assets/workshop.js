// The parts of a workshop: asked for every second and a half, put in where they changed; their forms sent and answered.
(function () {
  "use strict";
  const EVERY = 1500;
  const places = () => [...document.querySelectorAll("[data-workshop]")];
  let asking = false;
  let sentFrom = null; // the part whose form was sent last, and the name of the control that had the focus then
  let sentBy = null;
  let sign = null; // what was entered, as the server last told it

  function say(words) {
    const stack = document.getElementById("toasts");
    if (!stack) return;
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.textContent = words;
    stack.append(toast);
    window.setTimeout(() => toast.remove(), 6000);
  }

  function setKeys(keys) {
    const query = new URLSearchParams(window.location.search);
    for (const [key, value] of Object.entries(keys)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    const text = query.toString().replace(/%2C/g, ",").replace(/%7E/g, "~");
    window.dash_clientside.set_props("url", { search: text ? "?" + text : "" });
    window.setTimeout(refresh, 60);
  }

  // Somebody is typing here, or has typed something that is not sent: the part waits.
  const inUse = (place) =>
    (place.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) ||
    [...place.querySelectorAll("form input[type=text], form textarea")].some((field) => field.value !== field.defaultValue);

  // What a control is known by when its part is written anew.
  const named = (one) => one.dataset.focus || one.getAttribute("aria-label") || one.textContent;

  function put(place, html) {
    if (place.shown === html) return;
    if (inUse(place)) return;
    const open = new Map([...place.querySelectorAll("details")].map((one, index) => [one.dataset.keep || index, one.open]));
    const focus = place.contains(document.activeElement) ? named(document.activeElement) : place === sentFrom ? sentBy : null;
    const first = place.shown === undefined;
    place.innerHTML = html;
    place.shown = html;
    if (!first) {
      place.querySelectorAll("details").forEach((one, index) => {
        const before = open.get(one.dataset.keep || index);
        if (before !== undefined) one.open = before;
      });
    }
    if (focus) {
      const same = [...place.querySelectorAll("button, summary, a")].find((one) => named(one) === focus);
      if (same) (same.disabled ? same.closest(".tools").querySelector("button:not(:disabled)") : same).focus();
    }
    if (place === sentFrom) sentFrom = null;
    place.classList.toggle("is-empty", !html);
  }

  // Panels that show what people enter are worked out again where something was entered.
  function follow(now) {
    if (sign !== null && sign !== now && window.dash_clientside) {
      for (const panel of document.querySelectorAll(".panel[data-live]")) {
        const id = { type: "panel-retry", kind: panel.dataset.kind, panel: panel.dataset.panel };
        window.dash_clientside.set_props(id, { data: Date.now() });
      }
    }
    sign = now;
  }

  // The shared screen asks for its own part alone.
  function address(here) {
    const query = new URLSearchParams(window.location.search);
    if (here.some((place) => place.dataset.workshop === "screen")) query.set("screen", "1");
    return "/workshop/parts?" + query;
  }

  async function refresh() {
    const here = places();
    if (!here.length || asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(address(here), { cache: "no-store" });
      if (answer.status === 401) return window.location.reload();
      if (!answer.ok) return;
      const parts = await answer.json();
      for (const place of here) put(place, parts[place.dataset.workshop] || "");
      follow(parts.sign);
    } catch (error) {
      // the server is stopped or starting again: what is on the screen stays
    } finally {
      asking = false;
    }
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-workshop] form[data-do]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.ask && !window.confirm(form.dataset.ask)) return;
    const query = new URLSearchParams(window.location.search);
    const body = new URLSearchParams(new FormData(form));
    body.set("do", form.dataset.do);
    body.set("session", query.get("session") || "");
    body.set("search", window.location.search);
    const button = form.querySelector("button");
    const focused = form.contains(document.activeElement) ? named(document.activeElement) : null;
    button.disabled = true;
    try {
      const answer = await fetch("/workshop/do", { method: "POST", body });
      const said = answer.headers.get("Content-Type").includes("json") ? await answer.json() : { problem: await answer.text() };
      say(said.problem || said.said);
      if (said.problem) return;
      form.reset();
      if (focused) {
        [sentFrom, sentBy] = [form.closest("[data-workshop]"), focused];
        if (document.activeElement && form.contains(document.activeElement)) document.activeElement.blur();
      }
      if (said.session !== undefined) setKeys({ session: said.session, compare: "", round: "", weights: "", order: "", said: "" });
      await refresh();
    } catch (error) {
      say("The dashboard does not answer: nothing was saved. Try again.");
    } finally {
      button.disabled = false;
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-workshop] select[data-open]")) {
      const value = event.target.value;
      event.target.blur();
      setKeys({ session: value, compare: "", round: "" });
    } else if (event.target.matches("[data-workshop] select[data-compare]")) {
      const value = event.target.value;
      event.target.blur();
      setKeys({ compare: value });
    }
  });

  // By fetch, not by a form: it names its origin also where the page sends no referrer.
  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-action=sign-out]")) return;
    await fetch("/sign-out", { method: "POST", redirect: "manual" });
    window.location.assign("/sign-in");
  });

  window.setInterval(refresh, EVERY);
  new MutationObserver(() => places().some((place) => place.shown === undefined) && refresh()).observe(document.documentElement, { childList: true, subtree: true });
})();
