// The page's way to make elements, and to write figures as the table on a terminal writes them.

const NAMELESS = '(unknown)';

function make(tag, attributes = {}, ...children) {
  // An element; text becomes a text node, so that nothing from outside is ever read as markup.
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== ''));
  return element;
}

const number = (text) => (text === null || text === undefined ? null : Number(text));
const whole = (count) => count.toLocaleString('en-US');
const percent = (share) => (share === null ? '–' : `${Math.round(share * 100)}%`);

function usd(amount, sign = '$') {
  // Cents, two digits below a dime, as in the table; an en dash for what is not known or not shown.
  if (amount === null) return '–';
  const size = Math.abs(amount);
  if (size === 0 || size >= 0.0995) {
    return sign + amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }
  return sign + (size >= 0.0001 ? Number(amount.toPrecision(2)).toString() : amount.toExponential(1));
}

function span(cost) {
  // An estimate with its interval, or what may be said instead.
  if (cost.point !== null) {
    return usd(cost.point) + (cost.lo === null ? '' : ` (${usd(cost.lo, '')}–${usd(cost.hi, '')})`);
  }
  return cost.lower_bound === null ? '' : `≥ ${usd(cost.lower_bound)}`;
}

function table(caption, columns, rows, foot = null) {
  // A plain table: columns are [title, is a word, what a row's cell holds]; a row's first cell is its header.
  const cells = (tag, row) => columns.map(([, isWord, cell], place) => {
    const name = place === 0 ? 'th' : tag;
    return make(name, { class: isWord ? 'word' : null, scope: place === 0 ? 'row' : null }, cell(row));
  });
  const head = columns.map(([title, isWord]) => make('th', { scope: 'col', class: isWord ? 'word' : null }, title));
  return make('table', {},
    make('caption', { class: 'unseen' }, caption),
    make('thead', {}, make('tr', {}, head)),
    make('tbody', {}, rows.map((row) => make('tr', {}, cells('td', row)))),
    foot ? make('tfoot', {}, make('tr', {}, cells('td', foot))) : null);
}

function scrolling(label, content) {
  // What may be wider than the screen, reachable by keyboard.
  return make('div', { class: 'scroll', role: 'group', 'aria-label': label, tabindex: '0' }, content);
}

function section(id, title, says, ...content) {
  return make('section', { 'aria-labelledby': id },
    make('h2', { id }, title), says ? make('p', { class: 'says' }, says) : null, ...content);
}

let fields = 0;

function field(label, control) {
  // A control under its label.
  fields += 1;
  control.id = `field-${fields}`;
  return make('div', { class: 'field' }, make('label', { for: control.id }, label), control);
}

function choice(label, options, change) {
  // A labelled select; options are [value, text].
  const select = make('select', {}, options.map(([value, text]) => make('option', { value }, text)));
  select.addEventListener('change', () => change(select.value));
  return field(label, select);
}
