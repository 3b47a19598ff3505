"""What a screen reader and a keyboard need, read from the page: rules a browser can check."""

# Each line names the rule it breaks and the element; an empty list is a page without faults.
FAULTS = """
() => {
  const faults = [];
  const say = (rule, one) => faults.push(`${rule}: ${one.outerHTML.slice(0, 140)}`);
  const shown = (one) => one.checkVisibility({ visibilityProperty: true })
    && !one.closest('[aria-hidden=true], [hidden]');
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const textOf = (ids) => ids.split(/\\s+/)
    .map((id) => document.getElementById(id)?.textContent || '').join(' ');
  const spoken = (one) => [...one.childNodes].map((node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (node.nodeType !== Node.ELEMENT_NODE) return '';
    if (node.getAttribute('aria-hidden') === 'true' || node.hidden) return '';
    return node.getAttribute('alt') || node.getAttribute('aria-label') || spoken(node);
  }).join(' ');
  const nameOf = (one) => (one.getAttribute('aria-label')
    || textOf(one.getAttribute('aria-labelledby') || '').trim()
    || [...(one.labels || [])].map((label) => label.textContent).join(' ')
    || spoken(one) || '').trim();
  const controls = 'button, a[href], input, textarea, select, summary, [role=option],'
    + ' [role=menuitem], [role=combobox], [role=listbox], [role=menu], dialog';
  for (const one of all(controls)) if (!nameOf(one)) say('no name', one);
  for (const one of all('[role=region], [role=group], [role=list], nav, aside, form[aria-label]'))
    if (one.getAttribute('aria-label') === '') say('empty label', one);
  for (const one of all('img')) if (!one.hasAttribute('alt')) say('no alt', one);
  for (const one of all('svg:not([aria-hidden])'))
    if (one.getAttribute('role') !== 'img' || !nameOf(one)) say('a picture without words', one);
  const ids = new Set();
  for (const one of document.querySelectorAll('[id]')) {
    if (ids.has(one.id)) say('the same id twice', one);
    ids.add(one.id);
  }
  const pointers = ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for',
    'aria-activedescendant'];
  for (const name of pointers) for (const one of all(`[${name}]`))
    for (const id of one.getAttribute(name).split(/\\s+/).filter(Boolean))
      if (!document.getElementById(id)) say(`${name} leads nowhere`, one);
  for (const list of all('[role=list]')) for (const child of list.children)
    if (child.getAttribute('role') !== 'listitem') say('a list of other things', child);
  for (const list of all('ul, ol')) for (const child of list.children)
    if (child.tagName !== 'LI') say('a list of other things', child);
  const usable = 'button, a[href], input, textarea, select, summary, [tabindex="0"]';
  for (const one of all('button, a[href], summary'))
    if (one.querySelector(usable)) say('a control inside a control', one);
  for (const one of all('[tabindex]')) if (one.tabIndex > 0) say('its own tab order', one);
  for (const one of all('[aria-hidden=true] :is(button, a[href], input, textarea)'))
    if (one.tabIndex >= 0) say('focus on what is not spoken', one);
  const scope = document.querySelector('dialog[open]') || document;
  let level = 0;
  for (const one of [...scope.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(shown)) {
    const now = Number(one.tagName[1]);
    if (one.closest('.md, aside, nav')) continue;
    if (level && now > level + 1) say(`heading ${now} after ${level}`, one);
    level = now;
  }
  // A finger needs 24 px (WCAG 2.2, 2.5.8); links inside a text are excepted.
  for (const one of all('button, summary, input, select')) {
    const box = (one.closest('label') || one).getBoundingClientRect();
    if (one.closest('.sr-only, .md, .choice') || one.matches('.sr-only, .link-btn')) continue;
    if (box.width < 24 || box.height < 24) say(`only ${box.width} × ${box.height}`, one);
  }
  // Several controls of one message may look alike: what they belong to must be told apart.
  for (const message of all('article')) {
    const heard = new Map();
    for (const one of message.querySelectorAll('button[data-action-id]')) {
      if (!shown(one)) continue;
      const about = textOf(one.getAttribute('aria-describedby') || '');
      const slide = one.closest('[role=group][aria-label]')?.getAttribute('aria-label') || '';
      const key = `${nameOf(one)}|${about}|${slide}`;
      if (heard.has(key)) say('two controls that sound the same', one);
      heard.set(key, one);
    }
  }
  for (const one of all('main, nav, dialog')) if (one.matches('main') && all('main').length > 1)
    say('two mains', one);
  return faults;
}
"""

# Elements that stick out of the screen, other than inside boxes that scroll by themselves.
STICKING_OUT = """
() => [...document.querySelectorAll('#app *, dialog *')]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => !one.closest('.table-wrap, .carousel, .sr-only, .pre, .viewer-body, svg'))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.className}: ${one.textContent.slice(0, 40)}`)
"""
