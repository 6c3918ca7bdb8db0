import { useEffect, useLayoutEffect, useRef, useSignal, type Signal } from '../preact.ts';
import type { LogLines } from './log-lines.ts';
import { LogRow } from './log-row.tsx';

const ROW_PX = 20;
const SPARE_ROWS = 12;

export interface LogListProps {
  log: LogLines;
  version: number;
  follow: Signal<boolean>;
  /** The line to show and mark; null: none. */
  line: number | null;
  hits: ReadonlySet<number>;
  toHref: (line: number) => string;
}

/** Only the rows in sight are in the page, however long the log is. Scrolling up stops following; reaching the end follows. */
export const LogList = ({ log, version, follow, line, hits, toHref }: LogListProps) => {
  const frame = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const shownLine = useRef<number | null>(null);

  useEffect(() => {
    if (frame.current === null) return;
    const sizes = new ResizeObserver(([entry]) => (height.value = entry?.contentRect.height ?? 600));
    sizes.observe(frame.current);
    return () => sizes.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (frame.current === null) return;
    const index = line === null ? -1 : line - 1 - log.dropped;
    // A line that is not there yet is shown once it has come.
    if (line !== null && shownLine.current !== line && index < log.lines.length) {
      shownLine.current = line;
      frame.current.scrollTop = index * ROW_PX - frame.current.clientHeight / 2;
    } else if (follow.value) {
      frame.current.scrollTop = log.lines.length * ROW_PX;
    }
  }, [version, follow.value, line, height.value]);

  const scroll = (event: { currentTarget: HTMLElement }): void => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    const isUp = scrollTop < top.value;
    top.value = scrollTop;
    if (scrollTop + clientHeight >= scrollHeight - ROW_PX) follow.value = true;
    else if (isUp) follow.value = false;
  };

  const first = Math.max(0, Math.floor(top.value / ROW_PX) - SPARE_ROWS);
  const rows = log.lines.slice(first, first + Math.ceil(height.value / ROW_PX) + 2 * SPARE_ROWS);
  return (
    <div class="log-list" ref={frame} onScroll={scroll} tabIndex={0} role="log" aria-label="Output" aria-live="off">
      <div class="log-space" style={{ height: `${log.lines.length * ROW_PX}px` }}>
        <div class="log-rows" style={{ transform: `translateY(${first * ROW_PX}px)` }}>
          {rows.map((text, index) => {
            const number = log.dropped + first + index + 1;
            return (
              <LogRow
                key={number}
                number={number}
                line={text}
                href={toHref(number)}
                isChosen={number === line}
                isHit={hits.has(number)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
};
