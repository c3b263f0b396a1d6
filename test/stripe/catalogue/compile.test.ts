import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCatalogue } from '../../../src/stripe/catalogue/compile.ts'
import { findStripePackage } from '../../../src/stripe/catalogue/load.ts'

const catalogue = compileCatalogue(findStripePackage())

test('every operation of the package is found, with a path, an answer and what it is', () => {
  const { operations } = catalogue
  const count = (wanted: (operation: (typeof operations)[number]) => boolean) => operations.filter(wanted).length

  assert.equal(operations.length, 651)
  assert.equal(
    count(({ path }) => path.startsWith('/v2/')),
    91,
  )
  assert.deepEqual([count(({ verb }) => verb === 'POST'), count(({ verb }) => verb === 'GET')], [332, 291])
  assert.deepEqual([count(({ list }) => list === 'list'), count(({ list }) => list === 'search')], [138, 7])
  assert.equal(Object.keys(catalogue.events).length, 601)
})

test('every code names types and enumerations that exist', () => {
  const codes = Object.values(catalogue.types).flatMap((shape) => Object.values(shape))
  codes.push(...catalogue.operations.flatMap((operation) => [operation.in ?? '', operation.out]))

  const names = codes.flatMap((code) => [...code.matchAll(/@([\w.]+)/g)].map((match) => match[1]!))
  const numbers = codes.flatMap((code) => [...code.matchAll(/(?:^|\|)e(\d+)/g)].map((match) => Number(match[1])))
  assert.deepEqual(
    names.filter((name) => !Object.hasOwn(catalogue.types, name)),
    [],
  )
  assert.ok(Math.max(...numbers) < catalogue.enums.length)
  assert.ok(codes.every((code) => !code.includes('#')))
})

test('the parts of a type are read as Stripe wrote them', () => {
  const { Customer, Charge, RefundCreateParams } = catalogue.types

  assert.equal(Customer?.object, '=customer')
  assert.equal(Customer?.created, 't')
  assert.equal(Customer?.['email'], 's~')
  assert.equal(Customer?.['test_clock?'], 'x@TestHelpers.TestClock~')
  assert.equal(Charge?.amount, 'n')
  assert.equal(RefundCreateParams?.['metadata?'], 'm^')
  assert.equal(catalogue.events['charge.refunded'], '@Charge')
  assert.equal(catalogue.types['CouponCreateParams']?.['percent_off?'], 'f')
})

test('a shape that several places share has the shortest of their names', () => {
  assert.equal(catalogue.types['Charge']?.['shipping'], catalogue.types['Customer']?.['shipping'])
  assert.match(catalogue.types['Customer']?.['shipping'] ?? '', /^@\w+\.Shipping~$/)
})
