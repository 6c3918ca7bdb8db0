import { readdirSync, readFileSync } from 'node:fs';
import type { ZodType } from 'zod';
import { describe, expect, it } from 'vitest';
import { Events, Permit, Renew, Result, ResultReply } from '../../src/protocol/attempt.ts';
import { fromWire, WireError } from '../../src/protocol/errors.ts';
import { PipelineView } from '../../src/protocol/rest.ts';
import { Claim, Decline, Drain, Poll, Session } from '../../src/protocol/runner.ts';

/** One file for each message, recorded from a real control plane. */
const FOLDER = new URL('../fixtures/protocol/', import.meta.url);
const SCHEMAS: Record<string, ZodType> = {
  'session.request': Session.Request,
  'session.reply': Session.Reply,
  'poll.request': Poll.Request,
  'poll.reply': Poll.Reply,
  'claim.request': Claim.Request,
  'claim.reply': Claim.Reply,
  'decline.request': Decline.Request,
  'decline.reply': Decline.Reply,
  'drain.request': Drain.Request,
  'drain.reply': Drain.Reply,
  'permit.request': Permit.Request,
  'permit.reply': Permit.Reply,
  'renew.request': Renew.Request,
  'renew.reply': Renew.Reply,
  'events.request': Events.Request,
  'events.reply': Events.Reply,
  'fenced.request': Renew.Request,
  'fenced.error': WireError,
  'result.request': Result,
  'result.reply': ResultReply,
  'result-incomplete.request': Result,
  'result-incomplete.reply': ResultReply,
  'pipeline.view': PipelineView,
};
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));

describe('the example messages', () => {
  it('are one for each message, and no other', () => {
    const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
    expect(names.toSorted()).toEqual(
      Object.keys(SCHEMAS)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
  });
  it.each(Object.entries(SCHEMAS))('%s is read whole: nothing in it is unknown to its schema', (name, schema) => {
    expect(schema.parse(read(name))).toEqual(read(name));
  });
  it.each(Object.entries(SCHEMAS).filter(([name]) => name.endsWith('.request')))(
    '%s is refused with a field of another type',
    (name, schema) => {
      const message = read(name) as Record<string, unknown>;
      for (const field of Object.keys(message)) {
        if (message[field] === null) continue;
        expect(schema.safeParse({ ...message, [field]: Symbol('other') }).success, field).toBe(false);
      }
    },
  );
  it.each(Object.entries(SCHEMAS))(
    '%s is read with fields of a newer version, which are passed over',
    (name, schema) => {
      const message = { ...(read(name) as object), fieldOfTheFuture: { deep: 1 } };
      expect(schema.parse(message)).toEqual(read(name));
    },
  );
  it.each(readdirSync(new URL('v1/', FOLDER)))('v1/%s is read as well: what version 2 added may be missing', (file) => {
    const name = file.slice(0, -'.json'.length);
    const old = read(`v1/${name}`);
    expect(SCHEMAS[name]?.parse(old)).toMatchObject(old as object);
  });
  it('carry a refusal that is the error it was', () => {
    expect(fromWire(read('fenced.error')).code).toBe('FENCED');
  });
});
