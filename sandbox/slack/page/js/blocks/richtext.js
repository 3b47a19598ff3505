// rich_text blocks: sections, lists, quotes, preformatted text and their parts.

import { h } from '../dom.js';
import { emojiFromElement } from '../emoji.js';
import { broadcast, channelMention, groupMention, link, userMention } from '../mentions.js';
import { store } from '../store.js';
import { exact, formatDateTokens } from '../time.js';

export function richText(block) {
  return h('div', { class: 'md rich', dir: 'auto' }, richNodes(block.elements));
}

/** The plain characters of a rich_text object's elements. */
export function richPlainText(elements) {
  return (elements || [])
    .map((one) => one.text ?? (one.elements ? richPlainText(one.elements) : (one.url ?? '')))
    .join('');
}

/** The nodes of a rich_text object's elements; consecutive lists number on. */
export function richNodes(elements) {
  return (elements || []).map((element) => {
    switch (element.type) {
      case 'rich_text_section':
        return h('div', { class: 'rt-section' }, parts(element.elements));
      case 'rich_text_list':
        return list(element);
      case 'rich_text_preformatted':
        return h('pre', { class: 'pre', tabindex: '0' }, h('code', {}, parts(element.elements)));
      case 'rich_text_quote':
        return h('blockquote', { class: 'quote' }, parts(element.elements));
      default:
        return h('span', { class: 'unknown-part' }, `[${element.type}]`);
    }
  });
}

function list(element) {
  const ordered = element.style === 'ordered';
  const level = Math.min(8, element.indent || 0);
  return h(
    ordered ? 'ol' : 'ul',
    {
      class: `rt-list rt-level-${level % 3}${element.border ? ' has-border' : ''}`,
      style: { '--indent': level },
      start: ordered && element.offset ? element.offset + 1 : null,
    },
    (element.elements || []).map((item) =>
      h('li', {}, item.type === 'rich_text_section' ? parts(item.elements) : richNodes([item])),
    ),
  );
}

function parts(elements) {
  return (elements || []).map((element) => styled(part(element), element.style));
}

function part(element) {
  switch (element.type) {
    case 'text':
      return h('bdi', { class: 'rt-text' }, element.text ?? '');
    case 'link':
      return link(element.url, element.text || element.url);
    case 'user':
      return userMention(element.user_id);
    case 'channel':
      return channelMention(element.channel_id);
    case 'usergroup':
      return groupMention(element.usergroup_id);
    case 'team':
      return h(
        'span',
        { class: 'mention' },
        element.team_id === store.team.id ? store.team.name : element.team_id,
      );
    case 'broadcast':
      return broadcast(element.range || 'here');
    case 'emoji':
      return h('span', { class: 'emoji', title: `:${element.name}:` }, emojiFromElement(element));
    case 'date':
      return date(element);
    case 'color':
      return h('span', { class: 'color-chip' }, colorDot(element.value), element.value || '');
    default:
      return h('span', { class: 'unknown-part' }, `[${element.type}]`);
  }
}

function date(element) {
  const ms = Number(element.timestamp) * 1000;
  const text = formatDateTokens(
    element.timestamp,
    element.format || '{date_short_pretty} {time}',
    element.fallback,
  );
  const node = h('time', { class: 'date', title: Number.isFinite(ms) ? exact(ms) : '' }, text);
  return element.url ? link(element.url, node) : node;
}

/** A dot in a #rrggbb colour; other values draw none. */
export function colorDot(value) {
  if (!/^#[0-9a-f]{3,8}$/i.test(value || '')) return null;
  return h('span', { class: 'color-dot', style: { background: value } });
}

const STYLES = [
  ['code', 'code', 'code'],
  ['strike', 's', ''],
  ['underline', 'u', ''],
  ['italic', 'em', ''],
  ['bold', 'strong', ''],
  ['highlight', 'mark', ''],
  ['client_highlight', 'mark', ''],
];

function styled(node, style) {
  if (!style) return node;
  return STYLES.reduce(
    (inner, [name, tag, className]) =>
      style[name] ? h(tag, { class: className || null }, inner) : inner,
    node,
  );
}
