import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseError } from '../../../src/drill/engines/define.ts'
import { classify } from '../../../src/drill/load/classify.ts'

const around = {
  dumpMajor: 15,
  engineMajor: 15,
  engineKind: 'local',
  has: (name: string) => /norm|trimmer|cards$/.test(name),
}

const cases: {
  title: string
  message: string
  fields: DatabaseError['fields']
  over?: object
  says: [string, number, string?]
}[] = [
  {
    title: 'a row twice under a primary key',
    message: 'could not create unique index "cards_pkey"',
    fields: { code: '23505', constraint: 'cards_pkey' },
    says: ['CONSTRAINT_FAILED', 1, 'cards_pkey'],
  },
  {
    title: 'a table that the dump left out',
    message: 'relation "public.users" does not exist',
    fields: { code: '42P01' },
    says: ['TABLE_MISSING', 1, 'public.users'],
  },
  {
    title: 'a type that the dump left out',
    message: 'type "public.mood" does not exist',
    fields: { code: '42704' },
    says: ['OBJECTS_MISSING', 1, 'public.mood'],
  },
  {
    title: 'a function of the dump that is not found without its schema is a bug of the design',
    message: 'function trimmer(text) does not exist',
    fields: { code: '42883' },
    says: ['RESTORE_ERROR', 1, 'public.users'],
  },
  {
    title: 'an extension that the engine lacks says nothing about the backup',
    message: 'extension "postgis" is not available',
    fields: { code: '0A000' },
    says: ['EXTENSION_UNAVAILABLE', 3, 'postgis'],
  },
  {
    title: 'a setting of a newer server',
    message: 'unrecognized configuration parameter "transaction_timeout"',
    fields: { code: '42704' },
    over: { dumpMajor: 17 },
    says: ['DUMP_NEWER', 3, 'public.users'],
  },
  {
    title: 'syntax of a newer server',
    message: 'syntax error in the statement',
    fields: { code: '42601' },
    over: { dumpMajor: 18 },
    says: ['DUMP_NEWER', 3, 'public.users'],
  },
  {
    title: 'a type that PostgreSQL no longer has',
    message: 'type "abstime" does not exist',
    fields: { code: '42704' },
    over: { dumpMajor: 10, engineMajor: 18 },
    says: ['UNSUPPORTED', 3, 'public.users'],
  },
  {
    title: 'bytes that are no text',
    message: 'invalid byte sequence for encoding "UTF8"',
    fields: { code: '22021', table: 'users', line: 7 },
    says: ['ENCODING', 1, 'users'],
  },
  {
    title: 'a full disk',
    message: 'could not extend file',
    fields: { code: '53100' },
    says: ['NO_SPACE', 3, 'public.users'],
  },
  {
    title: 'a locale of the source',
    message: 'invalid locale name: "pl_PL.UTF-8"',
    fields: { code: '42809' },
    says: ['LOCALE_UNAVAILABLE', 3, 'pl_PL.UTF-8'],
  },
]

for (const { title, message, fields, over, says } of cases) {
  test(`restoring: ${title}`, () => {
    const failed = { what: 'COPY public.users', object: 'public.users', line: 100 }

    const { code, exit, object, stage } = classify(new DatabaseError(message, fields), failed, { ...around, ...over })

    assert.deepEqual([code, exit, object], says)
    assert.equal(stage, 'restore')
  })
}

test('the line is that of the backup', () => {
  const error = new DatabaseError('invalid input syntax for type integer', { code: '22P02', line: 7 })
  const { message } = classify(error, { what: 'COPY public.users', line: 100 }, around)
  assert.match(message, /line 106 of the backup/)
})
