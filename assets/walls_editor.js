/* The form for walls: its scenes in order, what each looks at, and a preview that follows what is typed. */
(function () {
  "use strict";

  const PREVIEW_AFTER = 500;
  const walls = window.wuliang_walls, make = window.wuliang.make;
  const drafts = new Map(); // by wall what was made of it and neither saved nor given up

  /* A form's wall as it was when it was opened: what is not asked for stays as it was. */
  function fresh(said) {
    const language = document.documentElement.lang.slice(0, 2), first = walls.told.walls[0];
    return { name: "", slug: "", seconds: 20, language: language, unit: "auto", theme: "dark", scenes: first.scenes.slice(), about: said.new };
  }

  function open(wall, isCopy) {
    const said = walls.words(document.querySelector('[data-dialog="wall-form"]')), isOwn = wall && wall.wall_id > 0 && !isCopy;
    const from = !wall ? fresh(said) : isOwn ? wall : Object.assign({}, wall, { name: walls.fill(said.copy, { name: wall.name }), slug: "" });
    const dialog = walls.dialog("wall-form", isOwn ? walls.fill(said.edit, { name: wall.name }) : said.new), form = dialog.querySelector("form");
    dialog.about = { wall_id: isOwn ? wall.wall_id : null, seen: isOwn ? wall.revision : 0, said: said, key: isOwn ? wall.wall_id : "new", shown: 0 };
    offer(form.elements.language, walls.told.choices.languages);
    offer(form.elements.theme, walls.told.choices.themes);
    set(form, from);
    dialog.about.before = JSON.stringify(collect(form));
    const draft = drafts.get(dialog.about.key);
    if (draft && (isOwn || !wall)) {
      dialog.about.seen = draft.seen;
      set(form, draft.wall);
    }
    dialog.showModal();
    form.elements.name.focus();
    preview(dialog);
  }

  /* --- the wall in the form ------------------------------------------------------------------------------------------------------ */

  function offer(select, choices, usual) {
    const first = usual === undefined ? [] : [new Option(usual, "")];
    select.replaceChildren(...first, ...choices.map(function (choice) { return new Option(choice.name, choice.key); }));
  }

  /* Chooses a value; one that is not offered is offered as it is, so that nothing is lost unseen. */
  function choose(select, value, name) {
    const isOffered = Array.from(select.options).some(function (option) { return option.value === value; });
    if (!isOffered) select.append(new Option(name || value, value));
    select.value = value;
  }

  function units(form, chosen) {
    const select = form.elements.unit;
    offer(select, walls.told.choices["units_" + form.elements.language.value] || []);
    select.value = chosen;
    if (!select.value) select.value = "auto";
  }

  function set(form, wall) {
    ["name", "slug", "seconds"].forEach(function (name) { form.elements[name].value = wall[name]; });
    ["language", "theme"].forEach(function (name) { choose(form.elements[name], wall[name]); });
    units(form, wall.unit);
    list(form).replaceChildren(...wall.scenes.map(function (choice) { return item(form, choice); }));
    number(form);
  }

  function list(form) { return form.querySelector("[data-scenes]"); }

  function item(form, choice) {
    const made = make("div", "wall-scene"), address = new URLSearchParams(choice.address);
    made.append(...Array.from(form.querySelector("[data-scene]").childNodes).map(function (node) { return node.cloneNode(true); }));
    made.address = choice.address;
    const field = function (name) { return made.querySelector('[name="' + name + '"]'); };
    const known = walls.told.choices, said = form.closest("dialog").about.said, place = walls.placeOf(choice.address);
    offer(field("scene"), walls.told.scenes.map(function (each) { return { key: each.name, name: each.title }; }));
    const places = known.places.map(function (each) { return { key: each.key, name: each.within ? "\u2003" + each.within : each.name }; });
    offer(field("place"), places, said.company);
    offer(field("measure"), known.measures, said.usual);
    offer(field("period"), known.periods);
    choose(field("scene"), choice.scene);
    choose(field("place"), place.key, place.name);
    choose(field("measure"), address.get("measure") || "");
    choose(field("period"), address.get("period") || "quarter");
    field("own").value = choice.seconds === null || choice.seconds === undefined ? "" : choice.seconds;
    return made;
  }

  function number(form) {
    const items = Array.from(list(form).children), dialog = form.closest("dialog"), said = dialog.about.said;
    dialog.about.shown = Math.min(dialog.about.shown, Math.max(0, items.length - 1));
    items.forEach(function (made, at) {
      made.setAttribute("aria-label", walls.fill(said.scene, { at: at + 1 }));
      made.setAttribute("role", "group");
      made.querySelector("[data-scene-do=earlier]").disabled = at === 0;
      made.querySelector("[data-scene-do=later]").disabled = at === items.length - 1;
      made.querySelector("[data-scene-do=show]").setAttribute("aria-pressed", String(at === dialog.about.shown));
      made.querySelector("[name=own]").placeholder = form.elements.seconds.value;
    });
  }

  function whole(text) { return text.trim() === "" || !Number.isFinite(Number(text)) ? 0 : Math.trunc(Number(text)); }

  function scene(made) {
    const value = function (name) { return made.querySelector('[name="' + name + '"]').value; };
    const address = new URLSearchParams(made.address), usual = { measure: "", period: "quarter" };
    const place = new URLSearchParams(value("place"));
    ["region", "area"].forEach(function (name) { if (place.get(name)) address.set(name, place.get(name)); else address.delete(name); });
    Object.keys(usual).forEach(function (name) {
      if (value(name) === usual[name]) address.delete(name); else address.set(name, value(name));
    });
    const said = address.toString();
    return { scene: value("scene"), address: said ? "?" + said : "", seconds: value("own").trim() === "" ? null : whole(value("own")) };
  }

  function collect(form) {
    const wall = { scenes: Array.from(list(form).children, scene), seconds: whole(form.elements.seconds.value) };
    ["name", "slug", "language", "unit", "theme"].forEach(function (name) { wall[name] = form.elements[name].value; });
    return wall;
  }

  /* --- the preview: the wall as it would be, beginning with the scene that is looked at --------------------------------------------- */

  function preview(dialog) {
    const form = dialog.querySelector("form"), about = dialog.about, wall = collect(form), line = dialog.querySelector(".wall-preview .cap");
    wall.scenes = wall.scenes.slice(about.shown).concat(wall.scenes.slice(0, about.shown));
    wall.name = wall.name.trim() || about.said.new;
    wall.slug = "";
    const key = JSON.stringify(wall), frame = dialog.querySelector("iframe");
    if (key === about.previewed) return;
    about.previewed = key;
    window.wuliang.ask("walls/preview.json", { wall: wall }).then(function (answer) {
      if (about.previewed !== key || !dialog.isConnected) return;
      line.textContent = answer.ok ? about.said.about : walls.fill(about.said.failed, { reason: answer.told.message });
      if (answer.ok) frame.contentWindow.location.replace(window.wuliang.path + answer.told.address);
    }).catch(function () { about.previewed = ""; line.textContent = about.said.lost; });
  }

  function soon(dialog) {
    window.clearTimeout(dialog.about.timer);
    dialog.about.timer = window.setTimeout(function () { if (dialog.isConnected) preview(dialog); }, PREVIEW_AFTER);
  }

  /* --- saving -------------------------------------------------------------------------------------------------------------------- */

  function save(form) {
    const dialog = form.closest("dialog"), about = dialog.about, wall = collect(form);
    const body = { wall: wall, wall_id: about.wall_id, seen: about.seen, who: form.elements.who.value };
    walls.send(form, "walls/keep.json", [body], function (answer) {
      drafts.delete(about.key);
      about.done = true;
      dialog.close();
      window.wuliang.toast(answer.message, about.said);
    }, about.said, function (answer) {
      if (answer.status !== 409) return;
      about.theirs = answer.told.wall; // null: it was deleted, and is saved as a new one
      about.seen = about.theirs ? about.theirs.revision : 0;
      if (!about.theirs) about.wall_id = null;
      form.querySelector("[data-theirs]").hidden = !about.theirs;
      form.querySelector("[type=submit]").textContent = about.said.again;
    });
  }

  /* --- clicks -------------------------------------------------------------------------------------------------------------------- */

  function move(button) {
    const made = button.closest(".wall-scene"), form = button.form, dialog = form.closest("dialog"), what = button.dataset.sceneDo;
    const items = list(form).children, at = Array.from(items).indexOf(made), next = made.nextElementSibling || made.previousElementSibling;
    if (what === "show") dialog.about.shown = at;
    if (what === "earlier" && at) items[at - 1].before(made);
    if (what === "later" && at < items.length - 1) items[at + 1].after(made);
    if (what === "out") made.remove();
    number(form);
    const back = what === "out" ? next && next.querySelector("[data-scene-do=out]") : button;
    (back && !back.disabled ? back : what === "out" ? form.querySelector("[data-scene-add]") : made.querySelector("[data-scene-do=show]")).focus();
    soon(dialog);
  }

  function add(form) {
    const made = item(form, { scene: walls.told.scenes[0].name, address: "", seconds: null });
    list(form).append(made);
    number(form);
    made.querySelector("[name=scene]").focus();
    soon(form.closest("dialog"));
  }

  document.addEventListener("click", function (event) {
    const at = event.target.closest("[data-wall-new], [data-wall-edit], [data-wall-use], .wall-edit button"), data = at ? at.dataset : {};
    if (!at || !walls.told) return;
    if (data.wallNew !== undefined) open(null);
    if (data.wallEdit !== undefined) open(walls.wallOf(Number(data.wallEdit)));
    if (data.wallUse !== undefined) open(walls.wallOf(Number(data.wallUse)), true);
    if (data.sceneDo !== undefined) move(at);
    if (data.sceneAdd !== undefined) add(at.form);
    if (data.theirs !== undefined) {
      const about = at.closest("dialog").about;
      set(at.form, about.theirs);
      at.hidden = true;
      window.wuliang.say(at.form, "");
      preview(at.closest("dialog"));
    }
  });

  ["input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      const form = event.target.form;
      if (!form || !form.matches("dialog:not([data-dialog]) .wall-edit")) return;
      if (event.target.name === "language") units(form, form.elements.unit.value);
      if (event.target.name === "seconds") number(form);
      if (event.target.name !== "who") soon(form.closest("dialog"));
    });
  });

  document.addEventListener("submit", function (event) {
    if (!event.target.matches(".wall-edit")) return;
    event.preventDefault();
    save(event.target);
  });

  document.addEventListener("close", function (event) {
    const dialog = event.target, about = dialog.about;
    if (!about || about.done) return;
    const wall = collect(dialog.querySelector("form"));
    if (JSON.stringify(wall) !== about.before) drafts.set(about.key, { wall: wall, seen: about.seen });
    else drafts.delete(about.key);
  }, true);
})();
