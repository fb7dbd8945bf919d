// The join page follows its workshop: when another round opens or closes, it shows that by itself.
(function () {
  "use strict";
  const place = () => document.getElementById("join");

  // Halves to the even number, as everywhere else: 12.5 is 12.
  const rounded = (share) => (share % 1 === 0.5 ? 2 * Math.round(share / 2) : Math.round(share));

  // Sliders say what they are worth: the share of all that was given.
  function showShares() {
    const form = document.querySelector('#answers[data-kind="weight"]');
    if (!form) return;
    const sliders = [...form.querySelectorAll("input[type=range]")];
    const whole = sliders.reduce((sum, slider) => sum + Number(slider.value), 0);
    for (const slider of sliders) {
      const share = whole ? rounded((100 * Number(slider.value)) / whole) + "\u202f%" : "–";
      slider.closest(".weigh").querySelector("output").textContent = share;
      slider.setAttribute("aria-valuetext", slider.value + " of 10, " + share);
    }
    form.querySelector("button[type=submit]").disabled = !whole;
  }
  document.addEventListener("input", showShares);
  showShares();

  async function follow() {
    if (document.hidden) return;
    let text;
    try {
      const now = await fetch("/join/now", { cache: "no-store" });
      if (!now.ok || (await now.text()) === place().dataset.token) return;
      const answer = await fetch("/join", { cache: "no-store" });
      if (!answer.ok) return;
      text = await answer.text();
    } catch (error) {
      return; // the connection is away for a moment: what was chosen stays
    }
    const next = new DOMParser().parseFromString(text, "text/html").getElementById("join");
    if (!next || next.dataset.token === place().dataset.token) return;
    place().replaceWith(document.adoptNode(next));
    showShares();
    const heading = place().querySelector("h2") || place().querySelector("h1");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
    window.scrollTo(0, 0);
  }
  window.setInterval(follow, 1500);
})();
