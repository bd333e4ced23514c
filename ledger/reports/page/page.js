// Puts the page together from the figures that it carries.

const figures = JSON.parse(document.getElementById('figures').textContent);
const rows = groupRows(figures);

function say(id, text) {
  const place = document.getElementById(id);
  place.textContent = text;
  place.hidden = !text;
}

function asked() {
  // Which changes the page is about, and as of when.
  const { since, until, credit } = figures.report.filters;
  const range = [since ? `opened from ${dayOf(since)}` : null, until ? `opened before ${dayOf(until)}` : null, credit === 'lead' ? null : `credit ${credit}`];
  return [`as of ${dayOf(figures.report.as_of)}`, ...range].filter(Boolean).join(', ');
}

say('asked', asked());
say('next', figures.next ? `Next: ${figures.next}` : '');
say('behind', figures.behind);
document.body.append(tip);
document.querySelectorAll('input[name="theme"]').forEach((input) => input.addEventListener('change', () => {
  if (input.value) document.documentElement.dataset.theme = input.value;
  else delete document.documentElement.dataset.theme;
}));
document.querySelector('.headline').after(factStrip(figures, rows));
document.getElementById('sections').append(...[
  costSections(figures, rows), trunkSection(rows, figures), ownSection(figures), spendSection(figures), retrySection(figures),
  tableSection(figures, rows), reconciliationSection(figures), coverageSection(figures),
].filter(Boolean));
document.documentElement.dataset.ready = '';
