// video, file, call and auth_provider.

import { h, localImageUrl, safeUrl } from '../dom.js';
import { icon } from '../icons.js';
import { link } from '../mentions.js';
import { plainOf } from '../mrkdwn.js';
import { bindPress, press } from '../interactions.js';

const words = (...parts) => parts.filter(Boolean).join(' · ');

/** A frame with the way to the film: the page asks no other host, so nothing plays in it. */
export function video(block) {
  const title = plainOf(block.title) || 'Video';
  const target = safeUrl(block.title_url) || safeUrl(block.video_url);
  const still = localImageUrl(block.thumbnail_url);
  const frame = h(
    target ? 'a' : 'div',
    {
      class: 'video-frame',
      href: target,
      target: target ? '_blank' : null,
      rel: target ? 'noopener noreferrer' : null,
      'aria-label': target ? `Watch: ${block.alt_text || title}` : null,
    },
    still ? h('img', { class: 'video-still', src: still, alt: '', loading: 'lazy' }) : null,
    h('span', { class: 'video-play' }, icon('play', 22)),
  );
  const detail = words(block.provider_name, block.author_name);
  return h(
    'div',
    { class: 'video' },
    detail ? h('div', { class: 'file-detail', dir: 'auto' }, detail) : null,
    target
      ? link(target, title, 'link video-title')
      : h('span', { class: 'video-title', dir: 'auto' }, title),
    block.description
      ? h('div', { class: 'video-words', dir: 'auto' }, plainOf(block.description))
      : null,
    frame,
  );
}

const cardOf = (symbol, name, detail, extra = null) =>
  h(
    'div',
    { class: 'file-card' },
    h('span', { class: 'file-symbol' }, icon(symbol)),
    h(
      'span',
      { class: 'file-words' },
      h('span', { class: 'file-name', dir: 'auto' }, name),
      detail ? h('span', { class: 'file-detail', dir: 'auto' }, detail) : null,
    ),
    extra,
  );

export function file(block) {
  return cardOf('file', `File ${block.external_id || ''}`.trim(), `${block.source || ''} file`);
}

export function call(block) {
  const about = block.call?.v1 || {};
  return cardOf('chat', about.name || 'Call', words(about.display_id, block.call_id));
}

/** A connection of this person to another service, with the button that makes or ends it. */
export function authProvider(block, surface) {
  const connected = Boolean(block.connected_identity);
  const url = connected ? block.disconnect_url : block.auth_url;
  const element = { action_id: `auth_provider_connect_${block.value}`, url };
  const control = h(
    'button',
    {
      class: `btn${connected ? '' : ' btn-primary'}`,
      type: 'button',
      'aria-label': `${connected ? 'Disconnect' : 'Connect'} ${block.name || block.value}`,
      on: { click: () => press(surface, block.block_id, element, { type: 'button' }) },
    },
    h('span', { class: 'spinner', 'aria-hidden': 'true' }),
    h('span', { class: 'btn-label' }, connected ? 'Disconnect' : 'Connect'),
  );
  const detail = connected ? `Connected as ${block.connected_identity}` : block.description;
  const name = String(block.name || block.value || 'Service');
  return cardOf('link', name, detail, bindPress(control, surface, block.block_id, element));
}
