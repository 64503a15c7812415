// Draws the tables that a page has as charts. A table says it all; without this script nothing is missing but the picture.
"use strict";

(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const span = (seconds) => {
    if (seconds == null) return "-";
    const minutes = Math.round(seconds / 60);
    if (seconds < 120) return `${Math.round(seconds)}s`;
    return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h${minutes % 60}m`;
  };
  const iso = (seconds) => new Date(seconds * 1000).toISOString();
  const minute = (seconds) => (seconds == null ? "-" : iso(seconds).slice(0, 16).replace("T", " "));
  // Days, or hours where somebody looks so closely.
  const instants = (_, splits, __, ___, step) =>
    splits.map((at) => (step < 86400 ? iso(at).slice(5, 16).replace("T", " ") : iso(at).slice(0, 10)));
  const percent = (value) => (value == null ? "-" : `${value}%`);

  // Axes in the colours of the page, times in UTC.
  const axis = () => ({
    stroke: colour("--muted"),
    grid: { stroke: colour("--edge"), width: 1 },
    ticks: { stroke: colour("--edge"), width: 1 },
  });

  const options = (box, format, steps, series, more) => ({
    width: box.clientWidth,
    height: 280,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    axes: [
      { ...axis(), space: 90, values: instants },
      { ...axis(), size: 64, incrs: steps, values: (_, values) => values.map(format) },
    ],
    series: [{ label: "UTC", value: (_, at) => minute(at) }, ...series.map((one) => ({ value: (_, value) => format(value), points: { fill: colour("--surface") }, ...one }))],
    ...more,
  });

  // An instant at which the level of the durations shifted, or something else became otherwise.
  const drift = (seconds) => ({
    hooks: {
      draw: [
        (chart) => {
          const x = chart.valToPos(seconds, "x", true);
          const { left, top, width, height } = chart.bbox;
          if (x < left || x > left + width) return;
          chart.ctx.save();
          chart.ctx.strokeStyle = colour("--bad");
          chart.ctx.setLineDash([6, 4]);
          chart.ctx.beginPath();
          chart.ctx.moveTo(x, top);
          chart.ctx.lineTo(x, top + height);
          chart.ctx.stroke();
          chart.ctx.restore();
        },
      ],
    },
  });

  // From second to second up to from day to day, as clocks are read.
  const STEPS = [1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

  // How high a picture has to be for what is usual: one run of two days must not press all others to the ground.
  const height = (values) => {
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    const most = sorted[sorted.length - 1];
    const usual = sorted[Math.floor((sorted.length - 1) * 0.95)];
    return most > 3 * usual ? 1.5 * usual : most;
  };

  const kinds = {
    durations(box, table) {
      const rows = [...table.querySelectorAll("tr[data-x]")].reverse();
      const values = rows.map((row) => row.dataset.y.split(",").map(Number));
      const column = (at) => values.map((row) => row[at]);
      const marks = [...document.querySelectorAll("[data-drift]")];
      const after = colour("--after");
      const series = [
        { label: "p50 before the run", stroke: after, width: 1.5, points: { show: false } },
        { label: "p90 before the run", stroke: after, width: 1, dash: [4, 3], points: { show: false } },
        { label: "actual", stroke: colour("--text"), paths: () => null, points: { show: true, size: 6, fill: colour("--text") } },
      ];
      const [p50, p90, actual] = [0, 1, 2].map(column);
      const top = height([...p90, ...actual]);
      const within = actual.map((value) => (value > top ? null : value));
      const beyond = actual.map((value) => (value > top ? top : null));
      const data = [p50, p90, within];
      if (beyond.some((value) => value != null)) {
        const points = { show: true, size: 9, width: 2, stroke: colour("--bad"), fill: colour("--surface") };
        const told = (_, value, __, at) => (value == null ? "-" : span(actual[at]));
        series.push({ label: "actual, beyond the picture", stroke: colour("--bad"), paths: () => null, points, value: told });
        data.push(beyond);
      }
      const more = {
        bands: [{ series: [2, 1], fill: `${after}33` }],
        scales: { y: { range: () => [0, top * 1.08] } },
        plugins: marks.map((mark) => drift(Number(mark.dataset.drift))),
      };
      const x = rows.map((row) => Number(row.dataset.x));
      return [options(box, span, STEPS, series, more), [x, ...data]];
    },
    weeks(box, table) {
      const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
      const column = (at) => rows.map((row) => parseFloat(row[at]));
      const series = [
        { label: "within 25%", stroke: colour("--after"), width: 2 },
        { label: "inside the 90% interval", stroke: colour("--muted"), width: 2, dash: [4, 3] },
      ];
      const x = rows.map((row) => Date.parse(`${row[0]}T00:00:00Z`) / 1000);
      return [options(box, percent, [10, 20, 25, 50], series, { scales: { y: { range: [0, 100] } } }), [x, column(2), column(4)]];
    },
  };

  let charts = [];

  const draw = () => {
    charts.forEach((chart) => chart.destroy());
    charts = [];
    for (const box of document.querySelectorAll("[data-chart]")) {
      const table = document.getElementById(box.dataset.table);
      if (!table || table.querySelectorAll("tbody tr").length < 2) continue;
      box.hidden = false;
      const [how, data] = kinds[box.dataset.chart](box, table);
      charts.push(new uPlot(how, data, box));
    }
  };

  let width = 0;
  const resized = () => {
    if (width === document.documentElement.clientWidth) return;
    width = document.documentElement.clientWidth;
    draw();
  };

  document.addEventListener("page:shown", draw);
  window.addEventListener("resize", resized);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  resized();
})();
