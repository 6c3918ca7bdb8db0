import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { expect, test } from 'vitest';
import { toJson } from '../../../src/server/store/json.ts';

const db = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (introspected) => new PostgresIntrospector(introspected),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

test('a document is one text parameter, cast where it stands', () => {
  expect(toJson(['a', { b: "it's" }]).compile(db)).toMatchObject({
    sql: '$1::jsonb',
    parameters: ['["a",{"b":"it\'s"}]'],
  });
});

test.each([null, undefined])('%s is the null of SQL', (value) => {
  expect(toJson(value).compile(db)).toMatchObject({ sql: 'null::jsonb', parameters: [] });
});
