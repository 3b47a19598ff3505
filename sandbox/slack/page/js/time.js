// Times as a person in the office reads them: relative when fresh, exact on hover.

import { h } from './dom.js';

const LOCALE = 'en-US';
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const CLOCK = format({ hour: 'numeric', minute: '2-digit' });
const CLOCK_SECONDS = format({ hour: 'numeric', minute: '2-digit', second: '2-digit' });
const EXACT = format({
  weekday: 'long',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});
const LONG_DAY = format({ weekday: 'long', month: 'long', day: 'numeric' });
const LONG_DAY_YEAR = format({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });

/** Milliseconds of a Slack timestamp such as "1763802000.000100". */
export function tsToMs(ts) {
  return Number.parseFloat(ts || '0') * 1000;
}

/** A Slack timestamp as one whole number of microseconds, to order by. */
export function orderOf(ts) {
  const [whole, part = ''] = String(ts).split('.');
  return Number(whole) * 1e6 + Number(part.padEnd(6, '0').slice(0, 6));
}

/** "2026-11-22" in the reader's time zone. */
export function dayKey(ms) {
  const day = new Date(ms);
  const two = (number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** "Today", "Yesterday" or the written day. */
export function dayName(ms) {
  const now = Date.now();
  if (dayKey(ms) === dayKey(now)) return 'Today';
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayKey(ms) === dayKey(yesterday.getTime())) return 'Yesterday';
  const sameYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? LONG_DAY : LONG_DAY_YEAR).format(ms);
}

/** "just now", "3 min ago", "9:02 AM". */
export function relative(ms) {
  const seconds = (Date.now() - ms) / 1000;
  if (seconds > -60 && seconds < 45) return 'just now';
  if (seconds > 0 && seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  return CLOCK.format(ms);
}

/** "2 min ago", "yesterday", "Nov 20": for the summary of a thread. */
export function relativeDay(ms) {
  const seconds = (Date.now() - ms) / 1000;
  if (seconds < 3600) return relative(ms);
  const name = dayName(ms);
  return name === 'Today'
    ? `today at ${CLOCK.format(ms)}`
    : name.toLowerCase() === 'yesterday'
      ? `yesterday at ${CLOCK.format(ms)}`
      : name;
}

export const exact = (ms) => EXACT.format(ms);
export const clock = (ms) => CLOCK.format(ms);

/** A <time> element that `refreshTimes` keeps current. */
export function timeElement(ms, className = 'time', mode = 'relative') {
  const text = mode === 'clock' ? CLOCK.format(ms) : relative(ms);
  return h(
    'time',
    {
      class: className,
      datetime: new Date(ms).toISOString(),
      title: exact(ms),
      data: { epoch: ms, mode },
    },
    text,
  );
}

/** Rewrites the relative times under `root`. */
export function refreshTimes(root = document) {
  for (const element of root.querySelectorAll('time[data-epoch][data-mode=relative]')) {
    const text = relative(Number(element.dataset.epoch));
    if (element.textContent !== text) element.textContent = text;
  }
}

const short = (ms, options) => format(options).format(ms);
const pretty = (ms, fallback) => {
  const name = dayName(ms);
  return name === 'Today' || name === 'Yesterday' ? name.toLowerCase() : fallback;
};
const ago = (ms) => {
  const seconds = Math.round((ms - Date.now()) / 1000);
  const steps = [
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) || steps[3];
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' }).format(
    Math.round(seconds / size),
    unit,
  );
};
const NUMERIC = { month: '2-digit', day: '2-digit', year: 'numeric' };
const MEDIUM = { month: 'short', day: 'numeric', year: 'numeric' };
const LONG = { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' };
const PLAIN = { month: 'long', day: 'numeric', year: 'numeric' };
const DATE_TOKENS = {
  date_num: (ms) => dayKey(ms),
  date_slash: (ms) => short(ms, NUMERIC),
  date: (ms) => short(ms, PLAIN),
  date_short: (ms) => short(ms, MEDIUM),
  date_long: (ms) => short(ms, LONG),
  date_pretty: (ms) => pretty(ms, short(ms, PLAIN)),
  date_short_pretty: (ms) => pretty(ms, short(ms, MEDIUM)),
  date_long_pretty: (ms) => pretty(ms, short(ms, LONG)),
  day_divider_pretty: (ms) => dayName(ms),
  time: (ms) => CLOCK.format(ms),
  time_secs: (ms) => CLOCK_SECONDS.format(ms),
  ago,
};

/** Fills {date_short_pretty} {time} … ; the fallback when the moment or a token is not usable. */
export function formatDateTokens(unix, template, fallback) {
  const ms = Number(unix) * 1000;
  if (!Number.isFinite(ms) || !Number.isFinite(new Date(ms).getTime())) return fallback || '';
  let known = true;
  const text = String(template).replace(/\{([a-z_]+)\}/g, (whole, name) => {
    if (Object.hasOwn(DATE_TOKENS, name)) return DATE_TOKENS[name](ms);
    known = false;
    return whole;
  });
  if (!known && fallback) return fallback;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
