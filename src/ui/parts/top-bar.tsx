import { useKeys } from '../keys.ts';
import { useRef } from '../preact.ts';
import { goTo } from '../router.ts';
import { nextTheme, theme } from '../theme.ts';

const KEYS: [string, string][] = [
  ['g p', 'pipelines'],
  ['j / k', 'next, previous row'],
  ['Enter', 'open the row'],
  ['/', 'find in the output'],
  ['n / N', 'next, previous hit'],
  ['f', 'follow the output'],
  ['1 2 3', 'output, changes, machine'],
  ['?', 'this list'],
];

export const TopBar = () => {
  const help = useRef<HTMLDialogElement>(null);
  useKeys({ 'g p': () => goTo({ page: 'pipelines' }), '?': () => help.current?.showModal() });
  return (
    <header class="top-bar">
      <a class="brand" href="/">
        Signalbox
      </a>
      <nav>
        <a href="/">Pipelines</a>
      </nav>
      <button type="button" class="quiet" onClick={nextTheme} title="Light, dark, or as the system has it">
        Theme: {theme.value}
      </button>
      <button type="button" class="quiet" onClick={() => help.current?.showModal()} aria-label="Keyboard">
        ?
      </button>
      <dialog ref={help} aria-label="Keyboard">
        <dl class="keys">
          {KEYS.map(([key, meaning]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </header>
  );
};
