// data_visualization: bars of figures, with every value also written out.

import { h } from '../dom.js';

const HUES = 6;

export function chart(block) {
  const spec = block.chart || {};
  const rows = spec.type === 'pie' ? pieRows(spec) : seriesRows(spec);
  const top = Math.max(...rows.map((row) => Math.abs(row.value)), 1);
  const names = [...new Set(rows.map((row) => row.series).filter(Boolean))];
  return h(
    'figure',
    { class: 'chart', role: 'group', 'aria-label': block.title || 'Chart' },
    h('figcaption', { class: 'chart-title' }, block.title || 'Chart'),
    names.length > 1
      ? h(
          'div',
          { class: 'chart-legend' },
          names.map((name, index) =>
            h(
              'span',
              { class: 'chart-key' },
              h('span', { class: `chart-dot hue-${index % HUES}` }),
              name,
            ),
          ),
        )
      : null,
    h(
      'div',
      { class: 'chart-rows' },
      rows.map((row) =>
        h(
          'div',
          { class: 'chart-row' },
          h('span', { class: 'chart-label', dir: 'auto' }, row.label),
          h(
            'span',
            { class: 'chart-track' },
            h('span', {
              class: `chart-bar hue-${row.hue % HUES}`,
              style: { '--share': `${(Math.abs(row.value) / top) * 100}%` },
            }),
          ),
          h('span', { class: 'chart-value tabular' }, row.shown),
        ),
      ),
    ),
  );
}

function pieRows(spec) {
  const segments = spec.segments || [];
  const sum = segments.reduce((total, segment) => total + Number(segment.value || 0), 0) || 1;
  return segments.map((segment, hue) => ({
    label: segment.label,
    value: Number(segment.value || 0),
    hue,
    shown: `${number(segment.value)} (${Math.round((segment.value / sum) * 100)} %)`,
  }));
}

function seriesRows(spec) {
  const series = spec.series || [];
  const labels = spec.axis_config?.categories || [
    ...new Set(series.flatMap((one) => (one.data || []).map((point) => point.label))),
  ];
  return labels.flatMap((label) =>
    series.map((one, hue) => {
      const value = Number((one.data || []).find((point) => point.label === label)?.value || 0);
      return { label: hue === 0 ? label : '', value, hue, series: one.name, shown: number(value) };
    }),
  );
}

const number = (value) => Number(value || 0).toLocaleString('en-US');
