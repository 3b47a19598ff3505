// data_visualization: a drawn chart, its legend, and every figure as a table for who reads.

import { fill, h, svg, uid } from '../dom.js';
import { pieChart } from './pie.js';
import { plot } from './plot.js';

export const HUES = 12;
const HEIGHT = 248;
const KINDS = { pie: 'Pie chart', bar: 'Bar chart', line: 'Line chart', area: 'Area chart' };
const MAX_SPOKEN = 700;

export const number = (value) => Number(value || 0).toLocaleString('en-US');

/** The figures behind a chart: `{kind, labels, series: [{name, hue, values}], xLabel, yLabel}`. */
export function figuresOf(spec) {
  const kind = Object.hasOwn(KINDS, spec.type) ? spec.type : 'bar';
  if (kind === 'pie') {
    const segments = spec.segments || [];
    return {
      kind,
      labels: segments.map((one) => String(one.label ?? '')),
      series: [{ name: '', hue: 0, values: segments.map((one) => Number(one.value) || 0) }],
    };
  }
  const series = spec.series || [];
  const labels = spec.axis_config?.categories || [
    ...new Set(series.flatMap((one) => (one.data || []).map((point) => point.label))),
  ];
  const valueAt = (one, label) => {
    const point = (one.data || []).find((item) => item.label === label);
    return point ? Number(point.value) || 0 : null;
  };
  return {
    kind,
    labels: labels.map(String),
    series: series.map((one, hue) => ({
      name: String(one.name ?? ''),
      hue: hue % HUES,
      values: labels.map((label) => valueAt(one, label)),
    })),
    xLabel: spec.axis_config?.x_label || '',
    yLabel: spec.axis_config?.y_label || '',
  };
}

export function chart(block) {
  const figures = figuresOf(block.chart || {});
  const titleId = uid('chart');
  const canvas = h('div', { class: 'chart-canvas' });
  const draw = (width) => {
    const image = svg('svg', {
      class: 'chart-svg',
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      role: 'img',
      'aria-label': spoken(figures),
    });
    image.append(...(figures.kind === 'pie' ? pieChart : plot)(figures, width, HEIGHT));
    fill(canvas, image);
  };
  draw(520);
  followWidth(canvas, draw);
  return h(
    'figure',
    { class: `chart chart-${figures.kind}`, 'aria-labelledby': titleId },
    h('figcaption', { class: 'chart-title', id: titleId, dir: 'auto' }, block.title || 'Chart'),
    legend(figures),
    canvas,
    figureTable(figures, block.title),
  );
}

/** Draws again whenever the room changes, so that letters keep their size on a phone. */
function followWidth(canvas, draw) {
  let drawn = 520;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width < 40 || width === drawn) return;
    drawn = width;
    draw(width);
  }).observe(canvas);
}

function legend(figures) {
  if (figures.kind === 'pie') return pieLegend(figures);
  if (figures.series.length < 2) return null;
  return h(
    'ul',
    { class: 'chart-legend' },
    figures.series.map((one) => key(one.hue, one.name)),
  );
}

function key(hue, words, figure = null) {
  return h(
    'li',
    { class: 'chart-key' },
    h('span', { class: `chart-dot hue-${hue}`, 'aria-hidden': 'true' }),
    h('span', { dir: 'auto' }, words),
    figure ? h('span', { class: 'chart-figure tabular' }, figure) : null,
  );
}

function pieLegend({ labels, series: [{ values }] }) {
  const sum = values.reduce((total, value) => total + value, 0) || 1;
  return h(
    'ul',
    { class: 'chart-legend chart-legend-tall' },
    labels.map((label, index) =>
      key(
        index % HUES,
        label,
        `${number(values[index])} · ${Math.round((values[index] / sum) * 100)} %`,
      ),
    ),
  );
}

/** What a screen reader says for the picture; long ones point to the table. */
function spoken({ kind, labels, series }) {
  const parts = series.map((one) => {
    const points = labels.map((label, index) =>
      one.values[index] === null ? null : `${label} ${number(one.values[index])}`,
    );
    return `${one.name ? `${one.name}: ` : ''}${points.filter(Boolean).join(', ')}`;
  });
  const whole = `${KINDS[kind]}. ${parts.join('. ')}`;
  if (whole.length <= MAX_SPOKEN) return whole;
  return `${KINDS[kind]} of ${series.length} series and ${labels.length} points; the figures are below`;
}

function figureTable({ kind, labels, series }, title) {
  const names = kind === 'pie' ? ['Value'] : series.map((one) => one.name);
  return h(
    'details',
    { class: 'chart-figures' },
    h('summary', {}, 'Figures'),
    h(
      'div',
      { class: 'table-wrap', tabindex: '0', role: 'group', 'aria-label': `Figures of ${title}` },
      h(
        'table',
        { class: 'table' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('td', {}),
            names.map((name) => h('th', { scope: 'col', class: 'align-right' }, name)),
          ),
        ),
        h(
          'tbody',
          {},
          labels.map((label, index) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row', dir: 'auto' }, label),
              series.map((one) =>
                h(
                  'td',
                  { class: 'align-right tabular' },
                  one.values[index] === null ? '–' : number(one.values[index]),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
