/* Writing about a customer from a row: the form, what others wrote meanwhile, Undo; the list follows what anybody writes. */
(function () {
  "use strict";

  const make = window.wuliang.make, mark = window.wuliang.mark, say = window.wuliang.say, toast = window.wuliang.toast;
  const who = window.wuliang.who, remember = window.wuliang.remember;
  const drafts = new Map(); // by customer what was typed and neither kept nor thrown away

  /* --- what is asked of the server ----------------------------------------------------------------------------------------- */

  function ask(customer, form) {
    return window.wuliang.ask("entries/" + encodeURIComponent(customer) + ".json", form);
  }

  /* --- the form -------------------------------------------------------------------------------------------------------------- */

  function open(button) {
    const template = document.querySelector("dialog[data-entry-form]");
    if (!template) return;
    const dialog = template.cloneNode(true), customer = button.dataset.entries, form = dialog.querySelector("form");
    dialog.removeAttribute("data-entry-form");
    dialog.dataset.customer = customer;
    dialog.setAttribute("aria-label", button.getAttribute("aria-label") || button.dataset.name);
    dialog.querySelector(".entry-name").textContent = button.dataset.name;
    dialog.querySelector(".entry-facts").textContent = button.dataset.facts || "";
    dialog.querySelector(".entry-said").id = "entry-said";
    document.body.append(dialog);
    const draft = drafts.get(customer);
    if (draft) {
      form.querySelectorAll("[name=kind]").forEach(function (choice) { choice.checked = choice.value === draft.kind; });
      form.querySelectorAll(".form-field [name]").forEach(function (field, at) { field.value = draft.values[at]; });
    }
    const name = form.querySelector("[name=who]");
    name.value = who() || name.value;
    turn(form);
    dialog.showModal();
    form.querySelector("[name=kind]:checked").focus();
    load(dialog);
  }

  /* Only what the chosen kind asks for is shown and sent. */
  function turn(form) {
    const kind = form.querySelector("[name=kind]:checked").value;
    form.dataset.kind = kind;
    form.querySelectorAll(".form-field").forEach(function (label) {
      const used = label.dataset.used.split(" ").includes(kind);
      label.hidden = !used;
      label.querySelector("[name]").disabled = !used;
    });
    say(form, "");
  }

  function load(dialog) {
    const form = dialog.querySelector("form"), customer = dialog.dataset.customer;
    dialog.setAttribute("aria-busy", "true");
    return ask(customer).then(function (found) {
      if (!found.ok) { say(form, found.told.message); return; }
      const told = found.told;
      dialog.dataset.written = told.written;
      dialog.querySelectorAll(".hint").forEach(function (hint) { hint.textContent = hint.textContent.replace("{open}", told.open); });
      past(dialog, told);
      list(dialog, told.entries, []);
    }).catch(function () { say(form, dialog.dataset.lost); })
      .finally(function () { dialog.removeAttribute("aria-busy"); });
  }

  /* On a past day there is nothing to fill in: why, and the way to the latest day, which has the focus in place of the form. */
  function past(dialog, told) {
    const form = dialog.querySelector("form"), box = dialog.querySelector(".entry-closed"), link = box.querySelector("a");
    const isHeld = form.contains(document.activeElement);
    box.querySelector("p").textContent = told.closed;
    link.href = told.latest;
    box.hidden = !told.closed;
    form.hidden = !box.hidden;
    if (form.hidden && isHeld) link.focus();
  }

  function list(dialog, entries, fresh) {
    const lines = entries.map(function (entry) { return line(dialog, entry, fresh.includes(entry.id)); });
    dialog.querySelector(".entry-list").replaceChildren(...(lines.length ? lines : [make("li", "cap", dialog.dataset.nothing)]));
  }

  function line(dialog, entry, isFresh) {
    const item = make("li", "entry-line" + (entry.undone ? " undone" : "") + (isFresh ? " fresh-line" : ""));
    const head = make("div", "entry-head");
    head.append(make("b", "", entry.name), " ", make("span", "", entry.headline));
    if (entry.state) {
      const state = make("span", "state " + entry.state.look);
      state.append(mark(entry.state.mark), entry.state.word);
      head.append(" ", state);
    }
    item.append(head);
    if (entry.note) item.append(make("p", "entry-note", entry.note));
    const foot = make("p", "cap", entry.undone || entry.by);
    if (!entry.undone) {
      const back = make("button", "entry-back", dialog.dataset.undo);
      back.type = "button";
      back.dataset.undoes = entry.id;
      back.setAttribute("aria-label", dialog.dataset.undo + ": " + entry.name + " " + entry.headline);
      foot.append(" ", back);
    }
    item.append(foot);
    return item;
  }

  /* Whether what has to be filled in is; else it is said, each in the words that its field has for it. */
  function isComplete(form) {
    const missing = Array.from(form.querySelectorAll("[data-missing]:enabled")).filter(function (field) { return !field.value.trim(); });
    if (!missing.length) return true;
    say(form, missing.map(function (field) { return field.dataset.missing; }).join("\n"), missing.map(function (field) { return field.name; }));
    return false;
  }

  function save(form) {
    const dialog = form.closest("dialog"), customer = dialog.dataset.customer, button = form.querySelector("[type=submit]");
    if (form.dataset.busy !== undefined || !isComplete(form)) return;
    if (dialog.dataset.written === undefined) { load(dialog); return; }
    const said = Object.fromEntries(new FormData(form));
    form.dataset.busy = "";
    ask(customer, Object.assign({ seen: Number(dialog.dataset.written) }, said)).then(function (answer) {
      const told = answer.told;
      if (answer.ok) {
        remember(said.who);
        drafts.delete(customer);
        dialog.dataset.done = "";
        dialog.close();
        toast(told.message, dialog.dataset, function () { undone({ customer: customer, undoes: told.entry }, dialog.dataset); });
        window.wuliang.look();
        return;
      }
      if (told.entries) { // others wrote meanwhile: it is shown, and saved again from there
        dialog.dataset.written = told.written;
        list(dialog, told.entries, told.since);
        button.textContent = dialog.dataset.again;
      }
      say(form, told.message || dialog.dataset.refused, told.field);
    }).catch(function () { say(form, dialog.dataset.lost); })
      .finally(function () { delete form.dataset.busy; });
  }

  function takeBack(button) {
    const dialog = button.closest("dialog"), form = dialog.querySelector("form");
    const name = form.querySelector("[name=who]").value;
    ask(dialog.dataset.customer, { kind: "undo", undoes: Number(button.dataset.undoes), who: name }).then(function (answer) {
      if (answer.ok) remember(name);
      window.wuliang.look();
      return load(dialog).then(function () { say(form, answer.told.message, answer.told.field); });
    }).catch(function () { say(form, dialog.dataset.lost); });
  }

  document.addEventListener("click", function (event) {
    const at = event.target.closest("[data-entries], [data-undoes], .entry-closed a");
    if (!at) return;
    if (at.dataset.entries !== undefined) open(at);
    else if (at.dataset.undoes !== undefined) takeBack(at);
    else if (event.defaultPrevented) at.closest("dialog").close(); // the page goes there by itself
  });
  document.addEventListener("change", function (event) {
    if (event.target.matches(".entry-form [name=kind]")) turn(event.target.form);
  });
  document.addEventListener("submit", function (event) {
    if (!event.target.matches(".entry-form")) return;
    event.preventDefault();
    if (event.target.closest(".name-form")) named(event.target); else save(event.target);
  });
  document.addEventListener("close", function (event) {
    const dialog = event.target;
    if (!dialog.matches("dialog.entry")) return;
    const form = dialog.querySelector("form"), fields = Array.from(form.querySelectorAll(".form-field [name]"));
    const typed = fields.some(function (field) { return field.name !== "who" && field.value.trim(); });
    if (dialog.dataset.done === undefined && dialog.dataset.customer && typed) {
      drafts.set(dialog.dataset.customer, { kind: form.dataset.kind, values: fields.map(function (field) { return field.value; }) });
    }
    dialog.remove();
  }, true);

  function undone(back, words) {
    ask(back.customer, { kind: "undo", undoes: back.undoes, who: who() }).then(function (answer) {
      toast(answer.told.message, words, null, !answer.ok);
      window.wuliang.look();
    }).catch(function () { toast(words.lost, words, null, true); });
  }

  /* --- a list of one's own: a link with the name that this browser keeps -------------------------------------------------------- */

  function own(link, name) {
    const address = new URLSearchParams(window.location.search);
    address.set(link.dataset.own, name);
    return "?" + address.toString();
  }

  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-own]");
    if (!link || link.hasAttribute("aria-current")) return;
    event.preventDefault();
    event.stopPropagation();
    if (who()) window.wuliang.go(own(link, who())); else askName(link);
  }, true);

  /* The name is asked for with the same field that the form has. */
  function askName(link) {
    const template = document.querySelector("dialog[data-entry-form]");
    if (!template) return;
    const dialog = template.cloneNode(true);
    dialog.removeAttribute("data-entry-form");
    dialog.classList.add("name-form");
    dialog.dataset.own = link.dataset.own;
    dialog.querySelectorAll(".entry-facts, .kinds, .entry-fields, .entry-past, .entry-closed, form > .cap").forEach(function (part) { part.remove(); });
    dialog.querySelector(".entry-name").textContent = link.textContent;
    dialog.querySelector(".entry-said").id = "entry-said";
    dialog.setAttribute("aria-label", link.textContent);
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("[name=who]").focus();
  }

  function named(form) {
    if (!isComplete(form)) return;
    const dialog = form.closest("dialog"), name = form.querySelector("[name=who]").value;
    remember(name);
    dialog.close();
    window.wuliang.go(own(dialog, who()));
  }

  /* --- when anybody wrote: a long list is read anew where it is, and what stands above it ----------------------------------------- */

  document.addEventListener("wuliang-written", function (event) {
    const card = document.querySelector(".slot-worklist .kids"), grid = card && card.querySelector(".grid-box > [id]");
    const api = grid && window.dash_ag_grid && window.dash_ag_grid.getApi(grid.id);
    if (!api) return;
    event.detail.push("worklist");
    fetch(window.wuliang.path + "worklist.json" + window.location.search, { cache: "no-store" })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
      .then(function (told) {
        if (!told.is_long || !grid.isConnected) { window.wuliang.note(true); return; }
        const caption = card.querySelector(".kids-h > .cap");
        caption.textContent = caption.title = told.caption;
        card.querySelector(".tabs [aria-current] .n").textContent = told.count;
        card.querySelectorAll(".filter .n").forEach(function (count, at) { count.textContent = told.filters[at]; });
        api.refreshInfiniteCache();
      })
      .catch(function () { window.wuliang.note(true); });
  });

  /* --- from a cell of the ageing to its invoices, which stand below --------------------------------------------------------------- */

  document.addEventListener("click", function (event) {
    const list = event.target.closest(".heatmap td a") && document.querySelector(".slot-worklist");
    if (list) list.scrollIntoView({ block: "nearest" });
  });

  /* --- fields -------------------------------------------------------------------------------------------------------------------- */

  window.wuliang_fields = Object.assign(window.wuliang_fields || {}, {
    FormField: function (given) {
      const h = window.React.createElement;
      if (given.kind === "choice") {
        return h("label", { className: "choice" },
          h("input", { type: "radio", name: given.name, value: given.value, defaultChecked: given.checked }), h("span", null, given.label));
      }
      const common = { name: given.name, defaultValue: given.value, autoComplete: given.name === "who" ? "name" : "off",
        required: Boolean(given.missing), "data-missing": given.missing || undefined };
      const field = given.kind === "note" ? h("textarea", Object.assign({ rows: 3 }, common))
        : h("input", Object.assign({ type: given.kind, min: given.first || undefined }, common));
      return h("label", { className: "form-field f-" + given.name, "data-used": given.used },
        h("span", null, given.label, given.hint && h("span", { className: "cap hint" }, given.hint)), field);
    },
  });
})();
