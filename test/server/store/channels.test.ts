import { expect, test } from 'vitest';
import { createChannels } from '../../../src/server/store/channels.ts';

test('the first listener of a channel and the last one are told', () => {
  const channels = createChannels();
  const hear = () => {};
  const first = channels.add('a', hear);
  const second = channels.add('a', hear);
  expect([first.isFirst, second.isFirst]).toEqual([true, false]);
  expect([first.remove(), first.remove(), second.remove()]).toEqual([false, false, true]);
  expect(channels.names()).toEqual([]);
  expect(channels.add('a', hear).isFirst).toBe(true);
});

test('a channel tells its own listeners only, and a gap tells all', () => {
  const channels = createChannels();
  const heard: string[] = [];
  channels.add('a', (payload) => heard.push(`a:${payload}`));
  channels.add('b', (payload) => heard.push(`b:${payload}`));
  channels.tell('a', '1');
  channels.tellAll();
  expect(heard).toEqual(['a:1', 'a:', 'b:']);
});
