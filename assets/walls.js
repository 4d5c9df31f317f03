/* Walls and the screens that show them: lists that stay up to date by themselves. What is done to them: walls_acts.js, walls_editor.js. */
(function () {
  "use strict";

  const EVERY = 2000, IN_TOUCH = 60000;
  const make = window.wuliang.make, mark = window.wuliang.mark;
  const going = new Map(); // what is to be removed soon: by key its row, and what does it at once
  let told = null, ahead = 0, asking = false;

  function host(name) { return document.querySelector('[data-live="' + name + '"]'); }

  function words(node) { return JSON.parse(node.dataset.words); }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  }

  /* --- what there is --------------------------------------------------------------------------------------------------------- */

  function look() {
    if (document.hidden || asking || !host("walls")) return Promise.resolve();
    asking = true;
    return window.wuliang.ask("walls.json").then(function (found) {
      if (!found.ok) return;
      told = found.told;
      ahead = told.now - Date.now();
      draw();
    }).catch(function () { /* the page says when the server is not reached */ }).finally(function () { asking = false; });
  }

  function wallOf(number) { return told.walls.find(function (wall) { return wall.wall_id === number; }); }

  function isInTouch(device) { return Boolean(device.last_seen) && Date.now() + ahead - device.last_seen < IN_TOUCH; }

  function nameIn(kind, key) {
    const found = told.choices[kind].find(function (choice) { return choice.key === key; });
    return found ? found.name : key;
  }

  /* The place that an address names: as it is offered, else by what the address says. The company has none. */
  function placeOf(address) {
    const of = function (said, name) { return new URLSearchParams(said).get(name) || ""; };
    const region = of(address, "region"), area = of(address, "area");
    if (!region && !area) return { key: "", name: "" };
    const found = told.choices.places.find(function (place) {
      return of(place.key, "area") === area && (of(place.key, "region") === region || (area && !region));
    });
    return found || { key: "?" + new URLSearchParams({ region: region, area: area }), name: area || region };
  }

  /* --- drawing: a part is drawn anew only where something of it changed --------------------------------------------------------- */

  function draw() {
    if (!told) return;
    part("finding", [told.walls.length, told.waiting, told.devices.map(function (each) { return [each.name, isInTouch(each)]; })], finding);
    part("walls", [told.walls, told.choices], walls);
    part("screens", told.devices.map(function (each) { return Object.assign({}, each, { last_seen: isInTouch(each) }); }), screens);
    part("pairing", told.walls.map(function (wall) { return [wall.wall_id, wall.name]; }), window.wuliang_walls.pairing);
    age();
  }

  function part(name, about, make_) {
    const node = host(name), key = JSON.stringify([about, Array.from(going.keys())]);
    if (!node || node.drawn === key) return;
    node.drawn = key;
    make_(node, words(node));
  }

  function age() {
    const since = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "narrow" });
    document.querySelectorAll("[data-live=screens] [data-seen]").forEach(function (node) {
      const device = told.devices.find(function (each) { return String(each.device_id) === node.dataset.seen; });
      if (!device || !device.last_seen) return;
      const seconds = Math.max(0, Math.round((Date.now() + ahead - device.last_seen) / 1000));
      const step = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]].find(function (each) { return seconds >= each[0]; });
      const text = since.format(-Math.floor(seconds / (step ? step[0] : 1)), step ? step[1] : "second");
      if (node.textContent !== text) node.textContent = text;
    });
  }

  function finding(node, said) {
    const shown = told.devices, lost = shown.filter(function (device) { return !isInTouch(device); }).map(function (device) { return device.name; });
    const named = lost.slice(0, 3).concat(lost.length > 3 ? [fill(said.more, { count: lost.length - 3 })] : []);
    const line = !shown.length ? said.none : lost.length ? fill(said.lost, { names: named.join(said.and) }) : said.all;
    node.querySelector("h1").textContent = line;
    node.querySelector("p").textContent = fill(said.counts, { screens: shown.length, walls: told.walls.length, waiting: told.waiting });
  }

  function tool(name, label, data, value) {
    const button = make("button", "tool");
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.dataset[data] = value;
    button.append(mark(name));
    return button;
  }

  function walls(node, said) {
    node.replaceChildren(...told.walls.map(function (wall) {
      const waits = going.get("wall:" + wall.wall_id);
      return waits ? waits.row : wallRow(wall, said);
    }));
  }

  function wallRow(wall, said) {
    const row = make("article", "wall-row"), head = make("div", "wall-head"), named = { name: wall.name }, link = make("a", "wall-link");
    row.dataset.wall = wall.wall_id;
    link.href = wall.link;
    link.target = "_blank";
    link.textContent = new URL(window.wuliang.path + wall.link, window.location.href).href.replace(/^https?:\/\//, "");
    const tools = make("div", "wall-tools"), isOwn = wall.wall_id > 0;
    tools.append(tool(isOwn ? "pencil" : "plus", fill(isOwn ? said.edit : said.use, named), "wallEdit", wall.wall_id));
    if (isOwn) tools.append(tool("plus", fill(said.use, named), "wallUse", wall.wall_id), tool("trash", fill(said.remove, named), "wallRemove", wall.wall_id));
    head.append(make("h3", "", wall.name), link, tool("copy", fill(said.address, named), "wallCopy", wall.link), make("span", "spring"), tools);
    const scenes = make("ol", "wall-strip");
    scenes.append(...wall.scenes.map(function (choice) { return sceneItem(choice, wall, said); }));
    const facts = [fill(said.seconds, { seconds: wall.seconds }), nameIn("languages", wall.language), nameIn("themes", wall.theme), fill(said.screens, { count: wall.screens })];
    row.append(head, scenes, make("p", "cap", facts.concat(isOwn ? [] : [said.built_in]).join(" · ")));
    return row;
  }

  function sceneItem(choice, wall, said) {
    const item = make("li", ""), about = [placeOf(choice.address).name,
      choice.measure && nameIn("measures", choice.measure), choice.period !== "quarter" && nameIn("periods", choice.period),
      choice.seconds && choice.seconds !== wall.seconds && fill(said.short, { seconds: choice.seconds })].filter(Boolean);
    item.append(make("b", "", choice.title));
    if (about.length) item.append(" ", make("span", "cap", about.join(said.and)));
    return item;
  }

  function screens(node, said) {
    if (!told.devices.length) {
      const empty = make("div", "empty-wl");
      empty.append(mark("display"), make("b", "", said.none), make("span", "cap", said.none_how));
      node.replaceChildren(empty);
      return;
    }
    const table = make("table", "tb wall-screens"), head = make("tr", ""), body = make("tbody", "");
    [said.screen, said.wall, said.shows, said.seen, said.state].forEach(function (name) {
      const cell = make("th", "l", name);
      cell.scope = "col";
      head.append(cell);
    });
    head.append(make("td", ""));
    const top = make("thead", "");
    top.append(head);
    body.append(...told.devices.map(function (device) {
      const waits = going.get("screen:" + device.device_id);
      return waits ? waits.row : screenRow(device, said);
    }));
    table.append(top, body);
    node.replaceChildren(table);
  }

  function screenRow(device, said) {
    const row = make("tr", ""), named = { name: device.name };
    const cell = function (label, ...content) {
      const made = make("td", "l");
      made.dataset.label = label;
      made.append(...content);
      return made;
    };
    const title = make("th", "l", device.name), seen = make("span", "nw", said.never);
    title.scope = "row";
    seen.dataset.seen = device.device_id;
    const facts = [device.scene, device.version ? fill(said.version, { version: device.version }) : ""].filter(Boolean);
    const wall = device.wall ? make("span", "", device.wall) : make("span", "bad", said.gone);
    row.append(title, cell(said.wall, wall), cell(said.shows, facts.join(" · ") || "—"), cell(said.seen, seen));
    row.append(cell(said.state, ...stateOf(device, said)));
    const tools = make("td", "wall-tools");
    tools.append(tool("pencil", fill(said.change, named), "screenEdit", device.device_id));
    tools.append(tool("trash", fill(said.remove, named), "screenRemove", device.device_id));
    row.append(tools);
    return row;
  }

  function stateOf(device, said) {
    const quiet = !isInTouch(device), look = quiet ? ["warning", "bad", said.quiet]
      : device.version && !device.is_current ? ["clock", "dim", said.old] : ["check", "good", said.touch];
    const state = make("span", "state " + look[1]);
    state.append(mark(look[0]), look[2]);
    return device.problem && !quiet ? [state, make("span", "cap wall-problem", said.problem + ": " + device.problem)] : [state];
  }

  document.addEventListener("visibilitychange", look);
  window.setInterval(look, EVERY);
  window.setInterval(function () { if (told && host("screens")) age(); }, 1000);
  new MutationObserver(function () { // as soon as the page's parts are there
    if (!told && host("walls") && host("screens") && host("pairing")) look();
    else if (told && ["finding", "walls", "screens", "pairing"].some(function (name) { const node = host(name); return node && !node.drawn; })) draw();
  }).observe(document, { childList: true, subtree: true });

  window.wuliang_walls = {
    fill: fill, words: words, host: host, look: look, draw: draw, wallOf: wallOf, placeOf: placeOf, going: going,
    get told() { return told; },
  };
})();
