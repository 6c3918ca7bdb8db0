import { default as elk, type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Chart, ChartState } from '../../src/trace/statechart/to-graph.ts';
import { LINE_HEIGHT, TITLE_HEIGHT, toBox, toLabel, toLabelSize, toLines } from './measure.ts';

/** Ids of the two pseudo-states inside a compound one: where it starts, and "whatever state it is in". */
export const initialOf = (path: string): string => `${path}#initial`;
export const anyOf = (path: string): string => `${path}#any`;

const ROOT_OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.edgeCoords': 'ROOT',
  'elk.json.shapeCoords': 'ROOT',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.edgeLabels.sideSelection': 'ALWAYS_UP',
  'elk.edgeLabels.inline': 'false',
  'elk.padding': '[top=16,left=16,bottom=16,right=16]',
};
const SPACING = {
  'elk.spacing.nodeNode': '28',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelLabel': '6',
};

const toNode = (chart: Chart, state: ChartState): ElkNode => {
  const { width, height, lines } = toBox(state.key, toLines(chart, state));
  if (state.states.length === 0) return { id: state.path, width, height };
  return {
    id: state.path,
    layoutOptions: {
      ...SPACING,
      'elk.padding': `[top=${TITLE_HEIGHT + lines.length * LINE_HEIGHT + 12},left=16,bottom=16,right=16]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width}, ${height})`,
    },
    children: toChildren(chart, state),
  };
};

const isInside = (path: string, outer: string): boolean =>
  outer === '' || path === outer || path.startsWith(`${outer}.`);

/** Where an edge begins: a compound state that stays within itself begins it at its "in any state" mark. */
const toSource = (from: string, to: string): string => (from === to || !isInside(to, from) ? from : anyOf(from));

const leaving = (chart: Chart) =>
  chart.transitions.flatMap((transition) =>
    transition.to.map((to) => ({ source: toSource(transition.from, to), to, label: toLabel(transition) })),
  );

const toChildren = (chart: Chart, state: ChartState): ElkNode[] => {
  const children = state.states.map((child) => toNode(chart, child));
  if (leaving(chart).some(({ source }) => source === anyOf(state.path))) {
    children.unshift({ id: anyOf(state.path), width: 84, height: 20 });
  }
  if (state.states.some(({ isInitial }) => isInitial)) {
    children.unshift({ id: initialOf(state.path), width: 10, height: 10 });
  }
  return children;
};

/** All that leads from one state to another is one line with several labels: fewer lines, easier to follow. */
const toEdges = (chart: Chart): ElkExtendedEdge[] => {
  const byEnds = new Map<string, { source: string; to: string; labels: string[] }>();
  for (const { source, to, label } of leaving(chart)) {
    const ends = `${source}>${to}`;
    const known = byEnds.get(ends) ?? { source, to, labels: [] };
    if (!known.labels.includes(label)) known.labels.push(label);
    byEnds.set(ends, known);
  }
  return [...byEnds].map(([id, { source, to, labels }]) => {
    const text = labels.join('\n');
    return { id, sources: [source], targets: [to], labels: [{ id: `${id}#label`, text, ...toLabelSize(text) }] };
  });
};

const toInitialEdges = (state: ChartState): ElkExtendedEdge[] => [
  ...state.states
    .filter(({ isInitial }) => isInitial)
    .map(({ path }) => ({ id: `${path}#start`, sources: [initialOf(state.path)], targets: [path] })),
  ...state.states.flatMap(toInitialEdges),
];

/** A chart → positions and sizes of everything, in the coordinates of the whole picture. */
export const layOut = (chart: Chart): Promise<ElkNode> =>
  new elk.default().layout({
    id: 'picture',
    layoutOptions: { ...ROOT_OPTIONS, ...SPACING },
    children: toChildren(chart, chart.root),
    edges: [...toInitialEdges(chart.root), ...toEdges(chart)],
  });
export type { ElkNode, ElkExtendedEdge };
