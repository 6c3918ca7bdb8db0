import { useLayoutEffect, useRef, useSignal, type ComponentChildren } from '../preact.ts';
import { Act } from './act.tsx';

/**
 * An act that is asked once more, in the same place and with the same words. The focus stays with it: on the question when it
 * is put, back on the button when it is taken back.
 */
export const Asked = (props: {
  /** What the button says, and the question is called. */
  first: string;
  yes: string;
  no: string;
  kind?: 'primary' | 'danger';
  isDisabled?: boolean;
  act: () => Promise<void>;
  /** What stands before the answers. */
  children?: ComponentChildren;
}) => {
  const asked = useSignal<boolean | null>(null);
  const place = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (asked.value !== null) place.current?.focus();
  }, [asked.value]);
  const isAsked = asked.value === true;
  return isAsked ? (
    <span key="asked" class="confirm" role="group" tabIndex={-1} aria-label={props.first} ref={place}>
      {props.children}
      <Act kind={props.kind ?? 'danger'} act={props.act}>
        {props.yes}
      </Act>
      <button type="button" class="plain" onClick={() => (asked.value = false)}>
        {props.no}
      </button>
    </span>
  ) : (
    <button
      key="first"
      type="button"
      class="plain"
      disabled={props.isDisabled === true}
      onClick={() => (asked.value = true)}
      ref={place as { current: HTMLButtonElement | null }}
    >
      {props.first}
    </button>
  );
};
