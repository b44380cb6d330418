"use strict";
// Walks through a session's agenda. Nothing is counted: what is shown follows from when the clock was started, so that a
// phone may sleep or the page be opened again. Only a new part is announced, never the seconds; the bell is off at first.
for (const agenda of document.querySelectorAll("[data-agenda]")) {
  const find = (name) => agenda.querySelector(`[data-timer${name}]`);
  const key = `agenda-${agenda.dataset.agenda}`;
  const rows = [...agenda.querySelectorAll("tr[data-minutes]")];
  const ends = rows.map((_, at) => rows.slice(0, at + 1).reduce((sum, row) => sum + row.dataset.minutes * 60000, 0));
  const total = ends[ends.length - 1];
  // began: when the clock would have stood at nought; held: where it stands while it is paused.
  let state = { began: 0, held: 0 };
  let last = -1;
  let sound = null;

  const elapsed = () => Math.max(0, state.held === null ? Date.now() - state.began : state.held);
  const running = () => state.held === null && elapsed() < total;
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify(state));
    } catch {
      // A browser that keeps nothing still runs the clock, until the page is closed.
    }
  };
  const recall = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      if (kept && Number.isFinite(kept.began) && (kept.held === null || Number.isFinite(kept.held))) state = kept;
    } catch {
      // Nothing was kept: the clock has not been started.
    }
  };
  const clock = (left) => {
    const seconds = Math.ceil(left / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  const says = (at) => {
    const { floor, minutes } = rows[at].dataset;
    const before = rows.slice(0, at).map((row) => row.dataset.floor).filter(Boolean).pop();
    const swap = floor && before && before !== floor ? "Roles swap. " : "";
    const who = floor ? ` ${floor} ${floor === "You" || floor.includes(" and ") ? "have" : "has"} the floor.` : "";
    const what = rows[at].querySelector("[data-what]").textContent.replace(/[.?]?$/, (end) => end || ".");
    return `${swap}Part ${at + 1} of ${rows.length}: ${what}${who} ${minutes} ${minutes === "1" ? "minute" : "minutes"}.`;
  };
  const ring = () => {
    if (!sound || !find("-ring").checked) return;
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    volume.gain.setValueAtTime(0.2, sound.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 1.5);
    tone.frequency.value = 660;
    tone.connect(volume).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 1.5);
  };
  const enter = (at, text, quietly) => {
    find("-now").textContent = text;
    rows.forEach((row, place) => (place === at ? row.setAttribute("aria-current", "step") : row.removeAttribute("aria-current")));
    if (!quietly) {
      find("-said").textContent = text;
      ring();
    }
  };
  const show = (quietly = false) => {
    const passed = elapsed();
    const begun = state.held === null || state.held > 0;
    const found = ends.findIndex((end) => passed < end);
    const at = begun ? (found < 0 ? rows.length : found) : -1;
    if (at !== last) {
      last = at;
      if (at < 0) enter(at, "The clock is not running.", quietly);
      else if (at === rows.length) enter(at, "The time is over.", quietly);
      else enter(at, says(at), quietly);
    }
    find("-left").textContent = at >= 0 && at < rows.length ? clock(ends[at] - passed) : "";
    find("-go").textContent = running() ? "Pause" : at < 0 ? "Start the clock" : "Go on";
    find("-reset").hidden = at < 0;
    // Whoever has a finger on a button that goes away stays with the clock.
    if (at === rows.length && [find("-go"), find("-skip")].includes(document.activeElement)) find("-reset").focus();
    find("-go").hidden = find("-skip").hidden = at === rows.length;
    find("-skip").disabled = at < 0;
  };
  const set = (passed, run) => {
    state = { began: Date.now() - passed, held: run ? null : passed };
    keep();
    show();
  };

  find("-go").addEventListener("click", () => set(elapsed(), !running()));
  find("-skip").addEventListener("click", () => {
    const next = ends.find((end) => elapsed() < end);
    set(next, running());
  });
  find("-reset").addEventListener("click", () => {
    set(0, false);
    find("-go").focus();
  });
  find("-ring").addEventListener("change", () => {
    // A browser lets a page sound only once somebody has touched it.
    sound = sound || new AudioContext();
    sound.resume();
  });
  document.addEventListener("visibilitychange", () => document.hidden || show());
  setInterval(() => (state.held === null && last < rows.length ? show() : null), 250);
  recall();
  find("").hidden = false;
  // On opening the page nothing is announced: the reader has not been waiting for it.
  show(true);
}
