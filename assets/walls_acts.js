/* What is done to walls and screens: pairing, changing, removing with a way back. The lists themselves: walls.js. */
(function () {
  "use strict";

  const walls = window.wuliang_walls, make = window.wuliang.make, ask = window.wuliang.ask, say = window.wuliang.say;
  const who = window.wuliang.who, remember = window.wuliang.remember, toast = window.wuliang.toast;

  /* --- pairing ----------------------------------------------------------------------------------------------------------------- */

  function choices(select, chosen) {
    select.replaceChildren(...walls.told.walls.map(function (wall) { return new Option(wall.name, wall.wall_id); }));
    const first = walls.told.walls.find(function (wall) { return wall.wall_id > 0; }) || walls.told.walls[0];
    select.value = walls.told.walls.some(function (wall) { return String(wall.wall_id) === String(chosen); }) ? chosen : first.wall_id;
  }

  function pairing(node, said) {
    const form = node.querySelector("form"), code = form.elements.code, how = node.querySelector("[data-how]"), is_new = !form.noValidate;
    choices(form.elements.wall_id, form.elements.wall_id.value);
    if (!is_new) return;
    form.noValidate = true;
    form.querySelector(".entry-said").id = "pairing-said";
    code.maxLength = 12;
    code.autocapitalize = "characters";
    code.spellcheck = false;
    form.elements.name.autocomplete = "off";
    form.elements.who.value = form.elements.who.value || who();
    const parts = how.textContent.split("{link}"), link = new URL(window.wuliang.path + "wall", window.location.href).href;
    how.replaceChildren(parts[0], make("b", "", link.replace(/^https?:\/\//, "")), parts[1] || "");
    if (code.value) form.elements.name.focus();
  }

  function pair(form) {
    const said = walls.words(form.closest("[data-live]")), fields = Object.fromEntries(new FormData(form));
    send(form, "walls/claim.json", [Object.assign(fields, { wall_id: Number(fields.wall_id) })], function (answer) {
      toast(answer.message, said);
      form.elements.code.value = form.elements.name.value = "";
    }, said);
  }

  /* Sends a form once at a time, in so many parts; says at its head why it was not kept. ``done``: what follows when all were. */
  function send(form, path, bodies, done, said, refused) {
    if (form.dataset.busy !== undefined) return;
    form.dataset.busy = "";
    say(form, "");
    const next = function (at) {
      return ask(path, bodies[at]).then(function (answer) {
        if (answer.ok) return at + 1 < bodies.length ? next(at + 1) : kept(bodies[at], answer.told);
        if (refused) refused(answer);
        say(form, answer.told.message, answer.told.field);
      });
    };
    const kept = function (body, told) {
      remember(body.who);
      introduce();
      done(told);
    };
    next(0).catch(function () { say(form, said.lost); }).finally(function () {
      delete form.dataset.busy;
      walls.look();
    });
  }

  /* The box for pairing need not ask again for a name that is known. */
  function introduce() {
    const box = walls.host("pairing"), field = box && box.querySelector("[name=who]");
    if (field && !field.value) field.value = who();
  }

  /* --- dialogs: a copy of the one that the page has, which worklist.js takes away when it closes --------------------------------- */

  function dialog(kind, title) {
    const made = document.querySelector('dialog[data-dialog="' + kind + '"]').cloneNode(true), form = made.querySelector("form");
    made.removeAttribute("data-dialog");
    made.setAttribute("aria-label", title);
    made.querySelector(".entry-name").textContent = title;
    made.querySelector(".entry-said").id = "dialog-said";
    form.noValidate = true;
    form.elements.who.value = who();
    document.body.append(made);
    return made;
  }

  function change(device) {
    const said = walls.words(walls.host("screens")), made = dialog("screen-form", walls.fill(said.change, { name: device.name })), form = made.querySelector("form");
    made.dataset.device = device.device_id;
    form.elements.name.value = device.name;
    choices(form.elements.wall_id, device.wall_id);
    made.showModal();
    form.elements.name.focus();
  }

  function changed(form) {
    const said = walls.words(walls.host("screens")), made = form.closest("dialog"), fields = Object.fromEntries(new FormData(form));
    const device = deviceOf(made.dataset.device), number = Number(fields.wall_id), about = { device_id: device.device_id, who: fields.who };
    const bodies = [];
    if (fields.name.trim() !== device.name) bodies.push(Object.assign({ do: "rename", name: fields.name }, about));
    if (number !== device.wall_id) bodies.push(Object.assign({ do: "assign", wall_id: number }, about));
    if (!bodies.length) { made.close(); return; }
    send(form, "walls/device.json", bodies, function (answer) {
      made.close();
      toast(answer.message, said);
    }, said);
  }

  function deviceOf(number) { return walls.told.devices.find(function (each) { return String(each.device_id) === number; }); }

  /* Calls ``then`` as soon as it is known who does it. */
  function signed(then) {
    if (who()) { then(); return; }
    const said = walls.words(walls.host("screens")), made = dialog("who-form", said.ask);
    made.classList.add("name-form");
    made.querySelector("form").addEventListener("submit", function (event) {
      event.preventDefault();
      remember(event.target.elements.who.value);
      if (!who()) { event.target.elements.who.focus(); return; }
      made.close();
      then();
    });
    made.showModal();
    made.querySelector("[name=who]").focus();
  }

  /* --- removing: said in the row with a way back, and done a little later --------------------------------------------------------- */

  function remove(key, row, message, path, body, said) {
    const box = make(row.tagName === "TR" ? "td" : "div", "wall-going"), undo = make("button", "btn-wl sm", said.undo);
    const before = Array.from(row.childNodes);
    const stop = function () { walls.going.delete(key); row.replaceChildren(...before); walls.draw(); };
    let begun = false;
    const act = function () {
      if (begun) return;
      begun = true;
      ask(path, Object.assign({ who: who() }, body), { keepalive: true }).then(function (answer) {
        if (!answer.ok) stop(); // else the row stays as it is until the list is without it
        toast(answer.told.message, said, null, !answer.ok);
        walls.look();
      }).catch(function () { stop(); toast(said.lost, said, null, true); });
    };
    undo.type = "button";
    box.colSpan = 6;
    box.setAttribute("role", "status");
    box.append(make("span", "grow", message), undo);
    row.replaceChildren(box);
    const unwait = window.wuliang.unhurried(box, act);
    undo.addEventListener("click", function () { unwait(); stop(); });
    walls.going.set(key, { row: row, now: act });
  }

  function removeWall(wall, row) {
    const said = walls.words(walls.host("walls")), named = { name: wall.name };
    const message = wall.screens ? walls.fill(said.removing_shown, { name: wall.name, count: wall.screens }) : walls.fill(said.removing, named);
    remove("wall:" + wall.wall_id, row, message, "walls/remove.json", { wall_id: wall.wall_id }, said);
  }

  function removeScreen(device, row) {
    const said = walls.words(walls.host("screens")), named = { name: device.name }, body = { device_id: device.device_id, do: "revoke" };
    remove("screen:" + device.device_id, row, walls.fill(said.removing, named), "walls/device.json", body, said);
  }

  window.addEventListener("pagehide", function () { walls.going.forEach(function (each) { each.now(); }); });

  /* --- clicks ------------------------------------------------------------------------------------------------------------------- */

  function copyAddress(button) {
    const said = walls.words(walls.host("walls")), link = new URL(window.wuliang.path + button.dataset.wallCopy, window.location.href).href;
    const done = function () { toast(said.copied + ": " + link, said); };
    if (navigator.clipboard) { navigator.clipboard.writeText(link).then(done); return; }
    window.getSelection().selectAllChildren(button.previousElementSibling);
  }

  document.addEventListener("click", function (event) {
    const at = event.target.closest(".wall-row button, .wall-screens button"), data = at ? at.dataset : {};
    if (data.wallCopy !== undefined) copyAddress(at);
    if (data.wallRemove !== undefined) signed(function () { removeWall(walls.wallOf(Number(data.wallRemove)), at.closest(".wall-row")); });
    if (data.screenEdit !== undefined) change(deviceOf(data.screenEdit));
    if (data.screenRemove !== undefined) signed(function () { removeScreen(deviceOf(data.screenRemove), at.closest("tr")); });
  });

  document.addEventListener("submit", function (event) {
    const form = event.target, act = { pair: pair, screen: changed }[form.dataset.form];
    if (!act) return;
    event.preventDefault();
    act(form);
  });

  Object.assign(walls, { dialog: dialog, send: send, pairing: pairing });
})();
