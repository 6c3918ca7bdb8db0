import type { MachineView } from '../../protocol/rest.ts';
import { useEffect, useRef, useSignal } from '../preact.ts';
import { toLitStates } from './lit-states.ts';
import { getPicture } from './pictures.ts';

const light = (picture: Element, state: string): void => {
  const { lit, within } = toLitStates(state);
  for (const node of picture.querySelectorAll('[data-state]')) {
    const path = node.getAttribute('data-state') ?? '';
    node.classList.toggle('lit', lit.has(path));
    node.classList.toggle('within', within.has(path));
  }
};

/** Brings the lit state into the frame, without moving the page around it. */
const reveal = (frame: HTMLElement): void => {
  const lit = frame.querySelector('.lit')?.getBoundingClientRect();
  if (lit === undefined) return;
  const box = frame.getBoundingClientRect();
  frame.scrollBy(lit.x + lit.width / 2 - box.x - box.width / 2, lit.y + lit.height / 2 - box.y - box.height / 2);
};

/** The picture of a machine with its live state lit. */
export const Statechart = ({ machine }: { machine: MachineView }) => {
  const frame = useRef<HTMLDivElement>(null);
  const problem = useSignal('');
  useEffect(() => {
    let isThere = true;
    problem.value = '';
    getPicture(machine.machine).then(
      (picture) => {
        if (!isThere || frame.current === null) return;
        if (picture === null) {
          problem.value = `There is no picture of the machine ${machine.machine}.`;
          return frame.current.replaceChildren();
        }
        frame.current.replaceChildren(picture);
        light(picture, frame.current.dataset['live'] ?? '');
        reveal(frame.current);
      },
      () => (problem.value = 'The picture could not be loaded.'),
    );
    return () => void (isThere = false);
  }, [machine.machine]);
  useEffect(() => {
    if (frame.current === null) return;
    light(frame.current, machine.state);
    reveal(frame.current);
  }, [machine.state, machine.path]);
  return (
    <>
      {problem.value === '' ? null : <p class="empty">{problem.value}</p>}
      <div class="frame" ref={frame} data-live={machine.state} tabIndex={0} />
    </>
  );
};
