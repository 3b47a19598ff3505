// The `markdown` block: everyday standard Markdown to DOM nodes.

import { h } from './dom.js';
import { withEmoji } from './emoji.js';
import { link } from './mentions.js';

const BLOCK_START = /^(#{1,6}\s|\s*([-*+]|\d+[.)])\s+|>|```|\||(-{3,}|\*{3,}|_{3,})\s*$)/;

/** A fragment for a Markdown text; HTML in it is shown as text. */
export function renderMarkdown(source) {
  const lines = String(source ?? '')
    .replace(/\r\n?/g, '\n')
    .split('\n');
  const out = document.createDocumentFragment();
  let index = 0;
  while (index < lines.length) {
    const [node, next] = blockAt(lines, index);
    if (node) out.append(node);
    index = Math.max(next, index + 1);
  }
  return out;
}

function blockAt(lines, index) {
  const line = lines[index];
  if (!line.trim()) return [null, index + 1];
  if (/^```/.test(line)) return fence(lines, index);
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) {
    const level = Math.min(6, heading[1].length + 2);
    return [
      h(`h${level}`, { class: `md-h md-h${heading[1].length}` }, spans(heading[2])),
      index + 1,
    ];
  }
  if (/^(-{3,}|\*{3,}|_{3,})\s*$/.test(line)) return [h('hr', { class: 'divider' }), index + 1];
  if (/^>/.test(line))
    return collect(lines, index, /^>\s?/, (text) =>
      h('blockquote', { class: 'quote' }, renderMarkdown(text)),
    );
  if (/^\s*\|.*\|\s*$/.test(line) && /^\s*\|?[\s:|-]+\|?\s*$/.test(lines[index + 1] || ''))
    return table(lines, index);
  if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) return list(lines, index);
  return paragraph(lines, index);
}

function fence(lines, index) {
  let end = index + 1;
  while (end < lines.length && !/^```/.test(lines[end])) end += 1;
  return [
    h(
      'pre',
      { class: 'pre', tabindex: '0' },
      h('code', {}, lines.slice(index + 1, end).join('\n')),
    ),
    end + 1,
  ];
}

function collect(lines, index, marker, build) {
  const inner = [];
  let end = index;
  while (end < lines.length && marker.test(lines[end]))
    inner.push(lines[end++].replace(marker, ''));
  return [build(inner.join('\n')), end];
}

function list(lines, index) {
  const ordered = /^\s*\d+[.)]/.test(lines[index]);
  const items = [];
  let end = index;
  while (end < lines.length) {
    const match = /^(\s*)(?:[-*+]|\d+[.)])\s+(.*)$/.exec(lines[end]);
    if (!match) break;
    const task = /^\[([ xX])\]\s+(.*)$/.exec(match[2]);
    const text = task ? `${task[1] === ' ' ? '☐' : '☑'} ${task[2]}` : match[2];
    items.push(
      h('li', { style: { '--indent': Math.min(4, Math.floor(match[1].length / 2)) } }, spans(text)),
    );
    end += 1;
  }
  return [h(ordered ? 'ol' : 'ul', { class: 'rt-list' }, items), end];
}

const cells = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

function table(lines, index) {
  const head = cells(lines[index]);
  const align = cells(lines[index + 1]).map((cell) =>
    /^:.*:$/.test(cell) ? 'center' : /:$/.test(cell) ? 'right' : 'left',
  );
  const body = [];
  let end = index + 2;
  while (end < lines.length && /\|/.test(lines[end]) && lines[end].trim())
    body.push(cells(lines[end++]));
  const cell = (tag) => (text, column) =>
    h(tag, { class: `align-${align[column] || 'left'}` }, spans(text));
  return [
    h(
      'div',
      { class: 'table-wrap', tabindex: '0' },
      h(
        'table',
        { class: 'table' },
        h('thead', {}, h('tr', {}, head.map(cell('th')))),
        h(
          'tbody',
          {},
          body.map((row) => h('tr', {}, row.map(cell('td')))),
        ),
      ),
    ),
    end,
  ];
}

function paragraph(lines, index) {
  const inner = [];
  let end = index;
  while (end < lines.length && lines[end].trim() && !(end > index && BLOCK_START.test(lines[end])))
    inner.push(lines[end++]);
  return [h('p', { class: 'md-p' }, spans(inner.join('\n'))), end];
}

const SPAN =
  /(`+)([^`]+?)\1|\[([^\]]*)\]\(([^)\s]+)[^)]*\)|\*\*(?=\S)([\s\S]+?)\*\*|__(?=\S)([\s\S]+?)__|~~(?=\S)([\s\S]+?)~~|\*(?=\S)([^*\n]+?)\*|(?<![\p{L}\p{N}])_(?=\S)([^_\n]+?)_(?![\p{L}\p{N}])/u;

function spans(text, depth = 0) {
  const out = document.createDocumentFragment();
  let rest = text;
  let match = depth < 6 ? SPAN.exec(rest) : null;
  while (match) {
    out.append(plain(rest.slice(0, match.index)), spanNode(match, depth));
    rest = rest.slice(match.index + match[0].length);
    match = SPAN.exec(rest);
  }
  out.append(plain(rest));
  return out;
}

function spanNode(match, depth) {
  const [, , code, label, url, bold, bold2, strike, italic, italic2] = match;
  if (code !== undefined) return h('code', { class: 'code' }, code);
  if (url !== undefined) return link(url, spans(label, depth + 1));
  if (bold ?? bold2) return h('strong', {}, spans(bold ?? bold2, depth + 1));
  if (strike) return h('s', {}, spans(strike, depth + 1));
  return h('em', {}, spans(italic ?? italic2, depth + 1));
}

const plain = (text) => withEmoji(text.replace(/\\([\\`*_{}[\]()#+.!|~>-])/g, '$1'));
