/* Long lists: how AG Grid draws our cells and headings, and what a click or Enter on a row does, in tables too. */
(function () {
  "use strict";

  const h = function () { return window.React.createElement.apply(null, arguments); };

  /* --- cells and headings, for dash-ag-grid ------------------------------------------------------------------------------------ */

  const known = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

  /* A cell is text, or markup as every panel is; a row that is still to come is a bar in the place of its name. */
  known.WlCell = function (cell) {
    if (!cell.data) return cell.column.getPinned() ? h("span", { className: "sk", "aria-hidden": "true" }) : null;
    const value = cell.value;
    return value && value.props ? window.wuliang_fields.Markup(value.props) : value;
  };

  /* A phone has room for the columns that matter most, and for a part of a long name; its rows are as high as a finger wants them. */
  const PHONE = window.matchMedia("(max-width: 760px)"), FINGER = 44;

  function fit(api, usual) {
    api.setGridOption("rowHeight", PHONE.matches ? FINGER : usual);
    const said = function (column) { return column.getColDef().headerComponentParams || {}; };
    const others = api.getColumns().filter(function (column) { return !said(column).brief; });
    api.setColumnsVisible(others, !PHONE.matches);
    const first = api.getColumns()[0], wide = first.getColDef().width;
    api.setColumnWidths([{ key: first, newWidth: PHONE.matches ? Math.min(wide, 150) : wide }]);
  }

  known.WlHead = function (head) {
    const at = head.eGridHeader, api = head.api, leads = head.column.getPinned() === "left";
    window.React.useEffect(function () {
      if (!leads) return undefined;
      const usual = api.getGridOption("rowHeight"), refit = function () { if (!api.isDestroyed()) fit(api, usual); };
      if (PHONE.matches) window.setTimeout(refit);
      PHONE.addEventListener("change", refit);
      return function () { PHONE.removeEventListener("change", refit); };
    }, [api, leads]);
    window.React.useEffect(function () {
      if (!at) return;
      if (head.sorted) at.setAttribute("aria-sort", head.sorted); else at.removeAttribute("aria-sort");
      at.title = head.hint || "";
    });
    const mark = head.sorted && h("span", { className: "ic s ic-" + (head.sorted === "ascending" ? "up" : "down"), "aria-hidden": "true" });
    return head.href ? h("a", { href: head.href, className: "by", tabIndex: -1 }, head.text, mark) : head.text;
  };

  /* --- a row, or a card of a measure, leads where its link or button leads ---------------------------------------------------- */

  const ROW = "tr.leads, .ag-row, .kpi:has(.stretch)", OWN = "a, button, input, summary, label";

  function behind(row) {
    const index = row.getAttribute("row-index"), grid = row.closest(".ag-root");
    const all = grid ? grid.querySelectorAll('.ag-row[row-index="' + index + '"]') : [row];
    for (const part of all) {
      const link = part.querySelector("a.into, button.into, a.stretch");
      if (link) return link;
    }
    return null;
  }

  document.addEventListener("click", function (event) {
    const row = event.target.closest && event.target.closest(ROW);
    if (!row || event.target.closest(OWN) || String(window.getSelection())) return;
    const link = behind(row);
    if (!link) return;
    if (link.href && (event.metaKey || event.ctrlKey)) { window.open(link.href, "_blank", "noopener"); return; }
    link.click();
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !event.target.matches) return;
    const link = event.target.matches(".ag-header-cell") ? event.target.querySelector("a.by")
      : event.target.matches(".ag-cell") ? behind(event.target.closest(".ag-row")) : null;
    if (!link) return;
    event.preventDefault();
    link.click();
  }, true);

  /* --- the menu of columns stays open while columns are chosen: the list under it is drawn anew ---------------------------------- */

  const KEPT = "details.cols [data-keep]";
  let kept = null;

  document.addEventListener("click", function (event) {
    const link = event.target.closest(KEPT);
    kept = link && { index: Array.from(document.querySelectorAll(KEPT)).indexOf(link), until: Date.now() + 5000 };
  }, true);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") kept = null; }, true);

  new MutationObserver(function () {
    const menu = kept && Date.now() < kept.until && document.querySelector("details.cols");
    if (!menu || menu.open) return;
    menu.open = true;
    const link = document.querySelectorAll(KEPT)[kept.index];
    if (link) link.focus({ preventScroll: true });
  }).observe(document, { childList: true, subtree: true });

  /* --- the field that searches a list ------------------------------------------------------------------------------------------- */

  window.wuliang_fields = Object.assign(window.wuliang_fields || {}, {
    SearchField: function (given) {
      const field = window.React.useRef(null);
      window.React.useEffect(function () {
        if (field.current && field.current !== document.activeElement) field.current.value = given.value;
      }, [given.value]);
      return h("input", {
        ref: field, type: "search", name: given.name, defaultValue: given.value, placeholder: given.label, "aria-label": given.label,
        autoComplete: "off", spellCheck: false, enterKeyHint: "search",
        onInput: function (event) { if (!event.target.value && given.value) event.target.form.requestSubmit(); },
      });
    },
  });
})();
