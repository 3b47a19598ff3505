// Bar, line and area charts on two axes.

import { svg } from '../dom.js';
import { number } from './chart.js';

const TOP = 12;
const RIGHT = 10;
const CHARACTER = 6.6;
const MARKS = ['circle', 'square', 'diamond'];

/** The nodes of a chart with axes. */
export function plot(figures, width, height) {
  const scale = scaleOf(figures.series.flatMap((one) => one.values));
  const widest = Math.max(...scale.ticks.map((tick) => short(tick).length));
  const left = widest * CHARACTER + 12 + (figures.yLabel ? 18 : 0);
  const bottom = 26 + (figures.xLabel ? 18 : 0);
  const frame = {
    left,
    right: width - RIGHT,
    top: TOP,
    bottom: height - bottom,
    width: width - RIGHT - left,
  };
  const y = (value) =>
    frame.bottom - ((value - scale.low) / (scale.high - scale.low)) * (frame.bottom - frame.top);
  const drawing = { ...figures, frame, y, zero: y(Math.max(scale.low, Math.min(0, scale.high))) };
  const marks = { bar: bars, line: lines, area: areas }[figures.kind](drawing);
  return [...grid(scale, frame, y), ...marks, ...labels(drawing), ...titles(drawing, height)];
}

/** Round numbers from below the smallest value to above the largest; zero is always there. */
function scaleOf(values) {
  const known = values.filter((value) => value !== null);
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const rough = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) * power;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { low: first * step, high: last * step, ticks };
}

/** "12,500" or "1.2M": what fits beside an axis. */
function short(value) {
  const size = Math.abs(value);
  if (size < 10_000) return number(Math.round(value * 100) / 100);
  return new Intl.NumberFormat('en-US', { notation: 'compact' }).format(value);
}

function grid(scale, frame, y) {
  return scale.ticks.flatMap((tick) => [
    svg('line', {
      x1: frame.left,
      x2: frame.right,
      y1: y(tick),
      y2: y(tick),
      class: tick === 0 ? 'chart-axis' : 'chart-grid',
    }),
    svg(
      'text',
      { x: frame.left - 8, y: y(tick) + 4, 'text-anchor': 'end', class: 'chart-tick' },
      short(tick),
    ),
  ]);
}

const slotOf = ({ labels: names, frame }) => frame.width / Math.max(1, names.length);
const middle = (drawing, index) => drawing.frame.left + slotOf(drawing) * (index + 0.5);

/** As many category names as fit side by side, always the first. */
function labels(drawing) {
  const slot = slotOf(drawing);
  const longest = Math.max(...drawing.labels.map((label) => label.length), 1);
  const every = Math.max(1, Math.ceil((longest * CHARACTER + 8) / slot));
  const room = Math.max(3, Math.floor((slot * every - 4) / CHARACTER));
  return drawing.labels.map((label, index) =>
    index % every === 0
      ? svg(
          'text',
          {
            x: middle(drawing, index),
            y: drawing.frame.bottom + 18,
            'text-anchor': 'middle',
            class: 'chart-tick',
          },
          label.length > room ? `${label.slice(0, room - 1)}…` : label,
        )
      : null,
  );
}

function titles({ frame, xLabel, yLabel }, height) {
  const across = svg(
    'text',
    {
      x: frame.left + frame.width / 2,
      y: height - 6,
      'text-anchor': 'middle',
      class: 'chart-name',
    },
    xLabel,
  );
  const centre = (frame.top + frame.bottom) / 2;
  const up = svg(
    'text',
    {
      x: 12,
      y: centre,
      transform: `rotate(-90 12 ${centre})`,
      'text-anchor': 'middle',
      class: 'chart-name',
    },
    yLabel,
  );
  return [xLabel ? across : null, yLabel ? up : null];
}

const said = (one, label, value) =>
  svg('title', {}, `${one.name ? `${one.name}, ` : ''}${label}: ${number(value)}`);

function bars(drawing) {
  const { series, y, zero } = drawing;
  const slot = slotOf(drawing);
  const group = Math.min(slot * 0.78, 34 * series.length);
  const each = group / Math.max(1, series.length);
  const thick = Math.max(1.5, each - Math.min(3, each * 0.18));
  return series.flatMap((one, place) =>
    one.values.map((value, index) => {
      if (value === null) return null;
      const top = Math.min(y(value), zero);
      return svg(
        'rect',
        {
          x: middle(drawing, index) - group / 2 + each * place + (each - thick) / 2,
          y: value === 0 ? zero - 1 : top,
          width: thick,
          height: Math.max(1, Math.abs(y(value) - zero)),
          rx: Math.min(3, thick / 3),
          class: `hue-${one.hue}`,
        },
        said(one, drawing.labels[index], value),
      );
    }),
  );
}

/** Runs of known points: a missing value breaks the line. */
function runs(drawing, one) {
  const found = [[]];
  one.values.forEach((value, index) => {
    if (value === null) found.push([]);
    else found.at(-1).push({ x: middle(drawing, index), y: drawing.y(value), value, index });
  });
  return found.filter((run) => run.length);
}

const pathOf = (run) =>
  run
    .map(({ x, y }, index) => `${index ? 'L' : 'M'} ${x.toFixed(1)} ${y.toFixed(1)}`)
    .join(' ');

function stroke(drawing, one) {
  const drawn = runs(drawing, one).filter((run) => run.length > 1);
  return drawn.map((run) =>
    svg('path', { d: pathOf(run), class: `chart-line line-${one.hue}` }),
  );
}

/** Each series has its own shape of points: colour is never the only difference. */
function points(drawing, one) {
  const shape = MARKS[one.hue % MARKS.length];
  const dots = runs(drawing, one).flat();
  return dots.map(({ x, y, value, index }) => {
    const title = said(one, drawing.labels[index], value);
    if (shape === 'circle')
      return svg('circle', { cx: x, cy: y, r: 3.6, class: `chart-point hue-${one.hue}` }, title);
    return svg(
      'rect',
      {
        x: x - 3.2,
        y: y - 3.2,
        width: 6.4,
        height: 6.4,
        transform: shape === 'diamond' ? `rotate(45 ${x} ${y})` : null,
        class: `chart-point hue-${one.hue}`,
      },
      title,
    );
  });
}

function lines(drawing) {
  return drawing.series.flatMap((one) => [...stroke(drawing, one), ...points(drawing, one)]);
}

function areas(drawing) {
  const fills = drawing.series.flatMap((one) =>
    runs(drawing, one).map((run) =>
      svg('path', {
        d: `${pathOf(run)} L ${run.at(-1).x} ${drawing.zero} L ${run[0].x} ${drawing.zero} Z`,
        class: `chart-area hue-${one.hue}`,
      }),
    ),
  );
  return [...fills, ...lines(drawing)];
}
