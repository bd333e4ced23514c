// The sections of the page, in reading order. Each chart has a table that says the same.

const MOST_MODELS = 12;
const MOST_PARTS = 9;
const ROOM = 300;
const LOST = ['rejected', 'abandoned', 'unattributed'];
const BASES = { request: 'requests', branch: 'branches', trunk: 'trunk commits' };
const KINDS = { list: 'at list price', billed: 'as billed', effective: 'as paid for seats' };

const dayOf = (at, unit) => new Date(at).toLocaleDateString('en-GB', { timeZone: 'UTC', year: 'numeric', month: 'short', ...(unit === 'month' ? {} : { day: 'numeric' }) });
const sum = (list, value) => list.reduce((total, each) => total + value(each), 0);
const plural = (count, noun) => `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;

function groupRows(figures) {
  // The groups as charts and tables need them: names, numbers, and why a cost is not shown.
  return figures.report.groups.map((group, place) => {
    const { basis, model, lineup, ...parts } = group.key;
    const part = Object.values(parts).find((value) => value !== null) ?? null;
    const cost = Object.fromEntries(['point', 'lo', 'hi', 'lower_bound'].map((name) => [name, number(group.cost_per_accepted[name])]));
    return {
      ...group,
      cost: { ...cost, strength: group.cost_per_accepted.strength },
      name: lineup ?? model ?? NAMELESS,
      part: part === '' ? '(none)' : part,
      spent: group.base.n ? number(group.base.cost_usd) : null,
      allIn: number(group.all_in_per_accepted),
      isAllInShown: figures.is_all_in_shown[place],
      hidden: figures.hidden[place],
      why: figures.hidden[place] ? 'not shown' : 'too few',
    };
  });
}

function alternative(content, label) {
  return make('details', {}, make('summary', {}, 'The same as a table'), scrolling(label, content));
}

function costTable(caption, rows, figures) {
  return table(caption, [
    [figures.whom, true, (row) => row.name],
    ['changes', false, (row) => whole(row.n)],
    ['accepted', false, (row) => percent(row.acceptance.point)],
    ['cost per accepted (95 %)', false, (row) => span(row.cost) || row.why],
    ['strength', true, (row) => row.cost.strength],
  ], rows);
}

function factStrip(figures, rows) {
  const { total_usd: total, buckets } = figures.report.reconciliation;
  const lost = sum(LOST, (name) => number(buckets[name]));
  const changes = rows.filter((row) => row.part === null);
  const isUnpriced = !number(total) && figures.report.coverage.calls_unpriced > 0;
  const facts = [
    [isUnpriced ? 'unknown' : usd(number(total)), `spent, ${KINDS[figures.report.cost_kind]}`],
    number(total) ? [`${percent(lost / number(total))}`, `of it lost: ${usd(lost)} rejected, abandoned or on no change`] : null,
    changes.length ? [whole(sum(changes, (row) => row.n)), 'changes by models'] : null,
    changes.length ? [whole(sum(changes, (row) => row.accepted)), 'of them accepted'] : null,
  ].filter(Boolean);
  return make('dl', { class: 'facts' }, facts.map(([value, name]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
}

function costNotes(rows) {
  const notes = rows.flatMap((row) => [
    row.isAllInShown ? `${row.name}: ${usd(row.allIn)} all-in, with its work that reached no change.` : null,
    row.hidden ? `${row.name}: not shown, because ${row.hidden}.` : null,
  ]).filter(Boolean);
  return notes.length ? make('ul', { class: 'notes' }, notes.map((note) => make('li', {}, note))) : null;
}

function summed(rows) {
  return rows.map((row) => `${row.name} ${span(row.cost) || row.why}`).join(', ');
}

function costFigure(title, rows, scale, figures, room = 0) {
  const shown = rows.slice(0, MOST_MODELS);
  return make('figure', {},
    room ? make('div', { class: 'over' }, make('h3', {}, title)) : make('h3', {}, title),
    scale ? costChart(`Cost per accepted change, ${title}: ${summed(shown)}.`, shown, scale, room) : make('p', { class: 'says' }, `No cost per accepted change is told here: ${summed(shown)}.`),
    rows.length > shown.length ? make('p', { class: 'notes' }, `${plural(rows.length - shown.length, 'row')} more in the table of all groups.`) : null,
    costNotes(shown),
    alternative(costTable(`Cost per accepted change, ${title}`, rows, figures), title));
}

function againstFigure(rows, figures) {
  // Cost against acceptance, of all changes or of one part.
  const parts = [...new Set(rows.map((row) => row.part))];
  const place = make('div');
  function draw(part) {
    const mine = rows.filter((row) => row.part === part && row.cost.point !== null && row.acceptance.point !== null).slice(0, MOST_MODELS);
    const scale = costScale(mine);
    if (!scale) {
      place.replaceChildren(make('p', { class: 'says' }, 'Too few changes are decided to compare.'));
      return;
    }
    const edge = frontier(mine).map((row) => row.name);
    const says = edge.length === 1 ? `${edge[0]} is both the cheapest per accepted change and the most often accepted.` : `No other beats these on both: ${edge.join(', ')}.`;
    place.replaceChildren(
      frontierChart(`Cost per accepted change against the share accepted. ${says}`, mine, scale),
      make('ul', { class: 'notes' }, make('li', {}, says)),
      alternative(costTable('Cost against acceptance', mine, figures), 'Cost against acceptance'));
  }
  draw(null);
  const names = parts.filter((part) => part !== null);
  return make('figure', {},
    make('div', { class: 'over' },
      make('h3', {}, 'Against acceptance'),
      names.length ? choice(figures.by, [['', 'all'], ...names.map((name, index) => [String(index + 1), name])], (value) => draw(value ? names[Number(value) - 1] : null)) : null),
    place);
}

function partFigures(rows, figures) {
  const sizes = new Map();
  rows.filter((row) => row.part !== null).forEach((row) => sizes.set(row.part, (sizes.get(row.part) ?? 0) + row.n));
  const parts = [...sizes.keys()].sort((one, other) => sizes.get(other) - sizes.get(one));
  if (parts.length < 2) return null;
  const shown = parts.slice(0, MOST_PARTS);
  const mine = rows.filter((row) => shown.includes(row.part));
  const scale = costScale(mine);
  const more = parts.length > shown.length ? ` ${plural(parts.length - shown.length, 'smaller one')} in the table of all groups.` : '';
  return section('by-part', `By ${figures.by}`, `Models are given different work, so compare them within one ${figures.by}. All on one scale.${more}`,
    make('div', { class: 'many' }, shown.map((part) => costFigure(part, mine.filter((row) => row.part === part), scale, figures))));
}

function trunkSection(rows, figures) {
  const mine = rows.filter((row) => row.key.basis === 'trunk' && row.part === null);
  if (!mine.length) return null;
  return section('trunk', 'Commits on trunk', 'Accepted by construction, so no cost per accepted change is told of them: look at how many survived 14 days.',
    scrolling('Commits on trunk', table('Commits on trunk', [
      [figures.whom, true, (row) => row.name],
      ['commits', false, (row) => whole(row.n)],
      ['survived', false, (row) => whole(row.durable)],
      ['reverted', false, (row) => whole(row.reverted)],
      ['cost, decided', false, (row) => usd(row.spent)],
    ], mine)));
}

function costSections(figures, rows) {
  // Of one basis at a time: bases are never pooled.
  const bases = [...new Set(rows.map((row) => row.key.basis))].filter((basis) => basis !== 'trunk');
  if (!bases.length) return null;
  const place = make('div');
  function draw(basis) {
    const mine = rows.filter((row) => row.key.basis === basis);
    const all = mine.filter((row) => row.part === null);
    const pair = make('div', { class: 'pair' }, costFigure(`Per ${figures.whom}`, all, costScale(all), figures, ROOM), againstFigure(mine, figures));
    place.replaceChildren(...[
      section('cost', 'Cost per accepted change', `All decided ${BASES[basis]} of known cost, failed ones included, divided by those accepted. The line is the 95 % interval, the dot the estimate; the fainter, the less is known. Costs are on a logarithmic scale.`, pair),
      partFigures(mine, figures),
    ].filter(Boolean));
  }
  draw(bases[0]);
  const tools = bases.length > 1 ? make('div', { class: 'tools apart' }, choice('Basis', bases.map((basis) => [basis, BASES[basis]]), draw)) : null;
  return make('div', {}, tools, place);
}

function periods(timeline, names) {
  const found = new Map();
  for (const [day, bucket, amount] of timeline.portions) {
    const start = Date.parse(`${day}T00:00:00Z`);
    const next = new Date(start);
    if (timeline.unit === 'week') next.setUTCDate(next.getUTCDate() + 7);
    else next.setUTCMonth(next.getUTCMonth() + 1);
    if (!found.has(start)) found.set(start, { start, end: next.getTime(), amounts: {} });
    found.get(start).amounts[bucket] = number(amount);
  }
  return [...found.values()].map((period) => ({ ...period, parts: names.map((bucket) => ({ bucket, amount: period.amounts[bucket] ?? 0 })) }));
}

function spendSection(figures) {
  const { total_usd: total, buckets } = figures.report.reconciliation;
  const there = figures.buckets.filter((name) => number(buckets[name]));
  if (!there.length) return null;
  const { unit } = figures.timeline;
  const spells = periods(figures.timeline, there);
  const lost = sum(LOST, (name) => number(buckets[name]));
  const says = `By the ${unit} in which it was spent, and by what became of it. ${usd(lost)} of ${usd(number(total))} was lost: on changes that were rejected or abandoned, or on work that reached no change.`;
  const key = make('ul', { class: 'key' }, there.map((name) => make('li', {},
    make('i', { class: `of-${name}`, 'aria-hidden': 'true' }), name, make('b', {}, usd(number(buckets[name]))), make('small', {}, percent(number(buckets[name]) / number(total))))));
  const columns = [[unit, true, (spell) => dayOf(spell.start, unit)], ...there.map((name, place) => [name, false, (spell) => usd(spell.parts[place].amount)])];
  return section('spend', 'Where the money went', says, make('figure', {}, key,
    timeChart(`Spend by ${unit} and outcome, ${plural(spells.length, unit)}.`, spells, unit),
    alternative(table(`Spend by ${unit} and outcome`, columns, spells), 'Spend over time')));
}

function retrySection(figures) {
  const bases = [...new Set(figures.loops.map((loop) => loop.basis))];
  if (!bases.length) return null;
  const failed = (loop) => number(loop.failed_usd);
  const ratio = (loop, value) => (loop.accepted && value !== null ? value / loop.accepted : null);
  const name = (loop) => loop.model ?? NAMELESS;
  const columns = [
    [figures.whom, true, name],
    ['basis', true, (loop) => loop.basis],
    ['decided', false, (loop) => whole(loop.decided)],
    ['accepted', false, (loop) => whole(loop.accepted)],
    ['tries', false, (loop) => whole(loop.attempts)],
    ['failed tries', false, (loop) => whole(loop.failed_attempts)],
    ['failing runs', false, (loop) => whole(loop.failed_runs)],
    ['passed at first', false, (loop) => `${whole(loop.first_pass_yes)} of ${whole(loop.first_pass_yes + loop.first_pass_no)}`],
    ['cost of failed tries', false, (loop) => usd(failed(loop))],
    ['per accepted', false, (loop) => usd(ratio(loop, failed(loop)))],
  ];
  const told = bases.map((basis) => {
    const shown = figures.loops.filter((loop) => loop.basis === basis && loop.accepted).slice(0, MOST_MODELS).map((loop) => {
      const tries = loop.attempts / loop.accepted;
      const cost = failed(loop) === null ? '' : ` · ${usd(ratio(loop, failed(loop)))} lost on each`;
      return {
        name: name(loop), tries, first: Math.min(1, tries), says: `${tries.toFixed(1)} tries${cost}`,
        tip: `${name(loop)}\n${tries.toFixed(2)} tries per accepted change\n${plural(loop.failed_runs, 'failing run')} before the first pass`,
      };
    });
    const label = `Tries per accepted change, ${BASES[basis]}: ${shown.map((loop) => `${loop.name} ${loop.says}`).join(', ')}.`;
    return shown.length ? { label, basis, shown } : null;
  }).filter(Boolean);
  const most = Math.max(1.2, ...told.flatMap(({ shown }) => shown.map((loop) => loop.tries)));
  const charts = told.map(({ label, basis, shown }) => make('figure', {}, told.length > 1 ? make('h3', {}, BASES[basis]) : null, triesChart(label, shown, most)));
  return section('retries', 'Retry loops', 'Tries per accepted change. A try ends where a run fails or another model takes over; of a change that was not accepted, every try failed. What goes beyond one is the price of trying again.',
    make('div', { class: 'pair' }, charts), alternative(table('Retry loops', columns, figures.loops), 'Retry loops'));
}

function ownSection(figures) {
  // Credit `own`: where the money went, by model and role; roles have no accepted changes of their own.
  const inWhole = figures.report.spend.filter(({ key }) => ['task_type', 'area', 'stakes', 'package', 'label'].every((name) => key[name] === null));
  if (!inWhole.length) return null;
  const money = (title, name) => [title, false, (row) => (row.calls === row.calls_unpriced ? 'unknown' : usd(number(row[name])))];
  return section('own', 'By model and role', 'Each model’s own calls, by what became of the changes that they were made for. A role has no accepted changes of its own, so no cost per accepted change is told.',
    scrolling('By model and role', table('Spend by model and role', [
      ['model', true, ({ key }) => key.model ?? NAMELESS],
      ['role', true, ({ key }) => key.role ?? NAMELESS],
      ['calls', false, (row) => whole(row.calls)],
      money('accepted', 'accepted_usd'), money('failed', 'failed_usd'), money('undecided', 'undecided_usd'), money('on no change', 'unattributed_usd'), money('in all', 'total_usd'),
    ], inWhole)));
}

function tableSection(figures, rows) {
  return rows.length ? section('all', 'All groups', 'Every row of the report: sort by a column, filter by words. An en dash is unknown or not shown, never zero.', ...groupTable(figures, rows)) : null;
}

function reconciliationSection(figures) {
  const { total_usd: total, buckets, difference_usd: difference } = figures.report.reconciliation;
  const rows = figures.buckets.map((name) => ({ name, amount: number(buckets[name]) }));
  const share = (row) => (number(total) ? percent(row.amount / number(total)) : '–');
  const ledger = table('Reconciliation', [['what became of it', true, (row) => row.name], ['USD', false, (row) => usd(row.amount)], ['share', false, share]],
    rows, { name: 'all calls', amount: number(total) });
  return section('reconciliation', 'Reconciliation', `Every priced call stands in exactly one row; the rows miss the sum of all calls by ${usd(number(difference))}.`, scrolling('Reconciliation', ledger));
}

function coverageSection(figures) {
  const { skipped } = figures.report.coverage;
  return section('coverage', 'What this rests on', '', make('ul', { class: 'lines' }, figures.footer.map((line) => make('li', {}, line))),
    skipped.length ? make('details', {}, make('summary', {}, `What was left out, ${plural(skipped.length, 'place')}`),
      scrolling('What was left out', table('What was left out', [['where', true, (row) => row.where], ['what', true, (row) => row.what], ['why', true, (row) => row.why]], skipped))) : null);
}
