'use strict';

// Draws a question's figures with Vega-Lite.

const FONT = 'system-ui, sans-serif';
const OURS = '#0b6e4f';
const PEER = '#8d99ae';
const FLOOR = '#e09f3e';

/** What is not a peer is told apart by its colour. */
const COLOR = {
  condition: [
    { test: "indexof(['hiredis', 'access', 'before'], datum.subject) >= 0", value: OURS },
    {
      test: "indexof(['floor', 'floor-expiry', 'json', 'memory', 'none'], datum.subject) >= 0",
      value: FLOOR,
    },
  ],
  value: PEER,
};

/**
 * A horizontal bar for each subject, with its interval as a line and its figure written beside it.
 * @param {string} field
 * @param {string} title
 * @param {string} format
 * @param {object} [scale] of the axis
 */
function bars(field, title, format, scale = {}) {
  // The order of the figures is that of the tables.
  const y = { field: 'name', type: 'nominal', sort: null, title: null };
  const axis = { type: 'quantitative', title, scale, axis: { grid: false } };
  const x = { field, ...axis };
  const [low, high] = [`${field}Low`, `${field}High`];
  return {
    width: 230,
    height: { step: 19 },
    layer: [
      { mark: { type: 'bar', height: 13 }, encoding: { y, x, color: COLOR } },
      {
        transform: [{ filter: `isValid(datum['${low}'])` }],
        mark: { type: 'rule', color: '#222' },
        encoding: { y, x: { ...axis, field: low }, x2: { field: high } },
      },
      {
        transform: [
          {
            calculate: `isValid(datum['${high}']) ? datum['${high}'] : datum['${field}']`,
            as: 'end',
          },
        ],
        mark: { type: 'text', align: 'left', dx: 4, fontSize: 10 },
        encoding: {
          y,
          x: { ...axis, field: 'end' },
          text: { field, type: 'quantitative', format },
        },
      },
    ],
  };
}

/**
 * One picture of bars per value of a field.
 * @param {any[]} figures
 * @param {string} field
 * @param {object} spec
 */
function side(figures, field, spec) {
  const values = [...new Set(figures.map((figure) => figure[field]))];
  // Those that have no figure in one picture keep their row in it.
  const scale = { domain: [...new Set(figures.map(({ name }) => name))] };
  return {
    resolve: { scale: { x: 'shared' } },
    hconcat: values.map((value, index) => ({
      title: String(value),
      transform: [{ filter: { field, equal: value } }],
      ...withRows(spec, index === 0 ? { scale } : { scale, axis: null }),
    })),
  };
}

/**
 * The same with other properties of its rows: the names, say, stand on the left of the first
 * picture alone.
 * @param {any} spec
 * @param {object} rows
 */
function withRows(spec, rows) {
  const layer = spec.layer.map((/** @type {any} */ each) => ({
    ...each,
    encoding: { ...each.encoding, y: { ...each.encoding.y, ...rows } },
  }));
  return { ...spec, layer };
}

/** @param {string} y @param {string} title */
const line = (y, title) => ({
  mark: { type: 'line', point: true },
  encoding: {
    y: { field: y, type: 'quantitative', title },
    color: { field: 'name', type: 'nominal', title: null, sort: null },
  },
});

/** @param {any[]} figures */
function byOperation(figures) {
  return {
    title: 'CPU per operation, microseconds, 64 outstanding (less is better)',
    figures,
    spec: side(figures, 'operation', bars('cpu', 'microseconds', '.2f')),
  };
}

/** @type {Record<string, (figures: any[]) => { title: string, figures: any[], spec: any }>} */
const CHARTS = {
  operations(figures) {
    const main = figures.filter(({ outstanding }) => outstanding === 64);
    // Pictures side by side need the same rows.
    const everywhere = main.filter(({ subject }) => subject !== 'floor-expiry');
    return {
      title: 'CPU of the Node process per operation, microseconds, 64 outstanding (less is better)',
      figures: everywhere,
      spec: side(everywhere, 'operation', bars('cpu', 'microseconds', '.2f')),
    };
  },
  promises: byOperation,
  redundant: byOperation,
  application(figures) {
    const named = figures.map((figure) => ({
      ...figure,
      picture: figure.rate ? `${figure.title}, ${figure.rate} requests/s` : figure.title,
    }));
    return {
      title: 'A whole Express 5 application: CPU per request, microseconds (less is better)',
      figures: named,
      spec: side(named, 'picture', bars('cpu', 'microseconds', '.0f')),
    };
  },
  latency(figures) {
    const pictures = figures.map((figure) => ({
      ...figure,
      picture: `${figure.operation}, ${figure.rate.toLocaleString('en')}/s, ${figure.transport}`,
    }));
    return {
      title: 'p99 of the latency, milliseconds, from when the operation was due (less is better)',
      figures: pictures,
      spec: side(pictures, 'picture', bars('p99', 'milliseconds', '.2f', { type: 'symlog' })),
    };
  },
  sizes(figures) {
    const ascii = figures.filter(({ plainAscii }) => plainAscii);
    const { mark, encoding } = line('ratio', 'times the CPU of connect-hiredis');
    const x = { field: 'bytes', type: 'quantitative', scale: { type: 'log' }, title: 'bytes' };
    return {
      title: 'CPU per operation, as a multiple of that of connect-hiredis, by size of the session',
      figures: ascii,
      spec: {
        hconcat: ['get', 'set'].map((operation) => ({
          title: operation,
          width: 330,
          transform: [{ filter: { field: 'operation', equal: operation } }],
          mark,
          encoding: { x, ...encoding },
        })),
      },
    };
  },
  enumeration(figures) {
    const named = figures.map((figure) => ({
      ...figure,
      picture: `${figure.method}(), ${figure.size.toLocaleString('en')} sessions`,
    }));
    const spec = bars('seconds', 'seconds', '.2f');
    return {
      title: 'Operations over all sessions, seconds (less is better)',
      figures: named,
      spec: {
        columns: 2,
        concat: [...new Set(named.map(({ picture }) => picture))].map((picture) => ({
          title: picture,
          transform: [{ filter: { field: 'picture', equal: picture } }],
          ...spec,
        })),
      },
    };
  },
  memory: (figures) => ({
    title: 'Resident memory over time, after garbage collection',
    figures: figures.map((figure) => ({ ...figure, megabytes: figure.rss / 1e6 })),
    spec: {
      width: 600,
      mark: line('megabytes', 'MB').mark,
      encoding: {
        ...line('megabytes', 'MB').encoding,
        x: { field: 'operations', type: 'quantitative' },
      },
    },
  }),
  startup(figures) {
    const named = figures.map((figure) => ({ ...figure, megabytes: figure.bytes / 1e6 }));
    const first = bars('answered', 'milliseconds', '.0f');
    const second = withRows(bars('megabytes', 'MB', '.2f'), { axis: null });
    return {
      title: 'From nothing to the first session; what is installed (less is better)',
      figures: named,
      spec: {
        hconcat: [
          { title: 'to the first get', ...first },
          { title: 'installed, unpacked', ...second },
        ],
      },
    };
  },
};

/**
 * @param {string} question
 * @param {object[]} figures
 * @returns {Promise<{ svg: string, drawn: object[] }>} with those of the figures that are in it
 */
async function drawChart(question, figures) {
  const vega = await import('vega');
  const { compile } = await import('vega-lite');
  const { title, figures: values, spec } = CHARTS[question](figures);
  const { spec: drawing } = compile({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 12,
    title: { text: title, anchor: 'start', fontSize: 14, offset: 14 },
    data: { values },
    config: {
      font: FONT,
      view: { stroke: null },
      concat: { spacing: 24 },
      // Nothing here knows how wide a text will be: names are better too long than cut.
      axis: { labelLimit: 0 },
      legend: { labelLimit: 0 },
    },
    ...spec,
  });
  const svg = await new vega.View(vega.parse(drawing), { renderer: 'none' }).toSVG();
  return { svg, drawn: values };
}

/** @param {string} question */
const hasChart = (question) => question in CHARTS;

module.exports = { drawChart, hasChart };
