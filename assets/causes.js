// Fills the marks that wait for the driver of a gap: one question for all marks of an address.
(function () {
  "use strict";
  const MOST = 40;
  const asked = new Map();

  function ask(address) {
    if (!asked.has(address)) {
      if (asked.size >= MOST) asked.clear();
      asked.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({})));
    }
    return asked.get(address);
  }

  function fill(mark) {
    const address = mark.dataset.at;
    const member = mark.dataset.cause;
    const wanted = member + "\n" + address;
    if (mark.dataset.asked === wanted) return;
    mark.dataset.asked = wanted;
    mark.textContent = "";
    ask(address).then((said) => {
      if (mark.dataset.asked === wanted) mark.textContent = said[member] || "";
    });
  }

  function look(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (node.matches("[data-cause]")) fill(node);
    node.querySelectorAll("[data-cause]").forEach(fill);
  }

  // The page draws its panels again when the address changes: the same mark may then stand for something else.
  new MutationObserver((changes) => changes.forEach((change) => {
    if (change.type === "attributes") fill(change.target);
    else change.addedNodes.forEach(look);
  })).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-at", "data-cause"] });
})();
