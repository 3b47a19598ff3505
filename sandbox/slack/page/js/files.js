// Files shown in messages.

import { h } from './dom.js';
import { icon } from './icons.js';

/** "3.4 KB" */
export function fileSize(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let size = Number(bytes) || 0;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) { size /= 1024; unit += 1; }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** One file of a message. */
export function fileCard(file) {
  const kind = file.pretty_type || (file.name || '').split('.').pop().toUpperCase();
  return h('div', { class: 'file-card', data: { fileId: file.id } }, h('span', { class: 'file-symbol' }, icon('file')),
    h('div', { class: 'file-words' }, h('span', { class: 'file-name', dir: 'auto' }, file.title || file.name || file.id),
      h('span', { class: 'file-detail' }, [kind, file.size !== undefined ? fileSize(file.size) : null].filter(Boolean).join(' · '))));
}
