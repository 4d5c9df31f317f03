/* What the browser itself has to do: follow links inside the page, keep the document true, look for new data, open menus and sheets. */
(function () {
  "use strict";

  const LOST_AFTER = 10000, ASK_EVERY = 750;

  /* --- the address is the state: a plain click on a link to this page pushes it, and dcc.Location is told ------------------- */

  function go(search) {
    const url = new URL(search || "?", window.location.href);
    const wanted = url.search === "?" ? "" : url.search;
    if (wanted === window.location.search) return;
    window.history.pushState({}, "", url.pathname + wanted);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  function plain(event) {
    return !(event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  }

  document.addEventListener("click", function (event) {
    const at = event.target.closest("a, button");
    if (!at) return;
    if (at.dataset.retry !== undefined && plain(event)) { event.preventDefault(); again(); return; }
    if (at.dataset.explain !== undefined) { explain(at); return; }
    if (at.dataset.close !== undefined) { at.closest("dialog").close(); return; }
    if (at.dataset.table !== undefined) { turn(at); return; }
    if (at.dataset.copy !== undefined) { copy(at); return; }
    const href = at.getAttribute("href") || "";
    if (href.startsWith("?") && plain(event) && !at.target && at.dataset.reload === undefined) {
      event.preventDefault();
      if (at.dataset.keep === undefined) shut(at.closest("details.menu"), true);
      go(href);
    }
  });

  /* one level up: the last step of the trail before what is looked at */
  document.addEventListener("keydown", function (event) {
    if (event.key !== "ArrowUp" || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const up = document.querySelector("#trail [data-up]");
    if (!up || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    up.click();
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.dataset.address === undefined) return;
    event.preventDefault();
    const address = new URLSearchParams(window.location.search), fields = new FormData(form);
    if (form.dataset.address) {
      const ends = Array.from(fields.values()).sort();
      address.set(form.dataset.address, ends[0] + ".." + ends[ends.length - 1]);
    } else {
      fields.forEach(function (value, name) { if (value) address.set(name, value); else address.delete(name); });
    }
    shut(form.closest("details.menu"), true);
    go("?" + address.toString().replaceAll("%3A", ":"));
  });

  /* --- the focus stays where it was: what is drawn anew under it gives it back ----------------------------------------------- */

  const STOPS = "a[href], button, summary, input", MENU = ".card-menu > summary";
  let held = null;

  document.addEventListener("focusin", function (event) {
    const root = event.target.closest("#filters, #trail, .slot");
    const among = event.target.matches(MENU) ? MENU : STOPS; // what a card has before its menu changes when it turns into a table
    held = root && { root: root, among: among, index: Array.from(root.querySelectorAll(among)).indexOf(event.target), tag: event.target.tagName };
  });
  document.addEventListener("pointerdown", function (event) { if (!event.target.closest(STOPS)) held = null; });

  new MutationObserver(function () {
    if (!held || document.activeElement !== document.body || !held.root.isConnected) return;
    const stop = held.root.querySelectorAll(held.among)[held.index];
    if (stop && stop.tagName === held.tag) stop.focus({ preventScroll: true });
  }).observe(document, { childList: true, subtree: true });

  /* --- menus: one open at a time; Escape and a click elsewhere close it ------------------------------------------------------ */

  function shut(menu, focus) {
    if (!menu || !menu.open) return;
    menu.open = false;
    if (focus) menu.querySelector("summary").focus();
  }

  function others(kept) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) { if (menu !== kept) shut(menu, false); });
  }

  document.addEventListener("click", function (event) { others(event.target.closest("details.menu")); });
  document.addEventListener("focusin", function (event) { others(event.target.closest("details.menu")); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") shut(event.target.closest("details.menu"), true);
  });
  document.addEventListener("toggle", function (event) {
    if (event.target.matches("details.menu[open]")) place(event.target);
  }, true);
  window.addEventListener("scroll", function () { document.querySelectorAll("details.menu[open]").forEach(place); }, { passive: true });

  /* The list of a menu floats above everything, so that no scrolling bar cuts it off. */
  function place(menu) {
    const list = menu.querySelector(":scope > .pop"), from = menu.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    list.style.maxHeight = Math.max(160, window.innerHeight - from.bottom - 16) + "px";
    list.style.left = "0";
    list.style.top = from.bottom + 4 + "px";
    list.style.left = Math.max(8, Math.min(from.left, wide - list.offsetWidth - 8)) + "px";
  }

  /* --- tables, sheets, copies ------------------------------------------------------------------------------------------------ */

  function tell(id, data) { window.dash_clientside.set_props(id, { data: data }); }

  function turn(button) {
    const menu = button.closest("details.menu");
    shut(menu, true);
    tell({ type: "as-table", name: button.dataset.table }, button.getAttribute("aria-pressed") !== "true");
  }

  function explain(button) {
    const menu = button.closest("details.menu"), asked = button.dataset.explain.split(":");
    shut(menu, true);
    tell("explain", { panel: asked[0], part: asked[1], at: Date.now() });
    document.getElementById("explain-sheet").showModal();
  }

  document.addEventListener("click", function (event) {
    if (event.target.matches("dialog.sheet")) event.target.close();
  });

  function copy(button) {
    const code = button.parentElement.querySelector("code").textContent, done = function () {
      button.classList.add("done");
      window.setTimeout(function () { button.classList.remove("done"); }, 1600);
    };
    if (navigator.clipboard) { navigator.clipboard.writeText(code).then(done); return; }
    window.getSelection().selectAllChildren(button.parentElement.querySelector("code"));
  }

  /* --- new data: asked for while the page is looked at --------------------------------------------------------- */

  let known = null, reached = Date.now(), asking = false;

  function again() {
    if (known) tell("data-version", { version: known.version, retry: Date.now() });
  }

  function first() {
    const body = document.getElementById("body");
    return body ? { version: Number(body.dataset.version), stale: null, written: Number(body.dataset.written) } : null;
  }

  function look() {
    if (document.hidden || asking) return;
    known = known || first();
    if (!known) return;
    asking = true;
    fetch(window.wuliang.path + "data-version", { cache: "no-cache" })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
      .then(function (now) {
        const changed = now.version !== known.version || (known.stale !== null && now.stale !== known.stale);
        const noted = now.written !== known.written && document.getElementById("body").dataset.written !== undefined;
        known = now;
        reached = Date.now();
        if (changed) tell("data-version", now);
        else if (noted) note();
      })
      .catch(function () { /* said below */ })
      .finally(function () {
        asking = false;
        document.documentElement.classList.toggle("unreachable", Date.now() - reached > LOST_AFTER);
      });
  }

  /* Somebody wrote, and the figures are what they were: what shows it is drawn anew, but for the names in ``kept``, which whoever
     hears of it puts there to see to the rest. ``all``: nobody is asked. */
  function note(all) {
    const kept = [];
    if (!all) document.dispatchEvent(new CustomEvent("wuliang-written", { detail: kept }));
    tell("data-version", Object.assign({}, known, { only: "written", kept: kept, at: Date.now() }));
  }

  document.addEventListener("visibilitychange", function () { if (!document.hidden) { reached = Date.now(); look(); } });
  window.setInterval(look, ASK_EVERY);

  /* --- for Dash ---------------------------------------------------------------------------------------------------------------- */

  window.wuliang = {
    go: go,
    look: look,
    note: note,
    get path() { return JSON.parse(document.getElementById("_dash-config").textContent).requests_pathname_prefix; },
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    wuliang: {
      paint: function (frame) {
        if (!frame) return;
        const root = document.documentElement;
        root.lang = frame.language;
        root.dataset.bsTheme = frame.theme;
        document.title = frame.title;
      },
      /* a mark of a figure that leads somewhere */
      follow: function () {
        const from = window.dash_clientside.callback_context.triggered[0], at = from && from.value && from.value.points[0];
        if (!at || typeof at.customdata !== "string" || !at.customdata) return;
        if (at.customdata.startsWith("?")) go(at.customdata); else window.location.assign(at.customdata);
      },
    },
  });

  /* Plain markup in one go: ["a", { href: "?" }, "Overview"]; "@…" is one of our own. */
  function draw(node) {
    if (!Array.isArray(node)) return node;
    const tag = node[0].startsWith("@") ? window.wuliang_fields[node[0].slice(1)] : node[0];
    return window.React.createElement(tag, node[1], ...node.slice(2).map(draw));
  }

  window.wuliang_fields = {
    Markup: function (given) { return draw(given.tree); },
    DateField: function (given) {
      const h = window.React.createElement;
      return h("label", { className: "day-field" }, given.label,
        h("input", { type: "date", key: given.value, name: given.name, defaultValue: given.value, min: given.min, max: given.max, required: true }));
    },
  };
})();
