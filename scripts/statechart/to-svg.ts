import type { Chart, ChartState } from '../../src/trace/statechart/to-graph.ts';
import { anyOf, initialOf, type ElkExtendedEdge, type ElkNode } from './layout.ts';
import { LINE_HEIGHT, toLines } from './measure.ts';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const n = (value: number | undefined): string => String(Math.round((value ?? 0) * 10) / 10);

interface Point {
  x: number;
  y: number;
}

/** A line with right angles, its corners rounded. */
const toRoundedPath = (points: Point[]): string =>
  points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (before === undefined) return `M${n(point.x)} ${n(point.y)}`;
      if (after === undefined) return `L${n(point.x)} ${n(point.y)}`;
      const towards = (end: Point): Point => {
        const distance = Math.hypot(end.x - point.x, end.y - point.y) || 1;
        const radius = Math.min(6, distance / 2);
        return {
          x: point.x + ((end.x - point.x) / distance) * radius,
          y: point.y + ((end.y - point.y) / distance) * radius,
        };
      };
      const [from, to] = [towards(before), towards(after)];
      return `L${n(from.x)} ${n(from.y)}Q${n(point.x)} ${n(point.y)} ${n(to.x)} ${n(to.y)}`;
    })
    .join('');

const toEdge = (edge: ElkExtendedEdge): string => {
  const path = (edge.sections ?? [])
    .map(({ startPoint, bendPoints = [], endPoint }) => toRoundedPath([startPoint, ...bendPoints, endPoint]))
    .join('');
  const labels = (edge.labels ?? []).map(({ x = 0, y = 0, text = '' }) =>
    text
      .split('\n')
      .map(
        (line, index) => `<text class="sc-label" x="${n(x + 3)}" y="${n(y + 11 + index * 13)}">${escape(line)}</text>`,
      )
      .join(''),
  );
  return `<g class="sc-edge"><path d="${path}" marker-end="url(#sc-arrow)"/>${labels.join('')}</g>`;
};

const toState = (chart: Chart, state: ChartState, nodes: Map<string, ElkNode>, outer: string | null): string => {
  // A state that names no phase is in that of the state around it.
  const phase = state.phase ?? outer;
  const node = nodes.get(state.path);
  if (node === undefined) return '';
  const { x = 0, y = 0, width = 0, height = 0 } = node;
  const rect = `x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="6"`;
  const inner = { x: x + 3, y: y + 3, width: width - 6, height: height - 6 };
  const parts = [
    `<g class="sc-state sc-${state.type}" data-state="${escape(state.path)}"${phase ? ` data-phase="${escape(phase)}"` : ''}>`,
    state.description === null ? '' : `<title>${escape(state.description)}</title>`,
    `<rect class="sc-box" ${rect}/>`,
    state.type === 'final'
      ? `<rect class="sc-inner" x="${n(inner.x)}" y="${n(inner.y)}" width="${n(inner.width)}" height="${n(inner.height)}" rx="4"/>`
      : '',
    `<text class="sc-title" x="${n(x + 12)}" y="${n(y + 19)}">${escape(state.key)}</text>`,
    ...toLines(chart, state).map(
      (line, index) =>
        `<text class="sc-line" x="${n(x + 12)}" y="${n(y + 35 + index * LINE_HEIGHT)}">${escape(line)}</text>`,
    ),
    '</g>',
  ];
  return parts.join('') + toInside(chart, state, nodes, phase);
};

const toInside = (chart: Chart, state: ChartState, nodes: Map<string, ElkNode>, phase: string | null): string => {
  const initial = nodes.get(initialOf(state.path));
  const any = nodes.get(anyOf(state.path));
  return [
    initial ? `<circle class="sc-initial" cx="${n((initial.x ?? 0) + 5)}" cy="${n((initial.y ?? 0) + 5)}" r="5"/>` : '',
    any
      ? `<g class="sc-any"><rect x="${n(any.x)}" y="${n(any.y)}" width="84" height="20" rx="10"/>` +
        `<text x="${n((any.x ?? 0) + 42)}" y="${n((any.y ?? 0) + 14)}">in any state</text></g>`
      : '',
    ...state.states.map((child) => toState(chart, child, nodes, phase)),
  ].join('\n');
};

const collect = (node: ElkNode, into: Map<string, ElkNode>): Map<string, ElkNode> => {
  for (const child of node.children ?? []) {
    into.set(child.id, child);
    collect(child, into);
  }
  return into;
};

/** A laid-out chart → one SVG that also stands alone: `style` carries the tokens and the classes. */
export const toSvg = (chart: Chart, layout: ElkNode, { style, digest }: { style: string; digest: string }): string => {
  const nodes = collect(layout, new Map());
  // What the machine does in every state has no box of its own: it is told above the picture.
  const always = toLines(chart, chart.root);
  const top = always.length * LINE_HEIGHT + (always.length > 0 ? 12 : 0);
  const width = Math.max(layout.width ?? 0, ...always.map(({ length }) => (length + 14) * 6.4 + 32));
  const height = (layout.height ?? 0) + top;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="statechart" role="img" aria-label="State machine ${escape(chart.name)}" data-machine="${escape(chart.name)}" data-digest="${digest}" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}">
<style>${style}</style>
<defs><marker id="sc-arrow" class="sc-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>
${always.map((line, index) => `<text class="sc-line" x="16" y="${n(22 + index * LINE_HEIGHT)}">in any state, ${escape(line)}</text>`).join('\n')}
<g transform="translate(0 ${n(top)})">
${(layout.edges ?? []).map(toEdge).join('\n')}
${toInside(chart, chart.root, nodes, null)}
</g>
</svg>
`;
};
