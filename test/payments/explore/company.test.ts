import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Company } from '../../../src/payments/explore/company.ts'

const gate = () => {
  let open: () => void = () => {}
  const opened = new Promise<void>((done) => {
    open = done
  })
  return { open, opened }
}

test('whoever wants to be alone waits for all others, and nobody new begins until then', async () => {
  const company = new Company()
  const log: string[] = []
  const long = gate()
  const first = company.work(async () => {
    await long.opened
    log.push('long task ends')
  })
  const suspicious = company.work(() => company.alone(async () => log.push('alone')))
  const late = company.work(async () => log.push('late task'))
  long.open()

  await Promise.all([first, suspicious, late])

  assert.deepEqual(log, ['long task ends', 'alone', 'late task'])
})

test('several who want to be alone are so one after the other', async () => {
  const company = new Company()
  let inside = 0
  let most = 0
  const look = async () => {
    most = Math.max(most, ++inside)
    await new Promise((done) => setImmediate(done))
    inside--
  }

  await Promise.all(Array.from({ length: 5 }, () => company.work(() => company.alone(look))))

  assert.equal(most, 1)
})

test('a look that fails leaves the others to their work', async () => {
  const company = new Company()
  const failed = company.work(() => company.alone(() => Promise.reject(new Error('gone'))))

  await assert.rejects(failed, /gone/)
  assert.equal(await company.work(async () => 'done'), 'done')
})
