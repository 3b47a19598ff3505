// Slack's mrkdwn to DOM nodes. Everything a message says ends as a text node.

import { h } from './dom.js';
import { withEmoji } from './emoji.js';
import { broadcast, channelMention, groupMention, link, userMention } from './mentions.js';
import { formatDateTokens, exact } from './time.js';

const MARKS = { '*': 'strong', _: 'em', '~': 's' };
const MAX_DEPTH = 6;
const WORD = /[\p{L}\p{N}]/u;

/** Slack escapes exactly three characters. */
export function unescapeSlack(text) {
  return String(text).replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

/** A fragment for a mrkdwn text; `verbatim` leaves bare addresses alone. */
export function renderMrkdwn(text, { verbatim = false } = {}) {
  const fragment = document.createDocumentFragment();
  const parts = String(text ?? '').split(/```([\s\S]+?)```/);
  parts.forEach((part, index) => {
    if (index % 2 === 1) fragment.append(preformatted(part));
    else fragment.append(renderLines(trimAroundFence(part, index, parts.length), verbatim));
  });
  return fragment;
}

function trimAroundFence(part, index, total) {
  let text = part;
  if (index > 0) text = text.replace(/^\n/, '');
  if (index < total - 1) text = text.replace(/\n$/, '');
  return text;
}

function preformatted(source) {
  return h(
    'pre',
    { class: 'pre', tabindex: '0' },
    h('code', {}, unescapeSlack(source.replace(/^\n|\n$/g, ''))),
  );
}

const QUOTE = /^(?:>|&gt;)(?!(?:>|&gt;)) ?/;
const REST_QUOTE = /^(?:>|&gt;){3} ?/;
const LIST_LINE = /^(\s*)([•◦▪‣]|\d{1,3}[.)]|-)(\s+)(?=\S)/;

function renderLines(text, verbatim) {
  const out = document.createDocumentFragment();
  if (!text) return out;
  const lines = text.split('\n');
  let plain = [];
  const flush = () => {
    if (plain.length)
      out.append(h('span', { class: 'md-run' }, inline(plain.join('\n'), verbatim)));
    plain = [];
  };
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (REST_QUOTE.test(line)) {
      flush();
      const rest = lines.slice(index).join('\n').replace(REST_QUOTE, '');
      out.append(h('blockquote', { class: 'quote' }, inline(rest, verbatim)));
      return out;
    }
    if (QUOTE.test(line)) {
      flush();
      const quoted = [];
      while (index < lines.length && QUOTE.test(lines[index]))
        quoted.push(lines[index++].replace(QUOTE, ''));
      index -= 1;
      out.append(h('blockquote', { class: 'quote' }, inline(quoted.join('\n'), verbatim)));
    } else if (LIST_LINE.test(line)) {
      flush();
      const [whole, indent, marker] = LIST_LINE.exec(line);
      out.append(
        h(
          'span',
          { class: 'md-item', style: { '--indent': Math.min(4, Math.floor(indent.length / 2)) } },
          h('span', { class: 'md-marker' }, marker),
          h('span', {}, inline(line.slice(whole.length), verbatim)),
        ),
      );
    } else plain.push(line);
  }
  flush();
  return out;
}

/** Inline marks, links, mentions and emoji of one run of text. */
export function inline(text, verbatim = false, depth = 0) {
  const out = document.createDocumentFragment();
  let buffer = '';
  const flush = () => {
    if (buffer) appendText(out, buffer, verbatim);
    buffer = '';
  };
  let index = 0;
  while (index < text.length) {
    const found = depth < MAX_DEPTH ? tokenAt(text, index, verbatim, depth) : null;
    if (found) {
      flush();
      out.append(found.node);
      index = found.end;
    } else {
      buffer += text[index];
      index += 1;
    }
  }
  flush();
  return out;
}

function tokenAt(text, index, verbatim, depth) {
  const char = text[index];
  if (char === '`') return codeAt(text, index);
  if (char === '<') return controlAt(text, index, depth);
  if (MARKS[char]) return markAt(text, index, verbatim, depth);
  return null;
}

function codeAt(text, index) {
  const end = text.indexOf('`', index + 1);
  if (end <= index + 1 || text.slice(index, end).includes('\n')) return null;
  return {
    node: h('code', { class: 'code' }, unescapeSlack(text.slice(index + 1, end))),
    end: end + 1,
  };
}

function markAt(text, index, verbatim, depth) {
  const mark = text[index];
  const before = text[index - 1];
  if (
    (before && (before === mark || WORD.test(before))) ||
    !text[index + 1] ||
    /\s/.test(text[index + 1]) ||
    text[index + 1] === mark
  )
    return null;
  for (let end = index + 2; end < text.length && text[end] !== '\n'; end += 1) {
    if (text[end] === '<') end = skipControl(text, end);
    if (text[end] !== mark || /\s/.test(text[end - 1])) continue;
    const after = text[end + 1];
    if (after && (WORD.test(after) || after === mark)) continue;
    return {
      node: h(MARKS[mark], {}, inline(text.slice(index + 1, end), verbatim, depth + 1)),
      end: end + 1,
    };
  }
  return null;
}

function skipControl(text, index) {
  const close = text.indexOf('>', index);
  return close < 0 ? index : close;
}

function controlAt(text, index, depth) {
  const end = text.indexOf('>', index);
  if (end < 0) return null;
  const body = text.slice(index + 1, end);
  if (!body || body.includes('\n')) return null;
  const node = control(body, depth);
  return node ? { node, end: end + 1 } : null;
}

function control(body, depth) {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : body.slice(bar + 1);
  const plain = label === null ? null : unescapeSlack(label);
  if (target.startsWith('@')) return userMention(target.slice(1), plain);
  if (target.startsWith('#')) return channelMention(target.slice(1), plain);
  if (target.startsWith('!date^')) return dateNode(target, plain);
  if (target.startsWith('!subteam^')) return groupMention(target.slice(9), plain);
  if (target.startsWith('!')) return broadcast(target.slice(1));
  if (!/^(https?:|mailto:|tel:)/i.test(target)) return null;
  const url = unescapeSlack(target);
  return link(url, label ? inline(label, true, depth + 1) : url.replace(/^(mailto|tel):/i, ''));
}

function dateNode(target, fallback) {
  const [, unix, template = '', url] = target.split('^');
  const text = formatDateTokens(unix, unescapeSlack(template), fallback);
  const ms = Number(unix) * 1000;
  const element = h(
    'time',
    { class: 'date', title: Number.isFinite(ms) ? exact(ms) : fallback },
    text,
  );
  return url ? link(unescapeSlack(url), element) : element;
}

const BARE_URL = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;

function appendText(out, raw, verbatim) {
  const text = unescapeSlack(raw);
  if (verbatim) {
    out.append(withEmoji(text));
    return;
  }
  let last = 0;
  for (const match of text.matchAll(BARE_URL)) {
    out.append(withEmoji(text.slice(last, match.index)), link(match[0], match[0]));
    last = match.index + match[0].length;
  }
  out.append(withEmoji(text.slice(last)));
}

/** A Block Kit text object as nodes: plain_text stays plain. */
export function renderText(object) {
  if (!object) return document.createTextNode('');
  if (typeof object === 'string') return document.createTextNode(object);
  if (object.type === 'mrkdwn') return renderMrkdwn(object.text, { verbatim: object.verbatim });
  return document.createTextNode(plainOf(object));
}

/** The plain characters of a text object. */
export function plainOf(object) {
  if (!object) return '';
  if (typeof object === 'string') return object;
  return object.type === 'plain_text' && object.emoji === false
    ? String(object.text ?? '')
    : withEmoji(object.text);
}

/** A short plain reading of mrkdwn, for notifications and labels. */
export function plainMrkdwn(text) {
  const holder = h('div');
  holder.append(renderMrkdwn(text));
  return holder.textContent.replace(/\s+/g, ' ').trim();
}
