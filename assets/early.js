// Before anything is drawn: the colour scheme chosen last time, so that a dark page does not start white.
(function () {
  "use strict";
  try {
    var scheme = window.localStorage.getItem("mantine-color-scheme-value");
    document.documentElement.setAttribute("data-mantine-color-scheme", scheme === "dark" ? "dark" : "light");
  } catch (error) {
    document.documentElement.setAttribute("data-mantine-color-scheme", "light"); // storage is switched off
  }
})();
