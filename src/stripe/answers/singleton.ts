import type { StoredRecord } from '../../store/record.ts'
import { echo } from '../protocol/echo.ts'
import { fill, type Json } from '../protocol/shape.ts'
import { answerUpdate } from './change.ts'
import { needHolders, type Run, shapeRecord } from './run.ts'

/** Something there is one of, per account or per object of the path: `/v1/balance`, `/v1/customers/{id}/cash_balance`. */
export function answerSingleton(run: Run): Json {
  const holders = needHolders(run)
  const { operation, context } = run
  const { type } = operation
  if (!type) return {}
  if (operation.path === '/v1/account') return ownAccount(run)
  const holder = holders.at(-1)
  if (holder && operation.verb === 'POST' && type.object === holder.object) return answerUpdate(run)
  const field = holder?.record[operation.word]
  const key = `singleton ${run.url}`
  const known = context.account.store.memory.get(key) as Json | undefined
  const start = known ?? (typeof field === 'object' && field !== null ? (field as Json) : parentOf(holder))
  const changes = operation.verb === 'POST' ? echo(run.registry.schema, type, run.params) : {}
  const value = fill(run.registry.schema, type, { ...start, ...changes }, context)
  context.account.store.memory.set(key, value)
  return value
}

const parentOf = (holder: { object: string; record: StoredRecord } | undefined): Json =>
  holder && holder.object === 'customer' ? { customer: holder.record.id } : {}

/** The account of the key itself; it exists from the beginning. */
function ownAccount(run: Run): Json {
  const { account } = run.context
  const table = account.store.table('account')
  const known = table.get(account.id)
  if (known) return known as unknown as Json
  const enabled = { charges_enabled: true, payouts_enabled: true, details_submitted: true, type: 'standard' }
  const record = shapeRecord(run, run.operation.type!, {
    id: account.id,
    country: 'US',
    default_currency: 'usd',
    ...enabled,
  })
  table.put(record)
  return record as unknown as Json
}
