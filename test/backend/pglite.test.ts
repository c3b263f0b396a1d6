import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database } from '../../src/backend/db/database.ts'
import { openPglite } from '../../src/backend/db/pglite.ts'

let database: Database

before(async () => {
  database = await openPglite()
  await database.query('create table notes (id int primary key, words text)')
})

after(() => database.close())

const count = async () => Number((await database.query('select count(*) as n from notes')).rows[0]?.n)

test('values come as they come from a PostgreSQL server', async () => {
  const { rows } = await database.query(
    `select $1::timestamptz as at, $2::bigint as big, $3::numeric as exact, $4::jsonb as json, $5::text as words,
       true as yes, null as nothing`,
    ['2030-01-02T03:04:05Z', '9007199254740993', '1.50', JSON.stringify({ a: [1] }), "it's $1; ?"],
  )
  assert.deepEqual(rows, [
    {
      at: new Date('2030-01-02T03:04:05Z'),
      big: '9007199254740993',
      exact: '1.50',
      json: { a: [1] },
      words: "it's $1; ?",
      yes: true,
      nothing: null,
    },
  ])
})

test('a transaction that fails leaves nothing, and its session goes on', async () => {
  const work = database.transaction(async (tx) => {
    await tx.query('insert into notes values ($1, $2)', [1, 'first'])
    await tx.query('insert into notes values ($1, $2)', [1, 'again'])
  })
  await assert.rejects(work, (error: { code?: string }) => error.code === '23505')
  assert.equal(await count(), 0)
})

test('what is asked outside of a transaction waits until that has ended', async () => {
  const order: string[] = []
  const work = database.transaction(async (tx) => {
    await tx.query('insert into notes values ($1, $2)', [2, 'second'])
    await new Promise(setImmediate)
    order.push('transaction')
    await tx.query('delete from notes where id = $1', [2])
  })
  const question = count().then((found) => order.push(`found ${found}`))
  await Promise.all([work, question])
  assert.deepEqual(order, ['transaction', 'found 0'])
})

test('many different statements are answered, prepared or not', async () => {
  for (let number = 0; number < 600; number++) {
    const { rows } = await database.query(`select ${number} + $1::int as sum`, [1])
    assert.equal(rows[0]?.sum, number + 1)
  }
})
