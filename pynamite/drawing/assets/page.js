// Tabs, search and theme. Without this script the page has all views below each other, and neither of the three.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const bar = document.querySelector(".bar");
  const tabs = all("[role=tab]");
  const views = all(".view");
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const chips = all(".legend button");
  const rows = all(".row").map((row) => ({
    row,
    of: row.dataset.of,
    partition: row.closest(".partition"),
    text: (row.closest(".partition").querySelector(".stays").textContent + "\n" + row.textContent).toLowerCase(),
  }));

  bar.hidden = false;
  document.body.classList.add("tabbed");
  for (const chip of chips) chip.disabled = false;

  // Tabs, by the pattern of the ARIA Authoring Practices: arrows move and select, Tab goes on into the view.
  const select = (place, focus) => {
    tabs.forEach((tab, number) => {
      tab.setAttribute("aria-selected", String(number === place));
      tab.tabIndex = number === place ? 0 : -1;
      views[number].hidden = number !== place;
    });
    if (focus) tabs[place].focus();
    tabs[place].scrollIntoView({ block: "nearest", inline: "nearest" });
    highlight();
  };
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => select(place, false));
    tab.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      select((steps[event.key] + tabs.length) % tabs.length, true);
    });
  });

  // Search: a row stays where each word is somewhere in it or in its partition key.
  const words = () => search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const narrow = () => {
    const wanted = words();
    const pressed = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.of));
    const kept = new Set();
    for (const { row, of, partition, text } of rows) {
      const fits = (!pressed.size || pressed.has(of)) && wanted.every((word) => text.includes(word));
      row.hidden = !fits;
      if (fits) kept.add(partition);
    }
    for (const partition of all(".partition")) partition.hidden = !kept.has(partition);
    const narrowed = wanted.length > 0 || pressed.size > 0;
    views.forEach((view, place) => {
      const total = all(".row", view).length;
      const left = all(".row:not([hidden])", view).length;
      tabs[place].querySelector(".count").textContent = narrowed ? `${left} of ${total}` : String(total);
      view.querySelector(".nothing").hidden = left > 0;
    });
    const open = views.findIndex((view) => !view.hidden);
    found.textContent = narrowed ? `${tabs[open].textContent} items fit` : "";
    highlight();
  };
  search.addEventListener("input", narrow);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      const pressed = chip.getAttribute("aria-pressed") !== "true";
      for (const same of chips.filter((other) => other.dataset.of === chip.dataset.of)) same.setAttribute("aria-pressed", String(pressed));
      narrow();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      narrow();
      search.blur();
    }
  });

  // What was found is marked without touching the document (CSS Custom Highlight API), where the browser can.
  function highlight() {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("found");
    const wanted = words();
    const view = views.find((one) => !one.hidden);
    if (!wanted.length || !view) return;
    const ranges = [];
    for (const place of all(".partition:not([hidden]) .key, .row:not([hidden]) :is(dt, dd, .tag)", view)) {
      const walk = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const text = node.data.toLowerCase();
        if (text.length !== node.data.length) continue; // İ is two characters in lower case: places would be wrong
        for (const word of wanted) {
          for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            ranges.push(range);
          }
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  // Theme: as the system has it, or the other one; kept for the next page where the browser lets a file keep things.
  const theme = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = (name) => {
    if (name) root.dataset.theme = name;
    else delete root.dataset.theme;
    const said = name ? `Theme: ${name}` : "Theme: as the system has it";
    theme.querySelector(".unseen").textContent = said;
    theme.title = said;
  };
  const kept = () => {
    try { return localStorage.getItem("pynamite-theme"); } catch { return null; }
  };
  const keep = (name) => {
    try {
      if (name) localStorage.setItem("pynamite-theme", name);
      else localStorage.removeItem("pynamite-theme");
    } catch { /* a page in a frame, or from a file, may not: then it is for this time only */ }
  };
  theme.addEventListener("click", () => {
    const other = dark.matches ? "light" : "dark";
    const order = [null, other, dark.matches ? "dark" : "light"];
    const name = order[(order.indexOf(root.dataset.theme || null) + 1) % order.length];
    show(name);
    keep(name);
  });
  show(["light", "dark"].includes(kept()) ? kept() : null);
  select(0, false);
})();
