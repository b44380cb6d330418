"use strict";
// Single keys on the board: each presses a button or follows a link that stands on the page. They can be switched off,
// as a voice or an unsteady hand would press them unmeant, and they never act while somebody writes or chooses.
(() => {
  const dialog = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  const box = document.getElementById("keys-on");
  const KEPT = "board-keys";
  const ROW = 'li[id^="pair-"]';
  const rows = () => [...document.querySelectorAll(ROW)];
  let row = null;

  const kept = () => {
    try { return localStorage.getItem(KEPT) !== "off"; } catch { return true; }
  };
  let on = kept();
  box.checked = on;
  opener.hidden = false;
  opener.querySelector("button").addEventListener("click", () => dialog.showModal());
  box.addEventListener("change", () => {
    on = box.checked;
    // Where nothing may be stored, it holds for this page.
    try { localStorage.setItem(KEPT, on ? "on" : "off"); } catch { return; }
  });

  const go = (step) => {
    const all = rows();
    const here = document.activeElement.closest(ROW) || row;
    const next = all[Math.min(Math.max(all.indexOf(here) + step, 0), all.length - 1)];
    if (!next) return;
    row = next;
    row.tabIndex = -1;
    row.focus();
  };
  const press = (selector, inside) => {
    const found = inside ? inside.querySelector(selector) : document.querySelector(selector);
    if (found) found.click();
  };
  const inRow = (selector) => {
    const here = document.activeElement.closest(ROW) || row;
    if (here) press(selector, here);
  };
  const DEEDS = {
    j: () => go(1),
    k: () => go(-1),
    l: () => inRow("button.lock"),
    s: () => inRow('form[action*="/swap/"] button, a[href*="swap="]'),
    w: () => inRow('a[href*="/why/"]'),
    z: () => press('form[action$="/undo/"] button'),
    y: () => press('form[action$="/redo/"] button'),
    "?": () => dialog.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, select, textarea, [contenteditable], dialog");
    if (!on || busy || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const deed = DEEDS[event.key.toLowerCase()];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
  // After a change the page comes back at the row it was about.
  if (location.hash) row = rows().find((each) => `#${each.id}` === location.hash) || null;
})();
