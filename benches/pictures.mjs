// Draws the results of `benches/run` as SVG: `node benches/pictures.mjs docs/performance/results.json docs/performance`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [source, folder] = process.argv.slice(2);
if (!source || !folder) {
  console.error("usage: node benches/pictures.mjs RESULTS.json FOLDER");
  process.exit(2);
}
const { about, rows, samples } = JSON.parse(readFileSync(source, "utf8"));
mkdirSync(folder, { recursive: true });

const LABELS = 430;
const BARS = 420;
const LINE = 26;
const TOP = 56;
const COLOURS = { aim: "#1a7f37", must: "#9a6700", missed: "#cf222e", sapa: "#0969da", peer: "#afb8c1" };

const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const short = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function picture(title, lines, drawn) {
  const height = TOP + lines * LINE + 16;
  const width = LABELS + BARS + 110;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="12" y="24" font-size="16" font-weight="bold">${escaped(title)}</text>
<text x="12" y="42" fill="#57606a">${escaped(`${about.cpu}, ${about.cores} cores; ${about.date} UTC, ${about.commit}`)}</text>
${drawn}
</svg>
`;
}

/** Each ratio by its goal: left of the line it is reached. The scale is logarithmic, from a tenth to ten times. */
function goals() {
  const at = (share) => LABELS + (BARS * (Math.log10(Math.min(10, Math.max(0.1, share))) + 1)) / 2;
  const middle = at(1);
  const drawn = rows.map((row, index) => {
    const better = row["more is better"];
    const share = better ? row.must / row.value : row.value / row.must;
    const aim = better ? row.must / row.aim : row.aim / row.must;
    const colour = share <= aim ? COLOURS.aim : share <= 1 ? COLOURS.must : COLOURS.missed;
    const [y, end] = [TOP + index * LINE, at(share)];
    return `<text x="12" y="${y + 16}">${escaped(`${row.label} (${row.work})`)}</text>
<rect x="${Math.min(middle, end)}" y="${y + 4}" width="${Math.max(1, Math.abs(end - middle))}" height="${LINE - 10}" fill="${colour}"/>
<line x1="${at(aim)}" x2="${at(aim)}" y1="${y + 2}" y2="${y + LINE - 4}" stroke="${COLOURS.aim}" stroke-width="2"/>
<text x="${LABELS + BARS + 12}" y="${y + 16}">${short(row.value)} of ${row.must}</text>`;
  });
  const line = `<line x1="${middle}" x2="${middle}" y1="${TOP - 6}" y2="${TOP + rows.length * LINE}" stroke="#24292f"/>`;
  return picture("Left of the line: the goal is reached; green stroke: the aim", rows.length, drawn.join("\n") + line);
}

/** A figure of all servers, measure by measure. */
function figure(title, chosen) {
  const bars = chosen.flatMap(([measure, name, unit]) => {
    const servers = [...new Set(samples.filter((sample) => sample.measure === measure).map((sample) => sample.server))];
    const values = servers.map((server) => {
      const of = samples.filter((sample) => sample.measure === measure && sample.server === server);
      const found = of.map((sample) => sample.figures[name]).filter((value) => value !== undefined);
      return { label: `${measure}: ${server}`, server, unit, value: found.length ? median(found) : undefined };
    });
    const known = values.filter(({ value }) => value !== undefined);
    const most = Math.max(...known.map(({ value }) => value), 0);
    return known.map((bar) => ({ ...bar, share: most ? bar.value / most : 0 }));
  });
  const drawn = bars.map(({ label, server, unit, value, share }, index) => {
    const y = TOP + index * LINE;
    const colour = server.startsWith("sapa") ? COLOURS.sapa : COLOURS.peer;
    return `<text x="12" y="${y + 16}">${escaped(label)}</text>
<rect x="${LABELS}" y="${y + 4}" width="${Math.max(1, BARS * share)}" height="${LINE - 10}" fill="${colour}"/>
<text x="${LABELS + BARS + 12}" y="${y + 16}">${short(value)} ${unit}</text>`;
  });
  return picture(title, bars.length, drawn.join("\n"));
}

const PICTURES = {
  "goals.svg": goals(),
  "cpu.svg": figure("CPU of the server, less is better", [
    ["broadcast", "cpu_us_per_delivery", "µs"],
    ["chat", "cpu_us_per_delivery", "µs"],
    ["post128", "cpu_us_per_post", "µs"],
    ["websocket", "cpu_us_per_delivery", "µs"],
  ]),
  "memory.svg": figure("Memory of a connection, less is better", [
    ["idle", "memory_bytes", "B"],
    ["websocket", "memory_bytes", "B"],
  ]),
};
for (const [name, svg] of Object.entries(PICTURES)) {
  writeFileSync(join(folder, name), svg);
  console.log(join(folder, name));
}
