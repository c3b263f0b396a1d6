import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNotReadOnly } from '../../../src/payments/contract/read-only-sql.ts'
import { writingCommand } from '../../../src/payments/contract/writing-command.ts'

const reading = [
  'select * from cards where payment_id = {payment}',
  "SELECT count(*) AS n FROM cards WHERE state <> 'delete; drop table'",
  'with live as (select * from cards) select * from live;',
  'select "update", `set` from t -- insert into t\n where a = 1',
  "select replace(name, 'a', 'b') from t",
  'select updated_at, created_at, deleted from t order by 1',
  '(select 1) union (select 2)',
  'explain select 1',
]

for (const statement of reading) {
  test(`only reads: ${statement}`, () => {
    assert.equal(whyNotReadOnly(statement), undefined)
  })
}

const writing = [
  'delete from cards',
  'insert into t values (1)',
  'with gone as (delete from cards returning *) select * from gone',
  'select 1; drop table cards',
  'select * into copy_of_cards from cards',
  "select * from cards into outfile '/tmp/x'",
  'select * from cards for update',
  "select nextval('cards_id')",
  'select pg_terminate_backend(1)',
  'select 1 /*! ; delete from cards */',
  "copy cards to '/tmp/x'",
  '.shell rm x',
  'select 1 \\! rm x',
  'pragma writable_schema = 1',
  'do $$ begin delete from cards; end $$',
  'call give_cards()',
]

for (const statement of writing) {
  test(`does not only read: ${statement}`, () => {
    assert.notEqual(whyNotReadOnly(statement), undefined)
  })
}

test('commands that write for certain are known, others are not suspected', () => {
  const bad = [
    'curl -s -X POST http://127.0.0.1/x',
    'curl --data a=b http://127.0.0.1/x',
    'psql -c "delete from cards"',
    'redis-cli set a b',
    'cat a && rm -rf b',
    'sqlite3 x.db "update cards set a = 1"',
  ]
  const good = [
    'curl -s http://127.0.0.1/users/{user}',
    './observe.sh {user} 2>/dev/null',
    'psql -Atc "select json_agg(t) from cards t where deleted_at is null"',
    'redis-cli --json get user:{user}',
    'python3 observe.py {payment}',
    'kubectl exec deploy/form -- cat state.json',
  ]
  for (const command of bad) assert.ok(writingCommand(command), command)
  for (const command of good) assert.equal(writingCommand(command), undefined, command)
})
