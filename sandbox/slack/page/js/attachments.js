// Attachments of a message: the older layout with a colour bar, or blocks beside one.

import { h, safeUrl } from './dom.js';
import { link } from './mentions.js';
import { renderMrkdwn } from './mrkdwn.js';
import { renderBlocks } from './blocks/index.js';

const NAMED_COLORS = { good: '#2e9e5b', warning: '#d9a016', danger: '#c9372c' };

function barColor(color) {
  if (Object.hasOwn(NAMED_COLORS, color || '')) return NAMED_COLORS[color];
  return /^#?[0-9a-f]{6}$/i.test(color || '') ? `#${color.replace('#', '')}` : null;
}

function mrkdwn(source, className = '') {
  const holder = h('div', { class: `md ${className}`, dir: 'auto' });
  holder.append(renderMrkdwn(source));
  return holder;
}

function field(one) {
  const className = one.short ? 'field' : 'field field-long';
  return h('div', { class: className }, h('strong', {}, one.title), mrkdwn(one.value));
}

function title(one) {
  const words = safeUrl(one.title_link) ? link(one.title_link, one.title) : one.title;
  return h('div', { class: 'attachment-title', dir: 'auto' }, words);
}

/** One attachment on a surface. */
export function renderAttachment(one, surface) {
  const color = barColor(one.color);
  const bare = !one.blocks && !one.text && !one.title && one.fallback;
  const body = h(
    'div',
    { class: 'attachment-body' },
    one.author_name ? h('div', { class: 'attachment-author', dir: 'auto' }, one.author_name) : null,
    one.title ? title(one) : null,
    one.text ? mrkdwn(one.text) : null,
    one.fields?.length ? h('div', { class: 'fields' }, one.fields.map(field)) : null,
    renderBlocks(one.blocks, surface),
    bare ? h('div', { class: 'md' }, one.fallback) : null,
    one.footer ? h('div', { class: 'attachment-footer' }, one.footer) : null,
  );
  const pretext = one.pretext ? mrkdwn(one.pretext, 'attachment-pretext') : null;
  return h('div', { class: 'attachment', style: color ? { '--bar': color } : null }, pretext, body);
}
