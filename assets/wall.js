/* A wall screen: asks every two seconds what to show, shows it scene by scene, and says so when it cannot know better.

   Time is the server's, carried on by a clock that nobody can set, so neither a wrong device clock nor a lost server makes old data
   look fresh. One timer drives everything and no listener is ever added twice, so a screen can run for months. What was shown last is
   kept by the browser and painted at once after a restart. layouts/wall/frame.py has the page, callbacks/wall.py the answers. */

const EVERY = 2000, PATIENCE = 4000, WAITS = [2000, 4000, 8000, 12000]; // asking: how often, how long, and after a failure
const LOST = 8000, FIRST = 4000; // without an answer for so long the server is lost; the first answer
const ALERT = 8000, FADE = 500, BANNER = 10000, BANNERS = 5, SHIFT = 240000, TELL = 60000, MINUTE = 60000;
const PLACES = [[0, 0], [4, 0], [4, 4], [0, 4], [-4, 4], [-4, 0], [-4, -4], [0, -4], [4, -4]]; // the layout moves by so many units
const REMEMBERED = 2000;

const body = document.body, root = body.dataset.root, here = window.location;
const isScreen = here.pathname === root + "wall", isPreview = here.pathname === root + "wall/preview";
const source = isScreen ? root + "wall/show.json" : here.pathname + ".json";
const node = Object.fromEntries(Array.from(document.querySelectorAll("[id]"), (found) => [found.id, found]));
const product = node.title.textContent, spoken = JSON.parse(body.dataset.words); // what to say before the first answer
const STATES = ["wall", "new", "pairing", "revoked", "gone", "empty", "failing", "crowded"];

const ticks = () => performance.now();
const time = { base: Date.now(), mark: ticks(), date: Date.now(), minutes: -new Date().getTimezoneOffset() };
const link = { at: null, next: 0, began: 0, stop: null, fails: 0, failing: "", sure: false, pairAt: Infinity, paired: -Infinity };
const shown = { doc: null, etag: "", scenes: [], key: "", since: 0, layer: "a", removed: false, lastGood: 0, keptAt: 0 };
const line = { html: "", since: 0, swapAt: 0 }, banner = { queue: [], until: 0, told: null }, trouble = { said: "", until: 0 };
let renewing = false;

/* --- small things ---------------------------------------------------------------------------------------------------------------- */

const written = new WeakMap();
function write(where, html) { // only what changed, so that nothing flickers
  if (written.get(where) === html) return;
  written.set(where, html);
  where.innerHTML = html;
}
function safe(text) {
  return String(text ?? "").replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}
function word(name, values) {
  const said = ((shown.doc && shown.doc.words) || spoken)[name] || "";
  return said.replace(/\{(\w+)\}/g, (whole, key) => (values && key in values ? values[key] : whole));
}
function load(name) {
  try { return JSON.parse(window.localStorage.getItem("wuliang-" + name + ":" + here.pathname)); } catch { return null; }
}
function save(name, what) {
  if (isPreview) return;
  const key = "wuliang-" + name + ":" + here.pathname;
  try {
    if (what === null) window.localStorage.removeItem(key); else window.localStorage.setItem(key, JSON.stringify(what));
  } catch { /* then a restart begins with nothing */ }
}
function report(problem) {
  trouble.said = String((problem && (problem.message || problem.reason || problem)) || "unknown").slice(0, 200);
  trouble.until = ticks() + TELL;
}
function safely(what, ...given) {
  try { return what(...given); } catch (problem) { return report(problem); }
}

/* --- time ------------------------------------------------------------------------------------------------------------------------ */

const now = () => time.base + ticks() - time.mark;
const local = (moment) => new Date(moment + time.minutes * MINUTE);
const hour = (moment) => local(moment).toISOString().slice(11, 16);
const day = (moment) => local(moment).toISOString().slice(0, 10);

function heard(said, began) { // "milliseconds;minutes ahead of UTC"; half of the way there and back has passed since it was said
  const [moment, minutes] = said.split(";").map(Number), passed = ticks();
  Object.assign(time, { base: moment + (passed - began) / 2, mark: passed, date: Date.now(), minutes });
}
function jumped() { // the device was asleep, or its clock was set: nothing is sure until the server has answered again
  const off = Date.now() - time.date - (ticks() - time.mark);
  if (Math.abs(off) < 3000) return;
  time.date += off;
  link.sure = false;
  if (!link.stop) link.next = 0;
}
function since(moment) {
  if (day(moment) === day(now())) return hour(moment);
  const how = { day: "numeric", month: "short", timeZone: "UTC" };
  return new Intl.DateTimeFormat(document.documentElement.lang, how).format(local(moment)) + " " + hour(moment);
}

/* --- asking ---------------------------------------------------------------------------------------------------------------------- */

function address() {
  const asked = new URLSearchParams(here.search), doc = shown.doc;
  asked.set("shown", (doc && doc.version) || 0);
  asked.set("scene", shown.key);
  asked.set("release", body.dataset.release);
  if (ticks() < trouble.until) asked.set("problem", trouble.said);
  return source + "?" + asked;
}
async function ask() {
  const pairing = ticks() >= link.pairAt, began = ticks(), stop = new AbortController();
  let answered = false;
  link.stop = stop;
  link.began = began;
  try {
    const how = { cache: "no-store", credentials: "same-origin", redirect: "error", signal: stop.signal };
    if (pairing) {
      Object.assign(how, { method: "POST" });
      Object.assign(link, { pairAt: Infinity, paired: began });
    } else if (shown.etag) how.headers = { "If-None-Match": shown.etag };
    const answer = await fetch(pairing ? root + "wall/pair" : address(), how), said = answer.headers.get("Wuliang-Now");
    if (!said) throw new Error("what answers is not the server"); // a proxy, or a sign-in page
    const told = answer.status === 304 ? null : await answer.json();
    if (told && !STATES.includes(told.state)) throw new Error(`'${told.state}' is no state of a screen`);
    answered = true;
    heard(said, began);
    if (answer.status !== 200 && answer.status !== 304) {
      refused(told, pairing);
      return;
    }
    Object.assign(link, { at: ticks(), next: ticks() + EVERY * (0.9 + 0.2 * Math.random()), fails: 0, failing: "", sure: true });
    shown.lastGood = now();
    if (told) take(told, answer.headers.get("ETag") || "");
    else if (shown.doc && shown.doc.state === "wall" && ticks() - shown.keptAt > MINUTE) keep();
  } catch (problem) {
    if (answered) report(problem);
    refused(null, pairing);
  } finally {
    link.stop = null;
  }
}
function refused(told, pairing) {
  link.failing = told && told.state ? told.state : "";
  link.next = ticks() + WAITS[Math.min(link.fails, WAITS.length - 1)] * (0.9 + 0.2 * Math.random());
  link.fails += 1;
  if (pairing) link.pairAt = link.next;
  if (told && (!shown.doc || shown.doc.state !== "wall")) take({ words: { ...spoken, failing: told.message }, ...told }, "");
}
function lost() {
  return link.at === null ? ticks() > FIRST : ticks() - link.at >= LOST;
}

/* --- what is to be shown --------------------------------------------------------------------------------------------------------- */

function take(doc, etag) {
  const isWall = doc.state === "wall";
  if (doc.state === "new") { // without a cookie it stays new: then not again at once
    link.pairAt = ticks() - link.paired < MINUTE ? link.paired + MINUTE : 0;
    if (link.pairAt) report("the browser keeps no cookies");
    else link.next = 0;
  }
  if (doc.state === "revoked") {
    shown.removed = true;
    link.pairAt = ticks() + EVERY;
  }
  if (isWall) shown.removed = false;
  if (isWall && doc.passed) celebrate(doc);
  Object.assign(shown, { doc, etag });
  dress(doc);
  shown.scenes = isWall && doc.scenes.length ? doc.scenes : [standIn(doc)];
  const at = shown.scenes.findIndex((scene) => scene.key === shown.key);
  if (at < 0) turn(Math.min(Math.max(place(), 0), shown.scenes.length - 1));
  else fill(shown.layer, shown.scenes[at]); // in place: it stands as long as it would have
  if (isWall) keep(); else forget();
}
const place = () => Number.parseInt(shown.key, 10) || 0;
function keep() {
  shown.keptAt = ticks();
  save("wall", { doc: shown.doc, etag: shown.etag, at: shown.lastGood, ahead: now() - Date.now(), minutes: time.minutes });
}
function forget() {
  save("wall", null);
}
function dress(doc) {
  const page = document.documentElement;
  if (doc.language) page.lang = doc.language;
  if (doc.theme && doc.theme !== page.dataset.bsTheme) {
    page.dataset.bsTheme = doc.theme;
    page.removeAttribute("style"); // the ground of the first moment
  }
  if (doc.name) document.title = doc.name;
}
function standIn(doc) { // what the screen says of itself, in large letters
  const said = { key: "-" + doc.state, title: product, period: "", qr: "", seconds: 20 };
  const names = (doc.skipped || []).map((one) => word("skipped", { title: one.title }) + " (" + one.code + ")").join(" · ");
  if (doc.state === "pairing" || doc.state === "new") {
    const [title, how] = shown.removed ? ["revoked", "revoked_how"] : ["pair", "pair_how"], where = (doc.link || "").split("?")[0];
    const more = shown.removed ? `<p>${safe(word("pair_how", { link: where }))}</p>` : "";
    const code = doc.code ? `<b class="wall-code">${safe(doc.code)}</b>` : "";
    const text = doc.code ? `${code}<p>${safe(word(how, { link: where }))}</p>${more}` : "";
    return { ...said, html: `<section class="wall-pair"><div><h2>${safe(word(title))}</h2>${text}</div>${doc.qr || ""}</section>` };
  }
  const title = word(doc.state === "wall" ? "failing" : doc.state), how = doc.state === "wall" ? names : word(doc.state + "_how");
  return { ...said, html: `<section class="wall-missing"><h2>${safe(title)}</h2><p>${safe(how)}</p></section>` };
}

/* --- scenes ---------------------------------------------------------------------------------------------------------------------- */

function fill(layer, scene) {
  write(node[layer], scene.html);
  write(node.title, safe(scene.title));
  write(node.period, safe(scene.period));
  write(node.qr, scene.qr);
  const all = shown.scenes.length, at = shown.scenes.indexOf(scene);
  write(node.dots, all > 1 ? shown.scenes.map((_, n) => (n === at ? '<i class="on"></i>' : "<i></i>")).join("") : "");
}
function turn(at) {
  const scene = shown.scenes[at], before = node[shown.layer];
  if (shown.key) shown.layer = shown.layer === "a" ? "b" : "a";
  Object.assign(shown, { key: scene.key, since: ticks() });
  fill(shown.layer, scene);
  if (before === node[shown.layer]) return;
  node[shown.layer].classList.add("on");
  before.classList.remove("on");
}
function rotate() {
  const at = shown.scenes.findIndex((scene) => scene.key === shown.key);
  if (at < 0 || ticks() - shown.since < shown.scenes[at].seconds * 1000) return;
  renew();
  if (shown.scenes.length > 1) turn((at + 1) % shown.scenes.length);
  else shown.since = ticks();
}
async function renew() { // a page of the new release, once it is there; once for each release
  const release = shown.doc.release, was = window.history.state;
  if (renewing || !link.sure || lost() || !release || release === body.dataset.release || (was && was.release === release)) return;
  renewing = true;
  try {
    const answer = await fetch(here.href, { cache: "no-store", redirect: "error" }), page = await answer.text();
    if (answer.ok && page.includes(`data-release="${release}"`)) {
      window.history.replaceState({ release }, "");
      here.reload();
    }
  } catch { /* at the next scene */ }
  renewing = false;
}

/* --- around the scenes ----------------------------------------------------------------------------------------------------------- */

function header() {
  const doc = shown.doc, isWall = doc && doc.state === "wall", gone = lost();
  write(node.clock, hour(now()));
  const stale = isWall && doc.stale_at !== null && now() >= doc.stale_at, comma = document.documentElement.lang.startsWith("zh") ? "，" : ", ";
  write(node.freshness, isWall ? safe([doc.data, doc.read, stale ? word("stale") : ""].filter(Boolean).join(comma)) : "");
  const isFresh = isWall && link.sure && doc.stale_at !== null; // a closed set is neither fresh nor stale
  const how = gone ? "offline" : stale ? "stale" : isFresh ? "fresh" : "";
  if (node.fresh.className !== how) node.fresh.className = how;
  node.fresh.hidden = !isWall && !gone;
}
function lines() {
  const doc = shown.doc;
  if (!doc) return [];
  if (lost()) {
    const when = shown.lastGood ? word("offline", { time: since(shown.lastGood) }) + " · " : "";
    return [`<b class="bad">${safe(link.failing ? word("failing") : when + word("reconnecting"))}</b>`];
  }
  if (link.at === null) return [safe(word("reconnecting"))];
  if (doc.state !== "wall") return [];
  const all = doc.alerts.length;
  const alerts = doc.alerts.map((html, n) => `<span class="q">${safe(word("alert", { at: n + 1, all }))}</span> ${html}`);
  return alerts.concat((doc.scenes.length ? doc.skipped : []).map((one) => safe(word("skipped", { title: one.title }) + " (" + one.code + ")")));
}
function footer() {
  const all = lines(), at = all.indexOf(line.html), t = ticks();
  let wanted = line.html;
  if (!all.length) wanted = "";
  else if (at < 0) wanted = all[0];
  else if (all.length > 1 && t - line.since >= ALERT) wanted = all[(at + 1) % all.length];
  if (wanted !== line.html) {
    const still = !line.html || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    Object.assign(line, { html: wanted, since: t, swapAt: still ? t : t + FADE });
    if (!still) node.alert.style.opacity = 0;
  }
  if (line.swapAt && t >= line.swapAt) {
    line.swapAt = 0;
    write(node.alert, line.html);
    node.alert.style.opacity = "";
  }
}
function celebrate(doc) { // whoever is new since the document before of the same wall; each once, whatever restarts
  const wall = [doc.name, doc.revision, ...doc.scenes.map((scene) => scene.key)].join("|"), was = banner.told || load("told");
  const isSame = Boolean(was && was.wall === wall), told = new Set(isSame ? was.keys : []);
  const fresh = doc.passed.filter((one) => !told.has(one.key));
  banner.told = { wall, keys: [...told, ...fresh.map((one) => one.key)].slice(-REMEMBERED) };
  if (isSame) banner.queue = banner.queue.concat(fresh.map((one) => one.say)).slice(0, BANNERS);
  if (!isSame || fresh.length) save("told", banner.told);
}
function announce() {
  const t = ticks();
  if (t < banner.until) return;
  const say = banner.queue.shift();
  if (say) write(node.banner, `<i class="sg check"></i>${safe(say)}`);
  banner.until = say ? t + BANNER : 0;
  if (node.banner.hidden === Boolean(say)) node.banner.hidden = !say;
}
function isWorked(doc) { // hours over midnight belong to the day on which they began
  const [from, until] = doc.hours, moment = now(), minute = local(moment).getUTCHours() * 60 + local(moment).getUTCMinutes();
  const over = until <= from && minute < until, date = day(over ? moment - 1440 * MINUTE : moment);
  const inside = until > from ? minute >= from && minute < until : over || minute >= from;
  const known = date <= doc.known_to && !(over && date < doc.working_days[0]); // nobody knows of yesterday, or beyond the calendar
  return inside && (!known || doc.working_days.includes(date));
}
function spare() { // what is kind to the panel
  if (isPreview) return;
  const [x, y] = PLACES[Math.floor(ticks() / SHIFT) % PLACES.length], moved = `calc(${x}*var(--u)) calc(${y}*var(--u))`;
  if (body.dataset.moved !== moved) {
    body.dataset.moved = moved;
    body.style.translate = moved;
  }
  const doc = shown.doc;
  body.classList.toggle("resting", Boolean(doc && doc.state === "wall" && doc.hours && !isWorked(doc)));
}

/* --- the run --------------------------------------------------------------------------------------------------------------------- */

function tick() {
  const t = ticks(), doc = shown.doc;
  safely(jumped);
  if (link.stop && t - link.began >= PATIENCE) link.stop.abort();
  if (doc && doc.state === "pairing" && doc.until <= now() && link.pairAt === Infinity) link.pairAt = 0;
  if (!link.stop && t >= link.next) safely(ask);
  for (const part of [rotate, header, footer, announce, spare]) safely(part);
}
function begin() {
  const kept = isPreview ? null : load("wall");
  if (!kept || !kept.doc || kept.doc.state !== "wall") return;
  Object.assign(time, { base: Math.max(Date.now() + kept.ahead, kept.at), minutes: kept.minutes });
  Object.assign(shown, { doc: kept.doc, etag: kept.etag, lastGood: kept.at, keptAt: ticks(), scenes: kept.doc.scenes });
  dress(kept.doc);
  if (!shown.scenes.length) shown.scenes = [standIn(kept.doc)];
  turn(0);
}
function run() {
  window.stop(); // the page does not load anew by itself any more
  safely(tick);
  window.setInterval(tick, 250);
}
function stayAwake() {
  if (document.hidden) return;
  link.next = link.stop ? link.next : 0;
  if (navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {});
}

window.addEventListener("error", report);
window.addEventListener("unhandledrejection", report);
window.addEventListener("online", () => { link.next = 0; });
document.addEventListener("visibilitychange", stayAwake);
window.performance.setResourceTimingBufferSize(0); // else the browser keeps a note of each of its first questions
safely(begin);
safely(stayAwake);
if (document.readyState === "complete") run(); else window.addEventListener("load", () => window.setTimeout(run));
