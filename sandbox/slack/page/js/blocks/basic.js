// Blocks that only show something: section, header, image, context, markdown, alert …

import { h, localImageUrl, safeUrl, uid } from '../dom.js';
import { icon } from '../icons.js';
import { plainOf, renderText } from '../mrkdwn.js';
import { renderMarkdown } from '../markdown.js';
import { link } from '../mentions.js';
import { renderElement } from '../controls/index.js';

const FOLD_CHARACTERS = 700;

/** Text of a mrkdwn or plain_text object in a box that keeps its line breaks. */
export function textBox(object, className = 'md') {
  const box = h('div', {
    class: `${className}${object?.type === 'plain_text' ? ' is-plain' : ''}`,
    dir: 'auto',
  });
  box.append(renderText(object));
  return box;
}

export function section(block, surface) {
  const id = block.accessory ? uid('section') : null;
  const main = h('div', { class: 'section-main', id });
  if (block.text) main.append(foldable(block));
  if (block.fields?.length)
    main.append(
      h(
        'div',
        { class: 'fields' },
        block.fields.map((field) => textBox(field, 'md field')),
      ),
    );
  const accessory = block.accessory
    ? renderElement(block.accessory, block.block_id, surface, {
        accessory: true,
        describedBy: id,
      })
    : null;
  const wide = block.accessory && !/^(button|image|overflow)$/.test(block.accessory.type);
  return h(
    'div',
    { class: `section${wide ? ' section-wide' : ''}` },
    main,
    accessory ? h('div', { class: 'accessory' }, accessory) : null,
  );
}

function foldable(block) {
  const box = textBox(block.text);
  if (block.expand || String(block.text.text || '').length <= FOLD_CHARACTERS) return box;
  box.classList.add('is-folded');
  const more = h(
    'button',
    { class: 'see-more', type: 'button', 'aria-expanded': 'false' },
    'See more',
  );
  more.addEventListener('click', () => {
    const folded = box.classList.toggle('is-folded');
    more.textContent = folded ? 'See more' : 'See less';
    more.setAttribute('aria-expanded', String(!folded));
  });
  return h('div', {}, box, more);
}

export function header(block, surface) {
  const level = surface.surface === 'message' || surface.surface === 'ephemeral' ? 'h3' : 'h2';
  const id = surface.headingId && !surface.headingUsed ? surface.headingId : null;
  if (id) surface.headingUsed = true;
  return h(level, { class: 'header-text', dir: 'auto', id }, plainOf(block.text));
}

export function divider() {
  return h('hr', { class: 'divider' });
}

/** A picture of this server, or a described frame: the page never asks other hosts. */
export function picture(source, alt, className) {
  const local = localImageUrl(source);
  if (local) return h('img', { class: className, src: local, alt: alt || '', loading: 'lazy' });
  return h(
    'span',
    {
      class: `${className} picture-frame`,
      role: 'img',
      'aria-label': alt || 'Image',
      title: alt || '',
    },
    icon('eye', 16),
    h('span', { class: 'picture-alt' }, alt || 'Image'),
  );
}

export function image(block) {
  const source = block.image_url || block.slack_file?.url;
  const drawn = picture(source, block.alt_text, 'image');
  const outside = safeUrl(source);
  return h(
    'figure',
    { class: 'image-block' },
    block.title ? h('figcaption', { class: 'image-title' }, plainOf(block.title)) : null,
    drawn,
    outside && !localImageUrl(source) ? link(outside, 'Open the picture', 'link small') : null,
  );
}

export function context(block) {
  return h(
    'div',
    { class: 'context' },
    (block.elements || []).map((element) =>
      element.type === 'image'
        ? picture(element.image_url || element.slack_file?.url, element.alt_text, 'context-image')
        : textBox(element, 'md context-text'),
    ),
  );
}

export function markdown(block) {
  return h('div', { class: 'md markdown', dir: 'auto' }, renderMarkdown(block.text));
}

const ALERTS = {
  default: ['info', 'Note'],
  info: ['info', 'Information'],
  warning: ['warn', 'Warning'],
  error: ['warn', 'Error'],
  success: ['check', 'Success'],
};

export function alert(block) {
  const level = Object.hasOwn(ALERTS, block.level) ? block.level : 'default';
  const [symbol, word] = ALERTS[level];
  return h(
    'div',
    {
      class: `alert alert-${level}`,
      role: level === 'error' || level === 'warning' ? 'alert' : 'note',
    },
    icon(symbol, 18),
    h('span', { class: 'sr-only' }, `${word}: `),
    textBox(block.text),
  );
}
