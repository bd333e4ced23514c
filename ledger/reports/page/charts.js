// Charts, all by Vega-Lite. Colours are the style's own variables, so that the switch and print need no redrawing.
// A chart is one picture for a screen reader; the table beside it says the same.

const STRENGTHS = ['none', 'insufficient', 'indicative', 'solid'];
const OPACITY = { none: 0.4, insufficient: 0.45, indicative: 0.7, solid: 1 };
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const CONFIG = {
  background: null, font: FONT, aria: false, padding: 0, view: { stroke: null },
  axis: {
    domain: false, ticks: false, grid: true, gridColor: 'var(--grid)', labelColor: 'var(--soft)', labelFontSize: 12, labelPadding: 6,
    titleColor: 'var(--soft)', titleFontSize: 12, titleFontWeight: 'normal',
  },
  text: { fill: 'var(--ink)', fontSize: 13, font: FONT },
};
const ROW = 46;
const AXIS = 24;

const tip = make('div', { id: 'tip', hidden: true });

function showTip(_, event, item, text) {
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = String(text);
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, window.innerWidth - width - 8))}px`;
  tip.style.top = `${Math.max(8, Math.min(event.clientY + 14, window.innerHeight - height - 8))}px`;
}

function chart(label, specification) {
  // A picture that is drawn as wide as its place, and again when that changes.
  // Vega names the place that it draws in, and less well: that one is inside.
  const inside = make('div', { 'aria-hidden': 'true' });
  const place = make('div', { class: 'chart', role: 'img', 'aria-label': label }, inside);
  let width = 0;
  let view = null;
  function draw() {
    view?.finalize();
    const spec = { width, autosize: { type: 'fit', contains: 'padding' }, config: CONFIG, ...specification(width) };
    const runtime = vega.parse(vegaLite.compile(spec).spec, {}, { ast: true });
    const options = { expr: vega_interpreter.expressionInterpreter, renderer: 'svg', tooltip: showTip, logLevel: vega.Error };
    view = new vega.View(runtime, options).initialize(inside);
    view.run();
  }
  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (now > 0 && now !== width) {
      width = now;
      draw();
    }
  }).observe(place);
  return place;
}

function costScale(rows) {
  // Costs are compared as ratios, so the axis is logarithmic, from one round number to another; linear only where a cost is 0.
  const bounds = rows.flatMap(({ cost }) => [cost.point, cost.lo, cost.hi, cost.lower_bound]).filter((value) => value !== null);
  if (!bounds.length) return null;
  const [least, most] = [Math.min(...bounds), Math.max(...bounds)];
  if (least <= 0) return { type: 'linear', domain: [0, most || 1], ticks: null };
  const steps = [];
  for (let power = Math.floor(Math.log10(least)) - 1; power <= Math.ceil(Math.log10(most)) + 1; power += 1) {
    steps.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  }
  const low = steps.filter((step) => step <= least * 0.97).at(-1);
  const high = steps.find((step) => step >= most * 1.03);
  const inside = steps.filter((step) => step >= low && step <= high);
  const decades = inside.filter((step) => /^1(0*$|e)|^0\.0*1$/.test(String(step)));
  return { type: 'log', domain: [low, high], ticks: inside.length > 8 ? decades : inside };
}

const costAxis = (scale, title = null) => ({ values: scale.ticks, format: '$,~f', title, labelOverlap: 'greedy', labelFlush: true });
const costX = (field, scale, axis) => ({ field, type: 'quantitative', scale: { type: scale.type, domain: scale.domain, nice: false }, axis });

function rowText(width, field, right, share) {
  // A text above its row's line, at the left edge or the right one.
  return {
    mark: { type: 'text', align: right ? 'right' : 'left', yOffset: -9, limit: width * share, fontWeight: right ? 'normal' : 600 },
    encoding: { x: { value: right ? 'width' : 0 }, text: { field } },
  };
}

function told(row) {
  const { cost } = row;
  const counts = `${whole(row.accepted)} of ${whole(row.accepted + row.rejected + row.abandoned)} decided accepted`;
  return `${row.name}${row.part === null ? '' : `, ${row.part}`}\n${span(cost) || row.why} per accepted change\n${counts}, ${cost.strength}`;
}

function costChart(label, rows, scale, room = 0) {
  // One row a model: its name and figure above, its interval and point below; fainter where less is known. Few rows
  // spread over the room that there is.
  const values = rows.map((row, place) => ({
    ...row.cost, place, name: row.name, says: span(row.cost) || row.why, tip: told(row), faint: OPACITY[row.cost.strength],
    fill: place === 0 && row.cost.point !== null ? 'var(--accent)' : 'var(--ink)',
  }));
  const shade = { opacity: { field: 'faint', type: 'quantitative', scale: null }, tooltip: { field: 'tip' } };
  const color = { field: 'fill', type: 'nominal', scale: null };
  const axis = costAxis(scale);
  const step = Math.min(1.5 * ROW, Math.max(ROW, room / rows.length));
  return chart(label, (width) => ({
    data: { values },
    height: rows.length * step + AXIS,
    encoding: { y: { field: 'place', type: 'ordinal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } } },
    layer: [
      {
        transform: [{ filter: 'datum.lo !== null' }],
        mark: { type: 'rule', strokeWidth: 2.5, strokeCap: 'round', yOffset: 10 },
        encoding: { x: costX('lo', scale, axis), x2: { field: 'hi' }, color, ...shade },
      },
      {
        transform: [{ filter: 'datum.point !== null' }],
        mark: { type: 'point', filled: true, size: 95, yOffset: 10, opacity: 1 },
        encoding: { x: costX('point', scale, axis), color, ...shade },
      },
      {
        transform: [{ filter: 'datum.lower_bound !== null' }],
        mark: { type: 'point', shape: 'triangle-right', filled: false, strokeWidth: 1.5, size: 80, yOffset: 10 },
        encoding: { x: costX('lower_bound', scale, axis), color, tooltip: { field: 'tip' } },
      },
      rowText(width, 'name', false, 0.55),
      rowText(width, 'says', true, 0.45),
    ],
  }));
}

function frontier(rows) {
  // Those that no other beats on both cost and acceptance, the cheapest first.
  const found = [];
  const inOrder = [...rows].sort((one, other) => one.cost.point - other.cost.point || other.acceptance.point - one.acceptance.point);
  for (const row of inOrder) {
    if (!found.length || row.acceptance.point > found.at(-1).acceptance.point) found.push(row);
  }
  return found;
}

function placed(rows, scale, width, height, longest) {
  // Where each name stands: beside its point, on a side that has room; nowhere if there is none, since the tip and the
  // table have it. The first rows choose first.
  const at = scale.type === 'log' ? Math.log : (value) => value;
  const [left, right] = scale.domain.map(at);
  const taken = [];
  return rows.map((row) => {
    const x = ((at(row.cost.point) - left) / (right - left)) * width;
    const y = (1 - row.acceptance.point) * height;
    const length = Math.min(row.name.length * 7.9, longest);
    const tries = [-9, 16, -25, 32].flatMap((dy) => [1, -1].map((side) => ({
      side, dy, box: side > 0 ? [x + 8, x + 8 + length] : [x - 8 - length, x - 8], line: y + dy,
    })));
    const isFree = ({ box, line }) => box[0] >= 0 && box[1] <= width && line > 6 && line < height
      && taken.every((other) => Math.abs(other.line - line) > 15 || other.box[1] < box[0] || other.box[0] > box[1]);
    const best = tries.find(isFree);
    if (best) taken.push(best);
    return best ?? { side: 1, dy: 0, isUnnamed: true };
  });
}

function frontierChart(label, rows, scale) {
  // Cost against acceptance, both with their intervals; the line leads along the frontier.
  const edge = frontier(rows);
  const inOrder = [...edge, ...rows.filter((row) => !edge.includes(row))];
  const steps = edge.map((row) => ({ x: row.cost.point, y: row.acceptance.point }));
  if (steps.length) steps.push({ x: scale.domain[1], y: steps.at(-1).y });
  const axis = costAxis(scale, 'cost per accepted change');
  const y = (field) => ({ field, type: 'quantitative', scale: { domain: [0, 1], nice: false }, axis: { format: '.0%', values: [0, 0.25, 0.5, 0.75, 1], title: 'accepted', titleAngle: 0, titleAlign: 'left', titleAnchor: 'end', titleX: 0, titleY: -14, titleBaseline: 'bottom' } });
  return chart(label, (width) => {
    const height = width < 500 ? 280 : 340;
    const longest = Math.min(190, width * 0.45);
    const spots = placed(inOrder, scale, width - 46, height - 60, longest);
    const values = inOrder.map((row, place) => ({
      ...row.cost, name: spots[place].isUnnamed ? '' : row.name, share: row.acceptance.point, least: row.acceptance.lo, most: row.acceptance.hi, tip: `${told(row)}\n${percent(row.acceptance.point)} (${percent(row.acceptance.lo)}–${percent(row.acceptance.hi)})`,
      fill: edge.includes(row) ? 'var(--accent)' : 'var(--ink)', ...spots[place],
    }));
    const color = { field: 'fill', type: 'nominal', scale: null };
    const names = [1, -1].flatMap((side) => [...new Set(spots.map((spot) => spot.dy))].map((dy) => ({
      transform: [{ filter: `datum.side === ${side} && datum.dy === ${dy}` }],
      mark: { type: 'text', align: side > 0 ? 'left' : 'right', dx: 8 * side, dy, fontWeight: 600, limit: longest },
      encoding: { x: costX('point', scale, axis), y: y('share'), text: { field: 'name' } },
    })));
    return {
      data: { values },
      height,
      layer: [
        {
          data: { values: steps },
          mark: { type: 'line', interpolate: 'step-after', color: 'var(--accent)', strokeWidth: 1.5, strokeDash: [4, 3], opacity: 0.8 },
          encoding: { x: costX('x', scale, axis), y: y('y') },
        },
        { transform: [{ filter: 'datum.lo !== null' }], mark: { type: 'rule', opacity: 0.4 }, encoding: { x: costX('lo', scale, axis), x2: { field: 'hi' }, y: y('share'), color } },
        { mark: { type: 'rule', opacity: 0.4 }, encoding: { x: costX('point', scale, axis), y: y('least'), y2: { field: 'most' }, color } },
        {
          mark: { type: 'point', filled: true, size: 95, opacity: 1 },
          encoding: { x: costX('point', scale, axis), y: y('share'), color, tooltip: { field: 'tip' } },
        },
        ...names,
      ],
    };
  });
}

function utc(at) {
  // A moment as Vega-Lite names one.
  const day = new Date(at);
  return { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, date: day.getUTCDate(), utc: true };
}

function timeChart(label, periods, unit) {
  // A bar for each period, one part for each bucket: accepted below, what was lost above.
  const values = periods.flatMap(({ start, end, parts }) => {
    let height = 0;
    return parts.filter(({ amount }) => amount > 0).map(({ bucket, amount }) => {
      height += amount;
      const fill = bucket === 'accepted' ? 'var(--accent)' : `var(--${bucket})`;
      return { start, end, from: height - amount, to: height, fill, tip: `${unit === 'week' ? 'week of ' : ''}${dayOf(start, unit)}\n${bucket} ${usd(amount)}` };
    });
  });
  const axis = { format: unit === 'week' ? '%-d %b' : '%b %Y', title: null, grid: false, labelOverlap: 'greedy', labelFlush: true, values: periods.map(({ start }) => utc(start)) };
  return chart(label, (width) => ({
    data: { values },
    height: width < 500 ? 220 : 280,
    mark: { type: 'bar', stroke: 'var(--paper)', strokeWidth: 1 },
    encoding: {
      x: { field: 'start', type: 'temporal', scale: { type: 'utc' }, axis },
      x2: { field: 'end' },
      y: { field: 'from', type: 'quantitative', axis: { format: '$,.2~f', title: null, tickCount: 5 } },
      y2: { field: 'to' },
      color: { field: 'fill', type: 'nominal', scale: null },
      tooltip: { field: 'tip' },
    },
  }));
}

function triesChart(label, loops, most) {
  // Tries per accepted change, from 0 to the most that any basis has; dark up to one, which no change does without.
  const values = loops.map((loop, place) => ({ place, ...loop }));
  const x = (field) => ({ field, type: 'quantitative', scale: { domain: [0, most], nice: false }, axis: { title: null, tickMinStep: 1, format: '~g', labelFlush: true } });
  return chart(label, (width) => ({
    data: { values },
    height: loops.length * ROW + AXIS,
    encoding: { y: { field: 'place', type: 'ordinal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } } },
    layer: [
      { mark: { type: 'bar', height: 9, yOffset: 10, color: 'var(--rejected)', opacity: 0.85 }, encoding: { x: x('tries'), tooltip: { field: 'tip' } } },
      { mark: { type: 'bar', height: 9, yOffset: 10, color: 'var(--accent)' }, encoding: { x: x('first'), tooltip: { field: 'tip' } } },
      rowText(width, 'name', false, 0.45),
      rowText(width, 'says', true, 0.55),
    ],
  }));
}
