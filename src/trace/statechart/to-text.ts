import type { Chart, ChartState, ChartTransition } from './to-graph.ts';

const MARKS = { atomic: '○', compound: '○', parallel: '‖', final: '■', history: '↺' } as const;

const toTransitionLine = ({ event, guard, to, actions, description }: ChartTransition): string => {
  const parts = [event];
  if (guard !== null) parts.push(`[${guard}]`);
  if (to.length > 0) parts.push(`→ ${to.join(', ')}`);
  if (actions.length > 0) parts.push(`/ ${actions.join(', ')}`);
  if (description !== null) parts.push(`— ${description}`);
  return parts.join(' ');
};

const toStateLines = (chart: Chart, state: ChartState, indent: string): string[] => {
  const inner = `${indent}    `;
  const mark = state.isInitial ? '●' : MARKS[state.type];
  const phase = state.phase === null ? '' : ` (${state.phase})`;
  const description = state.description === null ? '' : `  ${state.description}`;
  return [
    `${indent}${mark} ${state.key}${phase}${description}`,
    ...state.invokes.map((source) => `${inner}runs ${source}`),
    ...(state.entry.length > 0 ? [`${inner}on entry: ${state.entry.join(', ')}`] : []),
    ...(state.exit.length > 0 ? [`${inner}on exit: ${state.exit.join(', ')}`] : []),
    ...chart.transitions.filter(({ from }) => from === state.path).map((one) => inner + toTransitionLine(one)),
    ...state.states.flatMap((child) => toStateLines(chart, child, `${indent}  `)),
  ];
};

/** A machine as text: states indented, with what each runs and where each event leads. ● is where it starts, ■ an end. */
export const toText = (chart: Chart): string => {
  const { root } = chart;
  return `${[
    `${chart.name}${root.description === null ? '' : `: ${root.description}`}`,
    ...root.invokes.map((source) => `  runs ${source}`),
    ...chart.transitions.filter(({ from }) => from === '').map((one) => `  in any state: ${toTransitionLine(one)}`),
    ...root.states.flatMap((state) => toStateLines(chart, state, '  ')),
  ].join('\n')}\n`;
};
