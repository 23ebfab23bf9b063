"use strict";
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const root = document.documentElement;
  const night = matchMedia("(prefers-color-scheme: dark)");
  const charts = [];

  const hosts = document.querySelectorAll("[data-chart]"); // a page without charts comes without the library
  if (hosts.length) for (const [name, theme] of Object.entries(data.themes)) echarts.registerTheme(name, theme);

  const mode = () => root.dataset.theme || (night.matches ? "dark" : "light");

  // With a view box the drawing shrinks with its frame, so paper needs no second layout.
  function frame(host) {
    const svg = host.querySelector("svg");
    if (svg) svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
  }

  function drawAll(theme) {
    while (charts.length) charts.pop().dispose();
    for (const host of hosts) {
      const chart = echarts.init(host, theme, { renderer: "svg" });
      chart.on("rendered", () => frame(host));
      chart.setOption(data.charts[host.dataset.chart]);
      frame(host);
      charts.push(chart);
    }
  }

  drawAll(mode());
  night.addEventListener("change", () => drawAll(mode()));
  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.theme = mode() === "dark" ? "light" : "dark";
    drawAll(mode());
  });

  // Paper is white whatever the screen is.
  addEventListener("beforeprint", () => { if (mode() === "dark") drawAll("light"); });
  addEventListener("afterprint", () => { if (mode() === "dark") drawAll("dark"); });

  let width = innerWidth, waiting = 0;
  addEventListener("resize", () => {
    if (innerWidth === width || matchMedia("print").matches) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => charts.forEach((chart) => chart.resize()), 120);
  });

  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const value = (cell) => cell.dataset.order ?? cell.textContent.trim();

  function compare(a, b) {
    const [x, y] = [a.dataset.order, b.dataset.order];
    if (x !== undefined && y !== undefined && !isNaN(x) && !isNaN(y)) return x - y;
    return collator.compare(value(a), value(b));
  }

  function sortBy(table, place) {
    const heads = [...table.tHead.rows[0].cells];
    const down = heads[place].getAttribute("aria-sort") === "ascending";
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => {
      const [left, right] = [a.cells[place], b.cells[place]];
      const blanks = (value(left) === "") - (value(right) === ""); // blanks stay last either way
      return blanks || (down ? compare(right, left) : compare(left, right));
    });
    table.tBodies[0].append(...rows);
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[place].setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  function filter(grid, words) {
    let shown = 0;
    const rows = grid.querySelectorAll("tbody tr");
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    const output = grid.querySelector("output");
    output.textContent = output.dataset.template.replace("{shown}", shown).replace("{total}", rows.length);
  }

  for (const grid of document.querySelectorAll(".grid")) {
    grid.querySelectorAll("thead button").forEach((button, place) =>
      button.addEventListener("click", () => sortBy(grid.querySelector("table"), place)));
    const input = grid.querySelector("input");
    if (!input) continue;
    const apply = () => filter(grid, input.value.toLowerCase().split(/\s+/).filter(Boolean));
    input.addEventListener("input", apply);
    apply();
  }
})();
