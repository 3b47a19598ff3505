// Pie charts: a ring of segments with the sum in the middle.

import { svg } from '../dom.js';
import { HUES, number } from './chart.js';

const GAP = 0.012;

const at = (cx, cy, radius, turn) => {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return `${(cx + radius * Math.cos(angle)).toFixed(2)} ${(cy + radius * Math.sin(angle)).toFixed(2)}`;
};

function ring(cx, cy, outer, inner, from, to) {
  const large = to - from > 0.5 ? 1 : 0;
  return [
    `M ${at(cx, cy, outer, from)}`,
    `A ${outer} ${outer} 0 ${large} 1 ${at(cx, cy, outer, to)}`,
    `L ${at(cx, cy, inner, to)}`,
    `A ${inner} ${inner} 0 ${large} 0 ${at(cx, cy, inner, from)} Z`,
  ].join(' ');
}

/** The nodes of a pie chart. */
export function pieChart({ labels, series: [{ values }] }, width, height) {
  const sum = values.reduce((total, value) => total + value, 0) || 1;
  const outer = Math.min(width, height) / 2 - 10;
  const inner = outer * 0.62;
  const [cx, cy] = [width / 2, height / 2];
  let from = 0;
  const segments = values.map((value, index) => {
    const share = value / sum;
    const to = from + share;
    const gap = values.length > 1 ? Math.min(GAP, share) / 2 : 0.00005;
    const segment = svg(
      'path',
      { d: ring(cx, cy, outer, inner, from + gap, to - gap), class: `hue-${index % HUES}` },
      svg('title', {}, `${labels[index]}: ${number(value)} (${Math.round(share * 100)} %)`),
    );
    from = to;
    return segment;
  });
  const total = svg(
    'text',
    { x: cx, y: cy + 4, class: 'chart-total', 'text-anchor': 'middle' },
    number(sum),
  );
  const word = svg(
    'text',
    { x: cx, y: cy + 22, class: 'chart-tick', 'text-anchor': 'middle' },
    'in all',
  );
  return [...segments, total, word];
}
