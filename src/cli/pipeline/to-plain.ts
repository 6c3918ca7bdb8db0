import { stripVTControlCharacters } from 'node:util';

/** A text of a tool or a person in a line of ours: without what a terminal obeys. */
export const toPlain = (text: string): string => stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, ' ');
