import type { Chart, ChartState, ChartTransition } from '../../src/trace/statechart/to-graph.ts';

/** Widths of a character in the two faces that a picture uses, generous enough for any system font. */
const TITLE_PX = 8.4;
const LINE_PX = 6.4;
export const TITLE_HEIGHT = 26;
export const LINE_HEIGHT = 15;
const PADDING = 12;

export interface Box {
  width: number;
  height: number;
  /** Small lines under the title: what it runs, and what it does without leaving. */
  lines: string[];
}

/** `event [guard]`; of a transition that needs no event only the guard is written, as is usual in statecharts. */
export const toLabel = ({ event, guard }: ChartTransition): string => {
  if (guard === null) return event;
  return event === 'always' ? `[${guard}]` : `${event} [${guard}]`;
};

/** What a state does while it stays: its invoked actors, and the events that only act. */
export const toLines = (chart: Chart, state: ChartState): string[] => [
  ...state.invokes.map((source) => `runs ${source}`),
  ...chart.transitions
    .filter(({ from, to }) => from === state.path && to.length === 0)
    .map((one) => `on ${toLabel(one)}${one.actions.length > 0 ? ` / ${one.actions.join(', ')}` : ''}`),
];

export const toBox = (title: string, lines: string[]): Box => ({
  width: Math.ceil(
    Math.max(64, title.length * TITLE_PX + 2 * PADDING, ...lines.map((line) => line.length * LINE_PX + 2 * PADDING)),
  ),
  height: TITLE_HEIGHT + lines.length * LINE_HEIGHT + (lines.length > 0 ? 6 : 4),
  lines,
});

export const toLabelSize = (text: string): { width: number; height: number } => {
  const lines = text.split('\n');
  return {
    width: Math.ceil(Math.max(...lines.map(({ length }) => length)) * LINE_PX) + 6,
    height: lines.length * 13 + 2,
  };
};
