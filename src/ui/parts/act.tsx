import { useSignal, type ComponentChildren } from '../preact.ts';

/** A button that does one thing, says so, and tells beside itself why it could not. */
export const Act = (props: {
  children: ComponentChildren;
  kind?: 'primary' | 'danger' | 'plain';
  act: () => Promise<void>;
}) => {
  const busy = useSignal(false);
  const problem = useSignal('');
  const run = async (): Promise<void> => {
    busy.value = true;
    problem.value = '';
    try {
      await props.act();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
    busy.value = false;
  };
  return (
    <span class="act">
      <button type="button" class={props.kind ?? 'plain'} disabled={busy.value} onClick={() => void run()}>
        {props.children}
      </button>
      {problem.value === '' ? null : (
        <span class="problem" role="alert">
          {problem.value}
        </span>
      )}
    </span>
  );
};
