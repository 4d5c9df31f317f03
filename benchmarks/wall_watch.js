/* What a watch puts into a screen before its own script: time that only the watch moves, a network that it can cut, and an eye that
   looks at every state of the page that could be painted. Real time is used for nothing but waiting for answers. */
(() => {
  const real = { fetch: window.fetch.bind(window), later: window.setTimeout.bind(window) };
  const net = { cut: false, ahead: 0, open: 0, version: 0, state: "" }; // ahead: what the server's clock is said to be off by
  const kept = Number(window.sessionStorage.getItem("watch")) || BEGIN;
  const timers = new Map();
  let passed = 0, last = 0, device = 0;

  window.performance.now = () => passed;
  Date.now = () => kept + passed + device;
  window.setTimeout = (what, after = 0) => { timers.set(++last, { what, at: passed + after, every: 0 }); return last; };
  window.setInterval = (what, every) => { timers.set(++last, { what, at: passed + every, every }); return last; };
  window.clearTimeout = window.clearInterval = (which) => { timers.delete(which); };

  function pass(milliseconds) {
    const until = passed + milliseconds;
    for (;;) {
      const [which, next] = [...timers].sort((a, b) => a[1].at - b[1].at)[0] || [0, null];
      if (!next || next.at > until) break;
      passed = Math.max(passed, next.at);
      if (next.every) next.at += next.every; else timers.delete(which);
      next.what();
    }
    passed = until;
    window.sessionStorage.setItem("watch", String(kept + passed));
  }

  window.fetch = async (address, how) => {
    net.open += 1;
    try {
      if (net.cut) throw new TypeError("the network is cut");
      const answer = await real.fetch(address, how), said = answer.headers.get("Wuliang-Now");
      if (!said) return answer;
      const headers = new Headers(answer.headers);
      headers.set("Wuliang-Now", `${kept + passed + net.ahead};${said.split(";")[1]}`);
      const text = answer.status === 304 ? null : await answer.text();
      if (text) { const told = JSON.parse(text); Object.assign(net, { state: told.state, version: told.version || net.version }); }
      return new Response(text, { status: answer.status, headers });
    } finally {
      net.open -= 1;
    }
  };

  const wrong = [];
  function note(what) { if (wrong.length < 20) wrong.push(`${Math.round(passed / 1000)} s: ${what}`); }
  function look() {
    const on = document.querySelectorAll(".layer.on"), text = on.length ? on[0].innerText.trim() : "";
    if (on.length !== 1 && on.length !== 2) note(`${on.length} layers are shown`);
    if (!text) note("the scene is blank");
    if (!document.getElementById("title").textContent.trim()) note("no title");
    if (document.querySelector("input, form, dialog")) note("something asks for input");
  }
  document.addEventListener("DOMContentLoaded", () => {
    look();
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
  });

  const says = (id) => document.getElementById(id).textContent;
  window.watch = {
    net,
    jump(milliseconds) { device += milliseconds; },
    async step(milliseconds) { // let time pass in quarters of a second, and answers come in between
      for (let left = milliseconds; left > 0; left -= 250) {
        pass(Math.min(250, left));
        for (let waited = 0; net.open && waited < 40; waited += 1) await new Promise((go) => real.later(go, 2));
        await new Promise((go) => real.later(go, 0));
      }
      const scene = document.querySelector(".layer.on");
      const seen = { mark: document.getElementById("fresh").className, title: says("title"), alert: says("alert"), clock: says("clock") };
      return { ...seen, scene: scene.innerText, code: (document.querySelector(".layer.on .wall-code") || {}).innerText || "",
        now: kept + passed + net.ahead, version: net.version, state: net.state, wrong: wrong.splice(0), path: location.pathname };
    },
  };
})();
