// Short names of the emoji that business messages use; others stay as typed.

const TABLE = {
  red_circle: '🔴', large_orange_circle: '🟠', orange_circle: '🟠', large_yellow_circle: '🟡',
  yellow_circle: '🟡', large_green_circle: '🟢', green_circle: '🟢', large_blue_circle: '🔵',
  blue_circle: '🔵', large_purple_circle: '🟣', white_circle: '⚪', black_circle: '⚫',
  large_red_square: '🟥', large_green_square: '🟩', large_yellow_square: '🟨',
  white_check_mark: '✅', heavy_check_mark: '✔️', ballot_box_with_check: '☑️', check: '✔️',
  x: '❌', negative_squared_cross_mark: '❎', no_entry: '⛔', no_entry_sign: '🚫', warning: '⚠️',
  rotating_light: '🚨', exclamation: '❗', question: '❓', bangbang: '‼️', bulb: '💡', bell: '🔔',
  no_bell: '🔕', information_source: 'ℹ️', mag: '🔍', hourglass: '⌛',
  hourglass_flowing_sand: '⏳', stopwatch: '⏱️', clock1: '🕐', clock9: '🕘', alarm_clock: '⏰',
  calendar: '📆', date: '📅', spiral_calendar_pad: '🗓️', arrows_counterclockwise: '🔄',
  repeat: '🔁', leftwards_arrow_with_hook: '↩️', arrow_right: '➡️', arrow_left: '⬅️',
  arrow_up: '⬆️', arrow_down: '⬇️', arrow_upper_right: '↗️', arrow_forward: '▶️',
  double_vertical_bar: '⏸️', pause_button: '⏸️', link: '🔗', lock: '🔒', unlock: '🔓', key: '🔑',
  moneybag: '💰', dollar: '💵', credit_card: '💳', receipt: '🧾', bar_chart: '📊',
  chart_with_upwards_trend: '📈', chart_with_downwards_trend: '📉', clipboard: '📋', memo: '📝',
  pencil: '📝', pencil2: '✏️', page_facing_up: '📄', books: '📚', ledger: '📒', file_folder: '📁',
  package: '📦', inbox_tray: '📥', outbox_tray: '📤', email: '✉️', envelope: '✉️',
  telephone_receiver: '📞', speech_balloon: '💬', thread: '🧵', pushpin: '📌', bookmark: '🔖',
  wrench: '🔧', hammer_and_wrench: '🛠️', gear: '⚙️', robot_face: '🤖', zap: '⚡', fire: '🔥',
  tada: '🎉', sparkles: '✨', star: '⭐', rocket: '🚀', construction: '🚧', recycle: '♻️',
  broom: '🧹', label: '🏷️', office: '🏢', convenience_store: '🏪', shopping_trolley: '🛒',
  house: '🏠', bust_in_silhouette: '👤', busts_in_silhouette: '👥', wave: '👋', eyes: '👀',
  '+1': '👍', thumbsup: '👍', '-1': '👎', thumbsdown: '👎', ok_hand: '👌', pray: '🙏', clap: '👏',
  raised_hands: '🙌', muscle: '💪', heart: '❤️', smile: '😄', grinning: '😀', slightly_smiling_face: '🙂',
  wink: '😉', thinking_face: '🤔', sweat_smile: '😅', joy: '😂', cry: '😢', sleeping: '😴',
  zzz: '💤', coffee: '☕', sunny: '☀️', snowflake: '❄️', one: '1️⃣', two: '2️⃣', three: '3️⃣',
  four: '4️⃣', five: '5️⃣', new: '🆕', ok: '🆗', sos: '🆘', soon: '🔜', hash: '#️⃣',
};

/** The character of a short name, or null when the table has none. */
export function emojiOf(name) {
  const bare = String(name || '').split('::')[0];
  return Object.hasOwn(TABLE, bare) ? TABLE[bare] : null;
}

/** The character of a rich-text emoji element, from its code points or its name. */
export function emojiFromElement(element) {
  const known = emojiOf(element.name);
  if (known) return known;
  const points = String(element.unicode || '').split('-').map((part) => Number.parseInt(part, 16));
  const valid = points.length && points.every((point) => point > 0 && point <= 0x10ffff);
  return valid ? String.fromCodePoint(...points) : `:${element.name || 'emoji'}:`;
}

/** Replaces every known :short_name: in a plain text. */
export function withEmoji(text) {
  return String(text ?? '').replace(/:([a-z0-9_+-]+)(?:::skin-tone-\d)?:/gi,
    (whole, name) => emojiOf(name) ?? whole);
}
