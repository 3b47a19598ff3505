// Element builders. Data only ever reaches the page as text nodes or checked attributes.

const PROPERTIES = new Set([
  'value',
  'checked',
  'disabled',
  'hidden',
  'tabIndex',
  'type',
  'open',
  'readOnly',
  'multiple',
  'inert',
  'indeterminate',
  'noValidate',
  'required',
]);

/**
 * Builds an element. `props.class`, `props.data` (dataset), `props.on` (listeners) and
 * `props.style` (CSS properties) are special; everything else is an attribute or property.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    setProp(element, name, value);
  }
  append(element, children);
  return element;
}

function setProp(element, name, value) {
  if (name === 'class') element.className = value;
  else if (name === 'data')
    Object.entries(value).forEach(([key, item]) => {
      if (item !== undefined && item !== null) element.dataset[key] = item;
    });
  else if (name === 'on')
    Object.entries(value).forEach(([event, fn]) => element.addEventListener(event, fn));
  else if (name === 'style')
    Object.entries(value).forEach(([key, item]) => element.style.setProperty(key, item));
  else if (PROPERTIES.has(name)) element[name] = value;
  else element.setAttribute(name, value === true ? '' : String(value));
}

const SVG = 'http://www.w3.org/2000/svg';

/** Builds an SVG element; every prop is an attribute, null and false are left out. */
export function svg(tag, props = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    element.setAttribute(name, String(value));
  }
  return append(element, children);
}

/** Appends nodes, strings and nested lists; null, undefined and false are skipped. */
export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return parent;
}

/** Replaces everything inside `parent`. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

/** Text for screen readers only. */
export function srOnly(text) {
  return h('span', { class: 'sr-only' }, text);
}

/** A link target that is safe to follow, or null: only web, mail and telephone addresses. */
export function safeUrl(url) {
  if (typeof url !== 'string') return null;
  const trimmed = url.trim();
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(trimmed)) return null;
  try {
    return new URL(trimmed).href;
  } catch {
    return null;
  }
}

/** A picture address on this server; anything else would be a request to the outside. */
export function localImageUrl(url) {
  if (typeof url !== 'string') return null;
  if (/^data:image\/(png|jpeg|gif|webp);/i.test(url)) return url;
  try {
    const parsed = new URL(url, location.href);
    return parsed.origin === location.origin ? parsed.href : null;
  } catch {
    return null;
  }
}

let counter = 0;
/** A page-unique id for labels and descriptions. */
export function uid(prefix = 'id') {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** The polite live region; an open dialog needs one of its own, the page behind it is silent. */
function announcer() {
  const dialog = [...document.querySelectorAll('dialog[open]')].pop();
  if (!dialog) return document.getElementById('announcer');
  const known = dialog.querySelector(':scope > .dialog-announcer');
  if (known) return known;
  const region = h('div', {
    class: 'sr-only dialog-announcer',
    role: 'log',
    'aria-live': 'polite',
  });
  dialog.append(region);
  return region;
}

/** Says something to screen readers, politely. */
export function announce(text) {
  if (!text) return;
  const region = announcer();
  setTimeout(() => {
    region.append(h('p', {}, text));
    while (region.children.length > 8) region.firstElementChild.remove();
  }, 30);
}

/** A short note at the bottom of the page, above dialogs; kind is "info" or "error". */
export function toast(text, kind = 'info') {
  const holder = document.getElementById('toasts');
  const note = h('div', { class: `toast toast-${kind}` }, text);
  holder.append(note);
  if (holder.matches(':popover-open')) holder.hidePopover();
  holder.showPopover();
  announce(text);
  setTimeout(() => {
    note.remove();
    if (!holder.children.length && holder.matches(':popover-open')) holder.hidePopover();
  }, 6000);
}
