// The table of all groups: sorted by any column, filtered by words, basis and kind of row.

const MOST_ROWS = 500;

function groupColumns(figures, isOneBasis) {
  // [title, is a word, what is shown, what is sorted by]; null sorts last either way.
  const count = (title, value) => [title, false, (row) => whole(value(row)), value];
  const share = (title, yes, all) => {
    const value = (row) => (all(row) ? yes(row) / all(row) : null);
    return [title, false, (row) => percent(value(row)), value];
  };
  return [
    [figures.whom, true, (row) => row.name, (row) => row.name.toLowerCase()],
    [figures.by, true, (row) => row.part ?? 'all', (row) => (row.part ?? '').toLowerCase()],
    ...(isOneBasis ? [] : [['basis', true, (row) => row.key.basis, (row) => row.key.basis]]),
    count('changes', (row) => row.n),
    count('accepted', (row) => row.accepted),
    count('lost', (row) => row.rejected + row.abandoned),
    count('undecided', (row) => row.open + row.stale + row.unknown),
    ['acceptance', false, (row) => percent(row.acceptance.point), (row) => row.acceptance.point],
    ['cost, decided', false, (row) => usd(row.spent), (row) => row.spent],
    ['per accepted', false, (row) => row.cost.point === null && row.cost.lower_bound === null ? row.why : span(row.cost), (row) => row.cost.point ?? row.cost.lower_bound],
    ['strength', true, (row) => row.cost.strength, (row) => STRENGTHS.indexOf(row.cost.strength)],
    ['all-in', false, (row) => usd(row.allIn), (row) => row.allIn],
    ['tries per accepted', false, (row) => row.attempts_per_accepted?.toFixed(1) ?? '–', (row) => row.attempts_per_accepted],
    share('first pass', (row) => row.first_pass.yes, (row) => row.first_pass.yes + row.first_pass.no),
    count('verified', (row) => row.verified),
    count('durable', (row) => row.durable),
    count('reverted', (row) => row.reverted),
  ];
}

function compare(one, other, direction) {
  if (one === null || one === undefined) return other === null || other === undefined ? 0 : 1;
  if (other === null || other === undefined) return -1;
  return (typeof one === 'string' ? one.localeCompare(other) : one - other) * direction;
}

function groupTable(figures, rows) {
  // The tools, the table and a line that says how many rows there are; it redraws its rows only.
  const bases = [...new Set(rows.map((row) => row.key.basis))];
  const columns = groupColumns(figures, bases.length === 1);
  const state = { column: null, direction: 1, words: '', basis: '', kind: '' };
  const body = make('tbody');
  const count = make('p', { role: 'status' });
  const heads = columns.map(([title, isWord, , value], place) => {
    const button = make('button', { class: 'sort', type: 'button' }, title);
    const head = make('th', { scope: 'col', class: [isWord ? 'word' : '', place ? '' : 'stick'].join(' ').trim() || null, 'aria-sort': 'none' }, button);
    button.addEventListener('click', () => {
      // Words from a to z, numbers from the largest, at first.
      const first = isWord ? 1 : -1;
      state.direction = state.column === value ? -state.direction : first;
      state.column = value;
      heads.forEach((each) => each.setAttribute('aria-sort', 'none'));
      head.setAttribute('aria-sort', state.direction > 0 ? 'ascending' : 'descending');
      draw();
    });
    return head;
  });
  const isShown = (row) => (!state.basis || row.key.basis === state.basis)
    && (!state.kind || (state.kind === 'all') === (row.part === null))
    && state.words.toLowerCase().split(/\s+/).every((word) => `${row.name} ${row.part ?? 'all'} ${row.key.basis} ${row.cost.strength}`.toLowerCase().includes(word));
  function draw() {
    const found = rows.filter(isShown);
    if (state.column) found.sort((one, other) => compare(state.column(one), state.column(other), state.direction));
    body.replaceChildren(...found.slice(0, MOST_ROWS).map((row) => make('tr', {}, columns.map(([, isWord, cell], place) => make(
      place ? 'td' : 'th',
      { class: [isWord ? 'word' : '', place ? '' : 'stick'].join(' ').trim() || null, scope: place ? null : 'row' },
      cell(row))))));
    const all = found.length === rows.length ? `${whole(rows.length)} rows` : `${whole(found.length)} of ${whole(rows.length)} rows`;
    count.textContent = found.length > MOST_ROWS ? `${all}, the first ${whole(MOST_ROWS)} shown` : all;
  }
  const search = make('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  search.addEventListener('input', () => { state.words = search.value.trim(); draw(); });
  const tools = make('div', { class: 'tools' },
    field('Filter by words', search),
    choice('Rows', [['', 'all'], ['all', `one per ${figures.whom}`], ['part', `by ${figures.by}`]], (value) => { state.kind = value; draw(); }),
    bases.length > 1 ? choice('Basis', [['', 'all'], ...bases.map((name) => [name, name])], (value) => { state.basis = value; draw(); }) : null,
    count);
  draw();
  const grid = make('table', { class: 'wide', id: 'groups' },
    make('caption', { class: 'unseen' }, 'All groups. The buttons in the head sort.'), make('thead', {}, make('tr', {}, heads)), body);
  return [tools, scrolling('All groups', grid)];
}
