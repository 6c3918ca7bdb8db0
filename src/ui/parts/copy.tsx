import { useRef, useSignal } from '../preact.ts';

/** Text to take along, with a button that copies it; where the browser forbids that, the text is marked for Ctrl+C. */
export const Copy = ({ text, of }: { text: string; of: string }) => {
  const shown = useRef<HTMLPreElement>(null);
  const said = useSignal('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied.';
    } catch {
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
      said.value = 'Marked: copy it with Ctrl+C.';
    }
  };
  return (
    <div class="copy">
      <pre ref={shown} tabIndex={0} aria-label={of}>
        {text}
      </pre>
      <p class="line">
        <button type="button" class="plain" onClick={() => void copy()}>
          Copy {of}
        </button>
        <span class="hint" role="status">
          {said.value}
        </span>
      </p>
    </div>
  );
};
