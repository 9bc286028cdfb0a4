// The keys of the comparison page. Everything works without this file: it presses the page's own links and buttons.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = $(".brand").getAttribute("href").replace(/\/queue$/, ""); // the path below which a proxy shows the pages
  const links = $$(".change-list a");
  const places = new Map(); // name of a change -> the elements that show it, its description first
  for (const place of $$("[data-change]")) {
    const known = places.get(place.dataset.change) || [];
    if ($(".acts", place)) known.unshift(place);
    else known.push(place);
    places.set(place.dataset.change, known);
  }
  const selected = new Set();
  let at = -1;

  const say = (text) => ($("#said").textContent = text);
  const nameOf = (link) => document.getElementById(link.hash.slice(1))?.closest("[data-change]")?.dataset.change;
  const names = links.map(nameOf);
  const changeAt = (index) => names[index];
  const placeOf = (name) => places.get(name)?.[0];

  // --- stepping

  function go(index, scroll = true) {
    if (!links.length) return;
    if (links[at]) {
      links[at].removeAttribute("aria-current");
      places.get(changeAt(at))?.forEach((one) => one.classList.remove("current"));
    }
    at = Math.min(Math.max(index, 0), links.length - 1);
    const link = links[at];
    link.setAttribute("aria-current", "true");
    const list = link.closest(".reader-list");
    const box = link.getBoundingClientRect();
    const frame = list.getBoundingClientRect();
    if (box.top < frame.top || box.bottom > frame.bottom) list.scrollTop += box.top - frame.top - frame.height / 3;
    const place = placeOf(changeAt(at));
    places.get(changeAt(at))?.forEach((one) => one.classList.add("current"));
    if (scroll && place) place.scrollIntoView({ block: "center" });
    if (scroll) say(`${at + 1} of ${links.length}: ${place?.getAttribute("aria-label") || link.textContent}`);
  }
  const isOpen = (index) => !$(".verdict", links[index])?.textContent;
  function nextOpen() {
    for (let step = 1; step <= links.length; step += 1) {
      const index = (at + step) % links.length;
      if (isOpen(index)) return go(index);
    }
  }

  // --- verdicts

  const REVIEWER = "monitor-reviewer";
  const field = $("#reviewer"); // none where the proxy says who it is
  try {
    if (field) field.value = localStorage.getItem(REVIEWER) || field.value;
  } catch {
    // a browser that keeps nothing
  }
  field?.addEventListener("change", () => {
    try {
      localStorage.setItem(REVIEWER, field.value.trim());
    } catch {
      // the same
    }
  });
  const LABELS = { accepted: "Accepted", flagged: "Flagged", dismissed: "Dismissed" };
  function show(name, verdict) {
    const link = links[names.indexOf(name)];
    if (link) {
      const label = $(".verdict", link) || link.appendChild(Object.assign(document.createElement("span"), { className: "verdict" }));
      label.textContent = LABELS[verdict] || "";
    }
    for (const button of $$(".acts button", placeOf(name) || document.createElement("i"))) {
      button.setAttribute("aria-pressed", String(button.name === verdict));
    }
  }
  /** The verdict that is shown at a change, empty where there is none; null where none can be given. */
  function pressed(name) {
    const buttons = $$(".acts button", placeOf(name) || document.createElement("i"));
    return buttons.length ? buttons.find((one) => one.getAttribute("aria-pressed") === "true")?.name || "" : null;
  }
  // One request after the other: an undo must not overtake the verdict that it takes back.
  let waiting = 0;
  let last = Promise.resolve();
  function post(what, body) {
    waiting += 1;
    last = last.then(() => send(what, body)).finally(() => (waiting -= 1));
    return last;
  }
  async function send(what, body) {
    if ("readOnly" in $("#review").dataset) {
      say("You may read, and decide nothing.");
      return null;
    }
    if (field && !field.value.trim()) {
      field.focus();
      say("Enter your name first; it is shown with each verdict.");
      return null;
    }
    try {
      const answer = await fetch(`${root}/api/${what}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ reviewer: field?.value ?? "", ...body }),
      });
      const found = await answer.json();
      if (answer.ok) return found;
      say(found.error);
    } catch {
      say("The monitor does not answer. Nothing was written; try again.");
    }
    return null;
  }
  async function decide(verdict, only) {
    const chosen = only ? [only] : selected.size ? [...selected] : [changeAt(at)].filter(Boolean);
    if (!chosen.length) return go(0);
    const acts = chosen.filter((name) => pressed(name) !== null);
    if (!acts.length) return say("There is no verdict on a change between versions that are no neighbours, or for who may only read. `s` shows the statement's recorded changes.");
    const stood = new Map(acts.map((name) => [name, pressed(name)]));
    acts.forEach((name) => show(name, verdict));
    clear();
    if (!only) nextOpen(); // at once: whoever decides goes on, and need not wait for the answer
    const done = await post("verdicts", { changes: acts, verdict });
    if (!done) return stood.forEach((verdict, name) => show(name, verdict));
    done.events.forEach((event) => show(event.change, event.act === "verdict" ? verdict : ""));
    if (done.events.some((event) => event.act === "proposal")) return say("Proposed; another person decides.");
    const told = `${LABELS[verdict]} ${done.events.length === 1 ? "1 change" : `${done.events.length} changes`}.`;
    say(waiting || links.some((_, index) => isOpen(index)) ? told : `${told} Every change in the list has a verdict.`);
  }
  async function undo() {
    const done = await post("undo", {});
    if (!done) return;
    for (const name of new Set(done.events.map((event) => event.change))) {
      const answer = await fetch(`${root}/api/changes/${name}`).then((one) => (one.ok ? one.json() : null), () => null);
      show(name, answer?.state?.verdict || "");
    }
    say(`Undid ${done.events.length === 1 ? "1 decision" : `${done.events.length} decisions`}.`);
  }
  function select() {
    const name = changeAt(at);
    if (!name) return;
    if (selected.has(name)) selected.delete(name);
    else selected.add(name);
    links[at].classList.toggle("selected", selected.has(name));
    say(`${selected.size} selected`);
  }
  function clear() {
    selected.clear();
    links.forEach((link) => link.classList.remove("selected"));
  }
  const dialog = $("#comment");
  function comment() {
    const place = placeOf(changeAt(at));
    if (!place || pressed(changeAt(at)) === null) return;
    $("#comment-on").textContent = place.getAttribute("aria-label");
    $("#comment-text").value = "";
    dialog.returnValue = "";
    dialog.showModal();
    $("#comment-text").focus();
  }
  dialog.addEventListener("close", async () => {
    const text = $("#comment-text").value.trim();
    if (dialog.returnValue !== "add" || !text) return;
    if (await post("comments", { changes: [changeAt(at)], comment: text })) say("Comment added.");
  });

  // --- keys and clicks

  const press = (selector) => $(selector, placeOf(changeAt(at)) || document.createElement("i"))?.click();
  const KEYS = {
    n: () => go(at + 1),
    p: () => go(at - 1),
    a: () => decide("accepted"),
    f: () => decide("flagged"),
    d: () => decide("dismissed"),
    c: comment,
    u: undo,
    x: select,
    v: () => $("#view").click(),
    "[": () => $("#pair-before")?.click(),
    "]": () => $("#pair-after")?.click(),
    o: () => press('a[href*="/changes/"]'),
    s: () => links[at] && location.assign(`${root}/statements/${links[at].hash.slice(3)}`),
    "?": () => $("#help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.target === $("#comment-text") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      dialog.close("add");
    }
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]") || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#keys")) $("#help").showModal();
    const link = event.target.closest(".change-list a");
    if (link) go(links.indexOf(link), false);
    const button = event.target.closest(".acts button");
    if (button) {
      event.preventDefault();
      decide(button.name, button.value);
    }
    const copied = event.target.closest('.acts a[href^="#"]');
    if (copied && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(copied.href).then(() => say("Link copied."), () => location.assign(copied.href));
    }
  });

  // --- folds of long documents are loaded when they are opened; the strip shows where the changes are

  document.addEventListener("toggle", (event) => {
    const link = event.target.matches?.("details.fold") && event.target.open && $(":scope > p > button", event.target);
    if (link) link.click();
  }, true);
  const strip = $(".strip");
  function mark() {
    const height = document.documentElement.scrollHeight;
    strip.replaceChildren(
      ...[...places.values()].slice(0, 500).map(([place]) => {
        const one = document.createElement("i");
        one.className = place.className.match(/is-(high|medium|low)/)?.[0] || "is-low";
        one.style.top = `${((place.getBoundingClientRect().top + scrollY) / height) * 100}%`;
        return one;
      }),
    );
  }
  if ("requestIdleCallback" in window) requestIdleCallback(mark);
  else setTimeout(mark);

  const narrow = matchMedia("(max-width: 74.99rem)");
  if (narrow.matches) $(".drawer").open = false;
  const start = location.hash ? links.findIndex((link) => link.hash === location.hash) : -1;
  if (start >= 0) go(start, false);
})();
