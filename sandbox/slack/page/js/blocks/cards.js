// card and carousel.

import { h } from '../dom.js';
import { icon } from '../icons.js';
import { renderElement } from '../controls/index.js';
import { picture, textBox } from './basic.js';

const line = (object, className) =>
  object ? h('div', { class: className }, textBox(object)) : null;

export function card(block, surface) {
  const words = [line(block.title, 'card-title'), line(block.subtitle, 'card-subtitle')];
  const mark = cardIcon(block);
  return h(
    'div',
    { class: 'card' },
    block.hero_image
      ? picture(block.hero_image.image_url, block.hero_image.alt_text, 'card-hero')
      : null,
    mark || block.title || block.subtitle
      ? h('div', { class: 'card-head' }, mark, h('div', { class: 'card-words' }, words))
      : null,
    block.body ? textBox(block.body, 'md card-body') : null,
    line(block.subtext, 'card-subtitle'),
    block.actions?.length
      ? h(
          'div',
          { class: 'actions' },
          block.actions.map((element) => renderElement(element, block.block_id, surface)),
        )
      : null,
  );
}

function cardIcon(block) {
  if (block.icon) return picture(block.icon.image_url, block.icon.alt_text, 'card-icon');
  if (!block.slack_icon) return null;
  return h('span', { class: 'card-icon card-mark', 'aria-hidden': 'true' }, icon('bolt', 18));
}

export function carousel(block, surface) {
  const cards = (block.elements || []).map((one, index, all) =>
    h(
      'div',
      { class: 'slide', role: 'group', 'aria-label': `Card ${index + 1} of ${all.length}` },
      card({ ...one, block_id: one.block_id || block.block_id }, surface),
    ),
  );
  const track = h(
    'div',
    { class: 'carousel', tabindex: '0', role: 'group', 'aria-label': 'Cards' },
    cards,
  );
  if (cards.length < 2) return track;
  const step = (name, words, symbol, direction) =>
    h(
      'button',
      {
        class: `icon-btn carousel-step carousel-${name}`,
        type: 'button',
        'aria-label': words,
        on: {
          click: () =>
            track.scrollBy({ left: direction * (track.clientWidth * 0.8), behavior: 'smooth' }),
        },
      },
      icon(symbol, 16),
    );
  const before = step('before', 'Cards before', 'back', -1);
  const after = step('after', 'Cards after', 'right', 1);
  const mark = () => {
    before.disabled = track.scrollLeft < 4;
    after.disabled = track.scrollLeft + track.clientWidth > track.scrollWidth - 4;
  };
  track.addEventListener('scroll', mark, { passive: true });
  new ResizeObserver(mark).observe(track);
  return h('div', { class: 'carousel-box' }, track, h('div', { class: 'pager' }, before, after));
}
