"use strict";
// A log that cannot be sent now is kept on this phone and sent once there is a network. The server knows each by its key,
// so that one sent twice is saved once; and it refuses one about a session that somebody else has changed since.
(() => {
  const STORE = "kept-logs";
  const DAYS = 14;
  // The page behind a link in a mail: nobody signs in there, so that it is kept by itself.
  const LINK = /\/t\/[^/]+\/session\/(\?.*)?$/;
  const read = () => {
    const found = JSON.parse(localStorage.getItem(STORE) || "[]");
    return found.filter((each) => Date.now() - each.at < DAYS * 86400000);
  };
  const write = (list) => {
    if (list.length) localStorage.setItem(STORE, JSON.stringify(list));
    else localStorage.removeItem(STORE);
  };
  const field = (each, name) => (each.fields.find((pair) => pair[0] === name) || ["", ""])[1];
  const change = (key, deed) => {
    write(read().flatMap((each) => (field(each, "key") === key ? deed(each) : [each])));
    show();
  };
  const WORDS = {
    waits: "Kept on this phone, will be sent.",
    sent: "Sent.",
    sign_in: "Sign in again, then it is sent.",
    refused: "Not saved: the session was changed meanwhile, or something in it is wrong. Open the session to see what stands.",
  };
  function show(justSent = []) {
    for (const box of document.querySelectorAll("[data-kept]")) {
      const list = box.querySelector("[data-kept-list]");
      const shown = [...read(), ...justSent.map((each) => ({ ...each, status: "sent" }))];
      box.hidden = shown.length === 0;
      list.replaceChildren(...shown.map(row));
    }
  }
  function row(each) {
    const item = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = `${each.what}: ${WORDS[each.status] || WORDS.waits}`;
    item.append(words);
    if (each.status === "refused") {
      const open = document.createElement("a");
      open.href = each.look;
      open.textContent = "Open the session";
      const away = document.createElement("button");
      away.type = "button";
      away.className = "btn-link-plain";
      away.textContent = "Remove mine";
      away.addEventListener("click", () => change(field(each, "key"), () => []));
      item.append(" ", open, " ", away);
    }
    return item;
  }
  // A phone that has a line says that it is online also where nothing comes through, so that only an answer tells.
  const reached = async () => {
    if (!navigator.onLine) return false;
    try {
      await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(5000) });
      return true;
    } catch {
      return false;
    }
  };
  const SOON = 3000;
  let busy = false;
  let pause = SOON;
  // Longer each time, up to a minute: a phone that asks all the time is empty in the evening.
  const laterAgain = () => {
    setTimeout(send, pause);
    pause = Math.min(2 * pause, 60000);
  };
  async function send() {
    if (busy || !navigator.onLine) return;
    busy = true;
    const sent = [];
    for (const each of read().filter((one) => one.status !== "refused")) {
      const fresh = document.querySelector("[name=csrfmiddlewaretoken]");
      const fields = each.fields.map(([name, value]) => [name, name === "csrfmiddlewaretoken" && fresh ? fresh.value : value]);
      let answer;
      try {
        answer = await fetch(each.url, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
      } catch {
        laterAgain(); // the network is said to be back before it is
        break;
      }
      pause = SOON;
      const key = field(each, "key");
      if (answer.redirected && new URL(answer.url).pathname.startsWith("/sign-in")) change(key, (one) => [{ ...one, status: "sign_in" }]);
      else if (answer.ok) {
        if (LINK.test(each.url)) caches.open("links-1").then((kept) => kept.delete(new URL(each.url).pathname));
        sent.push(each);
        change(key, () => []);
      } else if (answer.status >= 500 || answer.status === 403 || answer.status === 429) break;
      else change(key, (one) => [{ ...one, status: "refused" }]);
    }
    busy = false;
    show(sent);
  }
  async function leave(event) {
    const form = event.target.closest("form[data-keep]");
    const button = event.submitter;
    if (!form || (button && button.value === "moved") || form.dataset.way === "open") return;
    event.preventDefault();
    if (form.dataset.way) return; // the second tap of two
    form.dataset.way = "asked for";
    if (await reached()) {
      form.dataset.way = "open";
      form.requestSubmit(button);
      delete form.dataset.way;
      return;
    }
    delete form.dataset.way;
    const fields = [...new FormData(form, button).entries()];
    const url = form.action;
    const kept = { url, fields, what: form.dataset.keep, look: url.replace(/log\/$/, ""), at: Date.now(), status: "waits" };
    write([...read().filter((each) => field(each, "key") !== field(kept, "key")), kept]);
    form.hidden = true;
    show();
    laterAgain();
    document.querySelector("[data-kept]").scrollIntoView();
  }
  document.addEventListener("submit", leave);
  window.addEventListener("online", () => {
    pause = SOON;
    send();
  });
  const later = LINK.test(location.href) && document.querySelector("form[data-keep]") ? location.pathname : "/me/offline/";
  // Before the worker has taken the page on, it would not see what the page fetches.
  const taken = () =>
    navigator.serviceWorker.controller ||
    new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  if ("serviceWorker" in navigator && (later === location.pathname || location.pathname.startsWith("/me/"))) {
    // The page for later is fetched once now, so that it is there when the network is not.
    navigator.serviceWorker.register("/offline-worker.js").then(() => navigator.serviceWorker.ready).then(taken).then(() => fetch(later));
  }
  show();
  send();
})();
