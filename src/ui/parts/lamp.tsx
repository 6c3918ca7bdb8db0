import type { Phase, Status } from '../../protocol/status.ts';
import type { JSX } from '../preact.ts';

type Shape = 'clock' | 'ring' | 'half' | 'full' | 'arrow' | 'hand' | 'tick' | 'cross' | 'square' | 'triangle' | 'bang';
type Colour = 'idle' | 'leased' | 'running' | 'reporting' | 'failed' | 'done' | 'attention';

const LAMPS: Record<Status, [Shape, Colour]> = {
  scheduled: ['clock', 'idle'],
  pending: ['ring', 'idle'],
  manual: ['hand', 'attention'],
  running: ['full', 'running'],
  succeeded: ['tick', 'done'],
  warning: ['triangle', 'attention'],
  failed: ['cross', 'failed'],
  error: ['bang', 'failed'],
  terminated: ['square', 'idle'],
};
/** While it runs, a job shows where its runner is with it. */
const RUNNING: Partial<Record<Phase, [Shape, Colour]>> = {
  leased: ['half', 'leased'],
  reporting: ['arrow', 'reporting'],
};

const SHAPES: Record<Shape, JSX.Element> = {
  ring: <circle cx="8" cy="8" r="5" class="stroke" />,
  clock: <path d="M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM8 5.2V8l2 1.5" class="stroke" />,
  half: (
    <>
      <circle cx="8" cy="8" r="5" class="stroke" />
      <path d="M8 3a5 5 0 0 1 0 10z" />
    </>
  ),
  full: <circle cx="8" cy="8" r="5.5" />,
  arrow: <path d="M8 13V4M4 7.5L8 3.5l4 4" class="stroke" />,
  hand: (
    <path d="M4.5 8V5.2a1 1 0 0 1 2 0V3.6a1 1 0 0 1 2 0v.9a1 1 0 0 1 2 0v1.2a1 1 0 0 1 2 0V10a4 4 0 0 1-4 4c-2.2 0-3-1.2-4.6-4.2-.5-1 .8-1.8 1.6-.8z" />
  ),
  tick: <path d="M3 8.5l3.4 3.4L13 5" class="stroke" />,
  cross: <path d="M4 4l8 8M12 4l-8 8" class="stroke" />,
  square: <rect x="3.5" y="3.5" width="9" height="9" rx="1.5" />,
  triangle: <path d="M8 2.5L14.5 13.5h-13zM8 6.5v3M8 11.2v.6" class="stroke" />,
  bang: <path d="M5.5 2.5h5l3 3v5l-3 3h-5l-3-3v-5zM8 5v3.6M8 10.6v.6" class="stroke" />,
};

/** State as shape and colour; the word stands beside it, so that it is hidden from readers of the page. */
export const Lamp = ({ status, phase }: { status: Status; phase?: Phase }) => {
  const [shape, colour] = (status === 'running' && phase !== undefined && RUNNING[phase]) || LAMPS[status];
  return (
    <svg class={`lamp lamp-${colour}`} data-shape={shape} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {SHAPES[shape]}
    </svg>
  );
};
