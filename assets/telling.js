/* What pages that people write on have in common: who writes, asking the server, saying what is wrong with a form, and short messages. */
(function () {
  "use strict";

  const WHO = "wuliang-who", SHOWN_FOR = 6000;

  function make(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  }

  function mark(name) {
    const node = make("span", "ic s ic-" + name);
    node.setAttribute("aria-hidden", "true");
    return node;
  }

  /* --- who writes: typed once, kept by this browser ------------------------------------------------------------------------ */

  function who() {
    try { return window.localStorage.getItem(WHO) || ""; } catch { return ""; }
  }

  function remember(name) {
    try { if (name.trim()) window.localStorage.setItem(WHO, name.trim()); } catch { /* it is asked for again */ }
  }

  /* --- what is asked of the server: ``path`` below the product's own, in the page's language; with a form it is sent ------------ */

  function ask(path, form, more) {
    const how = form ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(form) } : {};
    return fetch(window.wuliang.path + path + window.location.search, Object.assign({ cache: "no-store" }, how, more)).then(function (answer) {
      return answer.text().then(function (text) {
        let told;
        try { told = JSON.parse(text); } catch { told = { message: text }; }
        return { ok: answer.ok, status: answer.status, told: told };
      });
    });
  }

  /* What is said of a form: at its head, and the fields that it is about are marked, the first of them has the focus. ``fields``: their
     names, or one. */
  function say(form, message, fields) {
    const said = form.querySelector(".entry-said");
    said.textContent = message || "";
    form.querySelectorAll("[aria-invalid]").forEach(function (each) {
      each.removeAttribute("aria-invalid");
      each.removeAttribute("aria-describedby");
    });
    const wrong = [].concat(fields || []).map(function (name) { return form.querySelector('[name="' + name + '"]:enabled'); }).filter(Boolean);
    wrong.forEach(function (each) {
      each.setAttribute("aria-invalid", "true");
      each.setAttribute("aria-describedby", said.id);
    });
    if (wrong.length) wrong[0].focus();
  }

  document.addEventListener("input", function (event) { // what is being put right is no longer wrong
    event.target.removeAttribute("aria-invalid");
    event.target.removeAttribute("aria-describedby");
  });

  /* --- what was done, with a way back ------------------------------------------------------------------------------------------ */

  function shelf() {
    const known = document.querySelector(".toasts");
    if (known) return known;
    const made = make("div", "toasts");
    document.body.append(made);
    return made;
  }

  /* Calls ``act`` after a while in which neither the pointer nor the focus was on ``box``; what it gives stops that for good: a box
     that is taken away with the focus on it loses the focus, which is no reason to begin again. */
  function unhurried(box, act) {
    let timer = 0, over = false;
    const stop = function () { window.clearTimeout(timer); };
    const wait = function () { stop(); if (!over) timer = window.setTimeout(act, SHOWN_FOR); };
    ["pointerenter", "focusin"].forEach(function (name) { box.addEventListener(name, stop); });
    ["pointerleave", "focusout"].forEach(function (name) { box.addEventListener(name, wait); });
    wait();
    return function () { over = true; stop(); };
  }

  /* ``words``: undo and close; ``undo`` takes it back. An error stays until it is closed; all else goes after a while. */
  function toast(message, words, undo, isError) {
    const box = make("div", "toast-wl" + (isError ? " adv" : "")), close = make("button", "tool");
    box.setAttribute("role", isError ? "alert" : "status");
    box.append(make("span", "grow", message));
    if (undo) {
      const back = make("button", "btn-wl sm", words.undo);
      back.type = "button";
      back.addEventListener("click", function () { box.remove(); undo(); });
      box.append(back);
    }
    close.type = "button";
    close.title = words.close;
    close.setAttribute("aria-label", words.close);
    close.append(mark("close"));
    close.addEventListener("click", function () { box.remove(); });
    box.append(close);
    shelf().append(box);
    if (!isError) unhurried(box, function () { box.remove(); });
  }

  Object.assign(window.wuliang, {
    make: make, mark: mark, who: who, remember: remember, ask: ask, say: say, toast: toast, unhurried: unhurried,
  });
})();
