// Files shown in messages.

import { h } from './dom.js';
import { icon } from './icons.js';
import { store } from './store.js';

/** "3.4 KB" */
export function fileSize(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let size = Number(bytes) || 0;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** The address of a file's content for the person looking, or null. */
function addressOf(file) {
  const path = /^https?:\/\/[^/]+(\/files\/.*)$/.exec(file.url_private || '')?.[1];
  if (!path) return null;
  const address = new URL(path, location.origin);
  address.searchParams.set('user', store.me);
  return address.href;
}

/** One file of a message: a picture is shown, anything else is a card to download from. */
export function fileCard(file) {
  const kind = file.pretty_type || (file.name || '').split('.').pop().toUpperCase();
  const name = file.title || file.name || file.id;
  const address = addressOf(file);
  if (address && /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype || ''))
    return h('img', { class: 'image', src: address, alt: name, loading: 'lazy' });
  const words = h(
    'span',
    { class: 'file-words' },
    h('span', { class: 'file-name', dir: 'auto' }, name),
    h(
      'span',
      { class: 'file-detail' },
      [kind, file.size !== undefined ? fileSize(file.size) : null].filter(Boolean).join(' · '),
    ),
  );
  const inside = [h('span', { class: 'file-symbol' }, icon('file')), words];
  if (!address) return h('div', { class: 'file-card', data: { fileId: file.id } }, inside);
  return h(
    'a',
    {
      class: 'file-card',
      href: address,
      download: file.name || 'file',
      'aria-label': `Download ${name}`,
      data: { fileId: file.id },
    },
    inside,
    icon('arrowDown', 16),
  );
}
