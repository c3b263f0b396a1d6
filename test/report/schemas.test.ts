import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import * as formats from 'ajv-formats'
import { SaxesParser } from 'saxes'
import { ctrfReporter } from '../../src/report/ctrf.ts'
import { junitReporter } from '../../src/report/junit.ts'
import { emptyRun, failingRun, hostileRun, passingRun } from './runs.ts'

const runs = { passing: passingRun(), failing: failingRun(), empty: emptyRun(), hostile: hostileRun() }

/** The schema that the CTRF project publishes in its own package. */
function ctrfSchema(): object {
  const entry = createRequire(import.meta.url).resolve('ctrf')
  return JSON.parse(readFileSync(join(dirname(entry), 'ctrf-schema-0.0.json'), 'utf8'))
}

for (const [kind, run] of Object.entries(runs)) {
  test(`CTRF's own schema accepts the report of a ${kind} run`, () => {
    const ajv = new Ajv({ strict: false, allErrors: true })
    formats.default.default(ajv)
    const validate = ajv.compile(ctrfSchema())

    const isValid = validate(JSON.parse(ctrfReporter.render(run)))

    assert.ok(isValid, JSON.stringify(validate.errors?.slice(0, 5), null, 2))
  })

  test(`a strict XML parser accepts the JUnit report of a ${kind} run, and its counters are true`, () => {
    const counts: Record<string, number> = { testcase: 0, failure: 0, error: 0, skipped: 0 }
    let totals: Record<string, string> = {}
    const parser = new SaxesParser()
    parser.on('error', (error) => assert.fail(error))
    parser.on('opentag', ({ name, attributes }) => {
      counts[name] = (counts[name] ?? 0) + 1
      if (name === 'testsuites') totals = attributes as Record<string, string>
    })

    parser.write(junitReporter.render(run)).close()

    const { tests, failures, errors, skipped } = totals
    assert.deepEqual([tests, failures, errors, skipped].map(Number), [
      counts['testcase'],
      counts['failure'],
      counts['error'],
      counts['skipped'],
    ])
  })
}
