/** The door for preact and its signals. */
export { render } from 'preact';
export type { ComponentChildren, JSX } from 'preact';
export { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
export { computed, effect, signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
export type { ReadonlySignal, Signal } from '@preact/signals';
