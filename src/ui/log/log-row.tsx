import { toSpans } from './to-spans.ts';

/** Longer lines would make the browser slow; the saved file has them whole. */
const MAX_SHOWN_CHARACTERS = 4000;

/** One line: its number is its address. */
export const LogRow = (props: { number: number; line: string; href: string; isChosen: boolean; isHit: boolean }) => {
  const { line } = props;
  const shown = line.length > MAX_SHOWN_CHARACTERS ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}…` : line;
  return (
    <div class={`log-row${props.isChosen ? ' chosen' : ''}${props.isHit ? ' hit' : ''}`}>
      <a class="log-number" href={props.href}>
        {props.number}
      </a>
      <span class="log-text">
        {toSpans(shown).map((span, index) => (
          <span key={index} class={span.class} style={span.colour === null ? {} : { color: span.colour }}>
            {span.text}
          </span>
        ))}
      </span>
    </div>
  );
};
