// The keys of the queue, and small comforts. Every page works without this file: it presses the page's own buttons.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const entries = () => $$(".entry > article");
  const boxes = () => $$("#entries input[name=change]");
  const ticked = () => boxes().filter((box) => box.checked);
  let currentId = null; // of the entry's <li>

  // --- who reviews: remembered by the browser alone, so that no cookie is needed

  const REVIEWER = "monitor-reviewer";
  function remembered() {
    try {
      return localStorage.getItem(REVIEWER);
    } catch {
      return null; // a browser that keeps nothing
    }
  }
  function introduce() {
    const field = $("#reviewer");
    if (!field || field.dataset.ready) return;
    field.dataset.ready = "yes";
    field.value = remembered() || field.value;
    field.addEventListener("change", () => {
      try {
        localStorage.setItem(REVIEWER, field.value.trim());
      } catch {
        return;
      }
    });
  }

  // --- when the last visit ended: a visit is over after half an hour without a page

  const VISIT = "monitor-visit";
  const PAUSE = 30 * 60 * 1000; // milliseconds
  function visit() {
    const link = $("#since-visit");
    if (!link || link.dataset.ready) return;
    link.dataset.ready = "yes";
    try {
      const now = Date.now();
      const { ended, seen } = JSON.parse(localStorage.getItem(VISIT) || "{}");
      const last = seen && now - seen > PAUSE ? seen : ended;
      localStorage.setItem(VISIT, JSON.stringify({ ended: last, seen: now }));
      if (!last) return;
      const since = new Date(last).toISOString();
      link.href = link.dataset.address.replace("VISIT", encodeURIComponent(since));
      link.parentElement.hidden = false;
      if (new URLSearchParams(location.search).get("since") === since) link.setAttribute("aria-current", "true");
    } catch {
      return; // a browser that keeps nothing
    }
  }

  // --- the current entry

  const current = () => (currentId ? $(`#${CSS.escape(currentId)} > article`) : null);
  function mark(article) {
    $$(".entry.current").forEach((one) => one.classList.remove("current"));
    currentId = article ? article.parentElement.id : null;
    article?.parentElement.classList.add("current");
  }
  function go(step) {
    const all = entries();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    mark(next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("focusin", (event) => {
    const article = event.target.closest?.(".entry > article");
    if (article) mark(article);
  });

  // --- verdicts

  function press(key) {
    if (ticked().length) return $(`#bulk button[data-key=${key}]`)?.click();
    const article = current();
    if (!article) return go(1);
    const button = $(`.verdicts button[data-key=${key}]`, article);
    if (!button) return; // who only reads has none
    button.click();
    const all = entries();
    if (article !== all[all.length - 1]) go(1);
  }
  function remark() {
    const article = current();
    if (!article) return;
    const details = $("details.remark", article);
    if (!details) return;
    details.open = true;
    $("textarea", details).focus();
  }
  function tick() {
    const box = $("input[name=change]", current() || document.createElement("i"));
    if (!box) return;
    box.checked = !box.checked;
    count();
  }
  function count() {
    const bulk = $("#bulk");
    if (!bulk) return;
    const many = ticked().length;
    $("#selected").textContent = many;
    bulk.classList.toggle("active", many > 0);
    const all = $("#all");
    if (!all) return;
    all.checked = many > 0 && many === boxes().length;
    all.indeterminate = many > 0 && !all.checked;
  }

  // --- keys

  const follow = (selector) => $(selector, current() || document.createElement("i"))?.click();
  const KEYS = {
    j: () => go(1),
    k: () => go(-1),
    a: () => press("a"),
    f: () => press("f"),
    d: () => press("d"),
    c: remark,
    u: () => $("#undo")?.click(),
    x: tick,
    o: () => follow('a[href*="/changes/"]'),
    s: () => follow('a[href*="/statements/"]'),
    n: () => $("#next")?.click(),
    "/": search,
    "?": () => $("#help")?.showModal(),
  };
  function search() {
    const filters = $("details.filters");
    if (!filters) return;
    filters.open = true;
    $("#q").focus();
  }
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && field?.closest(".entry")) {
      field.closest("details").open = false;
      field.closest("article").focus();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.matches(".entry textarea")) {
      $('button[formaction$="/comments"]', field.closest(".fields")).click();
      field.closest("article").focus();
    } else if (!field && !event.ctrlKey && !event.metaKey && !event.altKey && !$("dialog[open]") && KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });

  // --- what the page does by itself

  document.addEventListener("change", (event) => {
    if (event.target.name === "change") count();
    if (event.target.id === "all") {
      boxes().forEach((box) => (box.checked = event.target.checked));
      count();
    }
    const picked = event.target.dataset?.picks;
    if (picked && event.target.value) {
      event.stopPropagation();
      const field = $(`#${picked}`);
      field.value = event.target.value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "at") return;
    $("#at-text").textContent = JSON.parse(event.target.dataset.moments)[event.target.value];
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#keys")) $("#help")?.showModal();
    const day = event.target.closest("rect[data-href]");
    if (day) location.assign(day.dataset.href);
  });
  document.addEventListener("invalid", (event) => {
    if (event.target.id === "reviewer") say("Enter your name; it is shown with each verdict.");
  }, true);
  function say(text) {
    const line = $("#said");
    if (line) line.textContent = text;
  }
  function settle() {
    introduce();
    visit();
    const article = current();
    if (article) {
      article.parentElement.classList.add("current");
      if (document.activeElement === document.body) article.focus({ preventScroll: true });
    }
    count();
  }
  ["htmx:afterSettle", "htmx:oobAfterSwap", "htmx:afterRequest"].forEach((name) => document.addEventListener(name, settle));
  document.addEventListener("htmx:sendError", () => say("The monitor does not answer. Nothing was written; try again."));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) say("The monitor could not do that. Nothing was written; try again.");
  });
  // Beside the range's own width of filters: on a wide screen they are always there.
  const wide = matchMedia("(min-width: 68rem)");
  const unfold = () => {
    const filters = $("details.filters");
    if (filters && wide.matches) filters.open = true;
  };
  wide.addEventListener("change", unfold);
  unfold();
  introduce();
  visit();
  count();
})();
