// Square faces with initials; the text colour is chosen for contrast.

import { h } from './dom.js';
import { icon } from './icons.js';

function luminance(hex) {
  const parts = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex || '');
  if (!parts) return 0;
  const [red, green, blue] = parts.slice(1).map((part) => {
    const share = Number.parseInt(part, 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** A face; size is "tiny", "small" or "normal". The name stands beside it, so it is decorative. */
export function avatar(user, size = 'normal', isApp = false) {
  const color = /^#[0-9a-f]{6}$/i.test(user?.avatar?.color || '') ? user.avatar.color : '#66716d';
  if (isApp || user?.is_bot)
    return h(
      'span',
      { class: `avatar avatar-${size} avatar-app`, 'aria-hidden': 'true' },
      icon('bolt', size === 'normal' ? 20 : 13),
    );
  const words = String(user?.real_name || user?.name || '?');
  const initials = user?.avatar?.initials || [...words][0].toUpperCase();
  return h(
    'span',
    {
      class: `avatar avatar-${size}`,
      'aria-hidden': 'true',
      style: { background: color, color: luminance(color) > 0.179 ? '#1c2321' : '#ffffff' },
    },
    initials,
  );
}
